import { type Idp, recogniseIdp } from '../log/recognise-idp.js';
import { findClients } from '../persistence/connection-health-statements.js';
import type { ScimDatabase } from '../persistence/scim-database.js';

/** Who calls for an organization, as its newest requests tell, without those with a forged token. */
export interface ConnectionClient {
  /** Null before the first request. */
  readonly idp: Idp | 'generic' | null;
  /** What it calls itself. */
  readonly client: string | null;
}

interface ClientsRow {
  readonly calls: number;
  readonly idps: string[] | null;
  readonly lastClient: string | null;
}

export async function recogniseConnection(database: ScimDatabase, organizationId: string): Promise<ConnectionClient> {
  const [row] = await database.run<ClientsRow>(findClients, [organizationId]);
  return {
    idp: row && row.calls > 0 ? recogniseIdp(row.idps ?? []) : null,
    client: row?.lastClient ?? null,
  };
}
