import { BadRequestException, Injectable } from '@nestjs/common';
import { ScimPaths } from '../http/scim-paths.js';
import type { IdentityState } from '../persistence/entities/provisioned-identity.entity.js';
import { countIdentities, findLastActivity, searchIdentities } from '../persistence/admin-statements.js';
import { isId } from '../persistence/is-id.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { fold } from '../protocol/comparable.js';
import type { ScimEntitlement } from '../scim.options.js';
import { ScimEntitlements } from '../tokens/scim-entitlements.js';

const DEFAULT_LIMIT = 50;
const OUR_YEARS = /^[1-9]\d{3}-/;

type VisibleState = Exclude<IdentityState, 'deprovisioned'>;

export interface ScimSummary {
  /** What the admin copies into the IdP. */
  readonly endpointUrl: string;
  readonly entitlement:
    Omit<ScimEntitlement & { allowed: true }, 'ssoConnectionId'> | (ScimEntitlement & { allowed: false });
  readonly counts: Readonly<Record<VisibleState, number>>;
  /** When a token of the organization was last used, to the minute. */
  readonly lastActivityAt: Date | null;
}

/** A person as the settings page shows them. */
interface IdentitySummary {
  readonly id: string;
  readonly userName: string;
  readonly externalId: string | null;
  readonly displayName: string | null;
  readonly state: VisibleState;
  readonly accountId: string | null;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
}

export interface IdentityListing {
  readonly identities: readonly IdentitySummary[];
  readonly nextCursor?: string;
}

/** What the settings page shows beside the tokens. */
@Injectable()
export class AdminOverview {
  constructor(
    private readonly database: ScimDatabase,
    private readonly entitlements: ScimEntitlements,
    private readonly paths: ScimPaths,
  ) {}

  async summary(organizationId: string): Promise<ScimSummary> {
    const [entitlement, states, [activity]] = await Promise.all([
      this.entitlements.ask(organizationId),
      this.database.run<{ state: VisibleState; count: number }>(countIdentities, [organizationId]),
      this.database.run<{ lastActivityAt: Date | null }>(findLastActivity, [organizationId]),
    ]);
    const countOf = (state: VisibleState): number => states.find((row) => row.state === state)?.count ?? 0;
    return {
      endpointUrl: this.paths.baseUrl,
      entitlement: entitlement.allowed ? { allowed: true } : entitlement,
      counts: { provisioned: countOf('provisioned'), active: countOf('active'), suspended: countOf('suspended') },
      lastActivityAt: activity?.lastActivityAt ?? null,
    };
  }

  /** The newest first. @throws BadRequestException for a cursor that is none of ours. */
  async listIdentities(
    organizationId: string,
    query: { state?: VisibleState; q?: string; cursor?: string; limit?: number },
  ): Promise<IdentityListing> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const { createdAt, id } = query.cursor === undefined ? { createdAt: null, id: null } : readCursor(query.cursor);
    const parameters = [
      organizationId,
      query.state ?? null,
      query.q ? fold(query.q) : null,
      query.q ?? null,
      createdAt,
      id,
    ];
    const rows = await this.database.run<IdentitySummary>(searchIdentities, [...parameters, limit + 1]);
    const identities = rows.slice(0, limit);
    const last = identities.at(-1);
    return rows.length > limit && last ? { identities, nextCursor: writeCursor(last) } : { identities };
  }
}

const writeCursor = ({ createdAt, id }: IdentitySummary): string =>
  Buffer.from(`${createdAt.toISOString()} ${id}`).toString('base64url');

function readCursor(cursor: string): { createdAt: string; id: string } {
  const [createdAt = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  const time = new Date(createdAt);
  // A day or a year that no calendar has would be an error of the database.
  const isTime = OUR_YEARS.test(createdAt) && !Number.isNaN(time.getTime()) && time.toISOString() === createdAt;
  if (!isTime || !isId(id)) throw new BadRequestException('The cursor is not one of ours.');
  return { createdAt, id };
}
