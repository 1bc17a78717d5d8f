import type { DataSourceOptions } from 'typeorm';
import { scimEntities, scimMigrations } from '../../scim/index.js';
import { BoundedClient } from './bounded-client.js';
import { hostEntities } from './host-entities.js';
import { AddEntitlementLosses1764460000000 } from './migrations/1764460000000-add-entitlement-losses.js';
import { CreateHostTables1763900000000 } from './migrations/1763900000000-create-host-tables.js';
import { CreateDevices1764350000000 } from './migrations/1764350000000-create-devices.js';
import { CreateInvitations1764450000000 } from './migrations/1764450000000-create-invitations.js';
import { CreateSsoProofs1764250000000 } from './migrations/1764250000000-create-sso-proofs.js';

/** How many connections one process holds at most. */
const POOL_SIZE = 20;
/** How long a request waits for a free one before it is answered 503. */
const CONNECTION_TIMEOUT_MS = 5000;

/**
 * The host's one DataSource: its own tables and, beside them, the module's. Tables change by migrations only.
 * @param statementTimeoutMs how long a statement may take; absent: any time, as a migration may need.
 */
export function dataSourceOptions(url: string, statementTimeoutMs?: number): DataSourceOptions {
  const bound = statementTimeoutMs === undefined ? {} : { Client: BoundedClient, query_timeout: statementTimeoutMs };
  return {
    type: 'postgres',
    url,
    entities: [...hostEntities, ...scimEntities],
    migrations: [
      CreateHostTables1763900000000,
      CreateSsoProofs1764250000000,
      CreateDevices1764350000000,
      CreateInvitations1764450000000,
      AddEntitlementLosses1764460000000,
      ...scimMigrations,
    ],
    migrationsTransactionMode: 'each',
    synchronize: false,
    applicationName: 'nestjs-scim host',
    extra: { max: POOL_SIZE, connectionTimeoutMillis: statementTimeoutMs ?? CONNECTION_TIMEOUT_MS, ...bound },
  };
}
