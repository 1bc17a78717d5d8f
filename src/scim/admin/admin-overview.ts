import { Injectable } from '@nestjs/common';
import { type ConnectionHealth, ScimConnectionsService } from '../connections/scim-connections.service.js';
import type { Backlog } from '../events/scim-dead-letters.js';
import { ScimPaths } from '../http/scim-paths.js';
import type { IdentityState } from '../persistence/entities/provisioned-identity.entity.js';
import { countIdentities, findLastActivity } from '../persistence/admin-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import type { ScimEntitlement } from '../scim.options.js';
import { ScimEntitlements } from '../tokens/scim-entitlements.js';

type VisibleState = Exclude<IdentityState, 'deprovisioned'>;

type ShownEntitlement =
  | Omit<ScimEntitlement & { readonly allowed: true }, 'ssoConnectionId'>
  | Omit<ScimEntitlement & { readonly allowed: false }, 'ssoConnectionId'>;

export interface ScimSummary {
  /** What the admin copies into the IdP. */
  readonly endpointUrl: string;
  readonly entitlement: ShownEntitlement;
  readonly counts: Readonly<Record<VisibleState, number>>;
  /** When a token of the organization was last used, to the minute. */
  readonly lastActivityAt: Date | null;
  readonly health: ConnectionHealth;
  /** Events that the host has not handled. */
  readonly events: Backlog;
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

  async summary(organizationId: string): Promise<Omit<ScimSummary, 'events'>> {
    const [entitlement, states, [activity], health] = await Promise.all([
      this.entitlements.ask(organizationId),
      this.database.run<{ state: VisibleState; count: number }>(countIdentities, [organizationId]),
      this.database.run<{ lastActivityAt: Date | null }>(findLastActivity, [organizationId]),
      this.connections.health(organizationId),
    ]);
    const countOf = (state: VisibleState): number => states.find((row) => row.state === state)?.count ?? 0;
    return {
      endpointUrl: this.paths.baseUrl,
      entitlement: shown(entitlement),
      counts: { provisioned: countOf('provisioned'), active: countOf('active'), suspended: countOf('suspended') },
      lastActivityAt: activity?.lastActivityAt ?? null,
      health,
    };
  }
}

function shown(entitlement: ScimEntitlement): ShownEntitlement {
  const { ssoConnectionId: _, ...rest } = entitlement;
  return rest;
}
