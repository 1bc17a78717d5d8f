import { randomUUID } from 'node:crypto';
import {
  type CanActivate,
  type DynamicModule,
  type FactoryProvider,
  type INestApplication,
  Injectable,
  Module,
  type Provider,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import {
  scimEntities,
  type ScimEntitlement,
  scimMigrations,
  ScimModule,
  type ScimModuleExtras,
  type ScimModuleOptions,
  type ScimRemovalDecision,
  ScimTokensService,
  type TokenScope,
} from '../../src/scim/index.js';
import { ScimPaths } from '../../src/scim/http/scim-paths.js';
import { createTestDatabase } from './database.js';
import { ScimClient } from './scim-client.js';
import { CANARY_PEPPER } from './secrets.js';
import { watchForSecrets } from './watch-for-secrets.js';

/** Organizations that may use SCIM unless a test says otherwise. */
export class TestOrganizations {
  readonly refused = new Map<string, ScimEntitlement>();
  readonly protectedAccounts = new Set<string>();
  failing = false;
  /** Whether `mayRemove` fails. */
  undecided = false;

  async entitlement(organizationId: string): Promise<ScimEntitlement> {
    if (this.failing) throw new Error('the host is down');
    return this.refused.get(organizationId) ?? { allowed: true };
  }

  async mayRemove(_organizationId: string, accountId: string): Promise<ScimRemovalDecision> {
    if (this.undecided) throw new Error('the host is down');
    return this.protectedAccounts.has(accountId) ? { allowed: false, detail: 'Last owner.' } : { allowed: true };
  }
}

export interface ModuleHost {
  readonly app: INestApplication;
  readonly url: string;
  readonly databaseUrl: string;
  readonly dataSource: DataSource;
  readonly organizations: TestOrganizations;
  /** A client with a new token of a new organization, or of the one named. */
  client(organizationId?: string, scopes?: readonly TokenScope[]): Promise<ScimClient>;
  stop(): Promise<void>;
}

export interface ModuleHostSettings {
  readonly adapter?: 'express' | 'fastify';
  readonly options?: Partial<ScimModuleOptions>;
  readonly extras?: ScimModuleExtras;
  /** Made of what the host's own modules provide. */
  readonly publishers?: Pick<FactoryProvider<ScimModuleOptions['publishers']>, 'inject' | 'useFactory'>;
  readonly imports?: readonly (Type | DynamicModule)[];
  readonly providers?: readonly Provider[];
  readonly controllers?: readonly Type[];
  /** The host's own; their tables are made at the start. */
  readonly entities?: readonly Type[];
  /** What a host does to an application before it listens. */
  readonly configure?: (app: INestApplication) => void;
  /** Another database than a new one. */
  readonly databaseUrl?: string;
  /** A second database that the DataSource takes for a replica of the first, as TypeORM's `replication` has it. Default: none. */
  readonly replicaUrl?: string;
}

/** The module in a host that has nothing else, listening on a free port, on a database of its own. */
export async function startModuleHost(settings: ModuleHostSettings = {}): Promise<ModuleHost> {
  watchForSecrets();
  const database = settings.databaseUrl === undefined ? await createTestDatabase() : undefined;
  const databaseUrl = settings.databaseUrl ?? database?.url ?? '';
  const organizations = new TestOrganizations();
  const root = rootModule(settings, databaseUrl, organizations);
  // Loaded where it is wanted: a process that is started to be killed does not wait for it.
  const adapter =
    settings.adapter === 'fastify'
      ? new (await import('@nestjs/platform-fastify')).FastifyAdapter()
      : new ExpressAdapter();
  const app = await NestFactory.create(root, adapter as ExpressAdapter, { logger: ['fatal'], abortOnError: false });
  settings.configure?.(app);
  try {
    if (settings.entities) await makeTables(app.get<DataSource>(getDataSourceToken()));
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  const url = await app.getUrl();
  return {
    app,
    url,
    databaseUrl,
    dataSource: app.get<DataSource>(getDataSourceToken()),
    organizations,
    async client(organizationId = randomUUID(), scopes) {
      const { token } = await app
        .get(ScimTokensService, { strict: false })
        .generate(organizationId, scopes ? { scopes } : {});
      return new ScimClient(url, token, organizationId, app.get(ScimPaths, { strict: false }).root);
    },
    async stop() {
      await app.close();
      await database?.drop();
    },
  };
}

function rootModule(settings: ModuleHostSettings, url: string, organizations: TestOrganizations): Type {
  const entities = [...scimEntities, ...(settings.entities ?? [])];
  const migrations = [...scimMigrations];
  const { publishers, imports = [], replicaUrl } = settings;
  const servers =
    replicaUrl === undefined ? { url } : { replication: { master: { url }, slaves: [{ url: replicaUrl }] } };
  const typeOrm = TypeOrmModule.forRoot({ type: 'postgres', ...servers, entities, migrations, retryAttempts: 0 });
  const scim = ScimModule.forRootAsync({
    imports: [...imports],
    inject: publishers?.inject ?? [],
    useFactory: async (...provided: unknown[]) => ({
      baseUrl: 'https://app.example.com',
      organizations,
      tokens: { peppers: CANARY_PEPPER },
      rateLimit: { requestsPerSecond: 0 },
      ...(publishers ? { publishers: (await publishers.useFactory(...provided)) ?? [] } : {}),
      ...settings.options,
    }),
    ...settings.extras,
  });
  class RootModule {}
  const { providers = [], controllers = [] } = settings;
  Module({ imports: [typeOrm, scim, ...imports], providers: [...providers], controllers: [...controllers] })(
    RootModule,
  );
  return RootModule;
}

/** Runs what `typeorm migration:generate` would write. */
async function makeTables(dataSource: DataSource): Promise<void> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  for (const { query } of upQueries) await dataSource.query(query);
}

/** A guard that lets everybody in, as the host's would an owner. */
@Injectable()
export class EverybodyGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}
