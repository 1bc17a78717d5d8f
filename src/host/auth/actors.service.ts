import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { DataSource } from 'typeorm';
import { IdentityLinksService } from '../../scim/index.js';
import { readCookie } from '../http/cookies.js';
import type { Actor } from './actor.js';
import { hashSecret } from './secret.js';
import { SESSION_COOKIE } from './sessions.service.js';

type Credential = { readonly via: Actor['via']; readonly hash: string };

/** An actor and since when it is a member. */
type ActorRow = Omit<Actor, 'via'> & { readonly memberSince: Date };

const ACTOR = `
SELECT a.id AS "accountId", a.email, coalesce(m.display_name, a.display_name) AS "displayName",
  o.id AS "organizationId", o.slug AS "organizationSlug", o.name AS "organizationName", m.role,
  m.created_at AS "memberSince"
FROM membership m JOIN account a ON a.id = m.account_id JOIN organization o ON o.id = m.organization_id`;

/** $1 hash of the secret. */
const FIND = {
  session: `${ACTOR} JOIN session c ON (c.organization_id, c.account_id) = (m.organization_id, m.account_id)
WHERE c.hash = $1 AND c.expires_at > now() AND m.status = 'active'`,
  'api-key': `${ACTOR} JOIN api_key c ON (c.organization_id, c.account_id) = (m.organization_id, m.account_id)
WHERE c.hash = $1 AND m.status = 'active'`,
};

/** Who a request comes from. The membership and SCIM's word are asked each time: events make it faster, not true. */
@Injectable()
export class ActorsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: IdentityLinksService,
  ) {}

  /** Undefined without a credential, and with one that no longer opens anything. */
  async find(request: Request): Promise<Actor | undefined> {
    const credential = readCredential(request);
    if (!credential) return undefined;
    const { via, hash } = credential;
    const [row] = await this.dataSource.query<ActorRow[]>(FIND[via], [hash]);
    if (!row) return undefined;
    const { memberSince, ...actor } = row;
    if (!(await this.isLetIn(row.organizationId, row.accountId, memberSince))) return undefined;
    return { ...actor, via };
  }

  /**
   * False while SCIM has suspended the person, and where it took access away for good after the membership was made; a later
   * invitation by a person counts again.
   */
  async isLetIn(organizationId: string, accountId: string, memberSince: Date): Promise<boolean> {
    const access = await this.links.access(organizationId, accountId);
    if (access.type !== 'denied') return true;
    return access.reason !== 'suspended' && access.since.getTime() < memberSince.getTime();
  }
}

/** An API key goes before a cookie: whoever sends one means it. */
function readCredential(request: Request): Credential | undefined {
  const key = /^ApiKey +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (key !== undefined) return { via: 'api-key', hash: hashSecret(key) };
  const cookie = readCookie(request, SESSION_COOKIE);
  return cookie === undefined ? undefined : { via: 'session', hash: hashSecret(cookie) };
}
