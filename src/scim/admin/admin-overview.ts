import { Injectable } from '@nestjs/common';
import { type ConnectionHealth, ScimConnectionsService } from '../connections/scim-connections.service.js';
import { ScimPaths } from '../http/scim-paths.js';
import type { IdentityState } from '../persistence/entities/provisioned-identity.entity.js';
import { countIdentities, findLastActivity, searchIdentities } from '../persistence/admin-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { fold } from '../protocol/comparable.js';
import type { ScimEntitlement } from '../scim.options.js';
import { ScimEntitlements } from '../tokens/scim-entitlements.js';
import { readCursor, writeCursor } from './time-cursor.js';

const DEFAULT_LIMIT = 50;

type VisibleState = Exclude<IdentityState, 'deprovisioned'>;

export interface ScimSummary {
  /** What the admin copies into the IdP. */
  readonly endpointUrl: string;
  readonly entitlement:
    Omit<ScimEntitlement & { allowed: true }, 'ssoConnectionId'> | (ScimEntitlement & { allowed: false });
  readonly counts: Readonly<Record<VisibleState, number>>;
  /** When a token of the organization was last used, to the minute. */
  readonly lastActivityAt: Date | null;
  readonly health: ConnectionHealth;
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
    private readonly connections: ScimConnectionsService,
  ) {}

  async summary(organizationId: string): Promise<ScimSummary> {
    const [entitlement, states, [activity], health] = await Promise.all([
      this.entitlements.ask(organizationId),
      this.database.run<{ state: VisibleState; count: number }>(countIdentities, [organizationId]),
      this.database.run<{ lastActivityAt: Date | null }>(findLastActivity, [organizationId]),
      this.connections.health(organizationId),
    ]);
    const countOf = (state: VisibleState): number => states.find((row) => row.state === state)?.count ?? 0;
    return {
      endpointUrl: this.paths.baseUrl,
      entitlement: entitlement.allowed ? { allowed: true } : entitlement,
      counts: { provisioned: countOf('provisioned'), active: countOf('active'), suspended: countOf('suspended') },
      lastActivityAt: activity?.lastActivityAt ?? null,
      health,
    };
  }

  /** The newest first. @throws BadRequestException for a cursor that is none of ours. */
  async listIdentities(
    organizationId: string,
    query: { state?: VisibleState; q?: string; cursor?: string; limit?: number },
  ): Promise<IdentityListing> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const { at, id } = query.cursor === undefined ? { at: null, id: null } : readCursor(query.cursor);
    const parameters = [organizationId, query.state ?? null, query.q ? fold(query.q) : null, query.q ?? null, at, id];
    const rows = await this.database.run<IdentitySummary>(searchIdentities, [...parameters, limit + 1]);
    const identities = rows.slice(0, limit);
    const last = identities.at(-1);
    return rows.length > limit && last
      ? { identities, nextCursor: writeCursor({ at: last.createdAt, id: last.id }) }
      : { identities };
  }
}
