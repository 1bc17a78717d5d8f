import { ForbiddenException, Inject, Injectable } from '@nestjs/common';
import type { CookieOptions, Request, Response } from 'express';
import { DataSource, LessThan } from 'typeorm';
import { IdentityLinksService } from '../../scim/index.js';
import { readClock } from '../database/read-clock.js';
import { readCookie } from '../http/cookies.js';
import type { HostSettings } from '../host-settings.js';
import { HOST_SETTINGS } from '../host-settings.module.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { hashSecret, newSecret } from './secret.js';
import { Session } from './session.entity.js';

export const SESSION_COOKIE = 'session';
const LIFETIME_MS = 12 * 60 * 60 * 1000;

/** What is answered to whoever signs in. */
export interface SignedIn {
  readonly accountId: string;
  readonly organization: { readonly id: string; readonly slug: string; readonly name: string };
}

/** Browsers that are signed in. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: IdentityLinksService,
    private readonly organizations: OrganizationsService,
    @Inject(HOST_SETTINGS) private readonly settings: HostSettings,
  ) {}

  /** {@link start}, and the answer to a script of our own. */
  async signIn(
    { organizationId, accountId }: { readonly organizationId: string; readonly accountId: string },
    response: Response,
  ): Promise<SignedIn> {
    await this.start(organizationId, accountId, response);
    const { id, slug, name } = await this.organizations.get(organizationId);
    return { accountId, organization: { id, slug, name } };
  }

  /**
   * A new secret at every login, so that nobody can plant a cookie beforehand.
   * @throws ForbiddenException where the person was suspended while they signed in.
   */
  async start(organizationId: string, accountId: string, response: Response): Promise<void> {
    const secret = newSecret();
    const sessions = this.dataSource.getRepository(Session);
    const now = await readClock(this.dataSource.manager);
    await sessions.delete({ expiresAt: LessThan(now) });
    const expiresAt = new Date(now.getTime() + LIFETIME_MS);
    const hash = hashSecret(secret);
    await sessions.insert({ hash, organizationId, accountId, expiresAt });
    // Now, and not before: a suspension from here on finds the session and ends it.
    const access = await this.links.access(organizationId, accountId);
    if (access.type === 'denied' && access.reason === 'suspended') {
      await sessions.delete({ hash });
      throw new ForbiddenException('Your identity provider has just switched off your access to this organization.');
    }
    response.cookie(SESSION_COOKIE, secret, { ...this.cookieOptions(), maxAge: LIFETIME_MS });
  }

  async end(request: Request, response: Response): Promise<void> {
    await this.forget(request);
    response.clearCookie(SESSION_COOKIE, this.cookieOptions());
  }

  /** The session that a request came with. */
  async forget(request: Request): Promise<void> {
    const secret = readCookie(request, SESSION_COOKIE);
    if (secret !== undefined) await this.dataSource.getRepository(Session).delete({ hash: hashSecret(secret) });
  }

  private cookieOptions(): CookieOptions {
    return { httpOnly: true, sameSite: 'lax', secure: this.settings.publicUrl.startsWith('https:'), path: '/' };
  }
}
