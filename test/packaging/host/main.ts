import 'reflect-metadata';
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { type CanActivate, type ExecutionContext, Global, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  OnScimEvent,
  ScimModule,
  UserDeprovisioned,
  UserProvisioned,
  scimEntities,
  scimMigrations,
  type ScimEntitlement,
  type ScimEventContext,
  type ScimOrganizations,
  type ScimRemovalDecision,
} from 'nestjs-scim';

/** The smallest host there can be, written as the README tells a host's developer to, and one person's life in it. */
const databaseUrl = process.env.DATABASE_URL;
const port = Number(process.env.PORT);
const baseUrl = `http://127.0.0.1:${port}`;

@Injectable()
class OrganizationsService implements ScimOrganizations {
  entitlement(): Promise<ScimEntitlement> {
    return Promise.resolve({ allowed: true });
  }

  mayRemove(): Promise<ScimRemovalDecision> {
    return Promise.resolve({ allowed: true });
  }
}

@Module({ providers: [OrganizationsService], exports: [OrganizationsService] })
class OrganizationsModule {}

/** The host's own word for who is an owner. */
@Injectable()
class Sessions {
  organizationOf(request: { headers: Record<string, string> }): string | undefined {
    return request.headers['x-session'] === 'owner-of-acme' ? 'acme-id' : undefined;
  }
}

@Injectable()
class OwnerGuard implements CanActivate {
  constructor(private readonly sessions: Sessions) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest();
    request.organizationId = this.sessions.organizationOf(request);
    return request.organizationId !== undefined;
  }
}

@Module({ providers: [Sessions, OwnerGuard], exports: [Sessions, OwnerGuard] })
class AuthModule {}

/** As much of @nestjs/config as the README uses. */
@Injectable()
class ConfigService {
  private readonly values: Record<string, string> = {
    PUBLIC_URL: baseUrl,
    SCIM_TOKEN_PEPPERS: 'k1:0123456789abcdef0123456789abcdef',
  };

  getOrThrow(name: string): string {
    const value = this.values[name];
    assert.ok(value, name);
    return value;
  }
}

@Global()
@Module({ providers: [ConfigService], exports: [ConfigService] })
class ConfigModule {}

// README:begin
const scim = ScimModule.forRootAsync({
  imports: [OrganizationsModule, AuthModule], // the modules of what stands below: OwnerGuard's too
  inject: [OrganizationsService, ConfigService],
  useFactory: (organizations: OrganizationsService, config: ConfigService) => ({
    baseUrl: config.getOrThrow('PUBLIC_URL'), // never the Host header
    organizations, // implements ScimOrganizations: entitlement(), mayRemove()
    tokens: { peppers: config.getOrThrow('SCIM_TOKEN_PEPPERS') }, // "kid:secret"
  }),
  admin: {
    path: 'api/organizations/:slug/scim', // the settings page's JSON API
    guards: [OwnerGuard],
    organizationOf: (request) => (request as { organizationId?: string }).organizationId, // left there by your guard
  },
});
// README:end

@Injectable()
class People {
  readonly told: string[] = [];

  @OnScimEvent(UserProvisioned, { consumer: 'people.provisioned' })
  onProvisioned(event: UserProvisioned, { manager }: ScimEventContext): Promise<void> {
    return this.tell(event, manager.connection.isInitialized);
  }

  @OnScimEvent(UserDeprovisioned, { consumer: 'people.deprovisioned' })
  onDeprovisioned(event: UserDeprovisioned, { manager }: ScimEventContext): Promise<void> {
    return this.tell(event, manager.connection.isInitialized);
  }

  private async tell(event: UserProvisioned | UserDeprovisioned, connected: boolean): Promise<void> {
    assert.ok(connected);
    this.told.push(`${event.type} ${event.userName}`);
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: databaseUrl,
      entities: [...scimEntities],
      migrations: [...scimMigrations],
      migrationsRun: true,
      extra: { connectionTimeoutMillis: 5000 },
    }),
    ConfigModule,
    scim,
  ],
  providers: [People],
})
class AppModule {}

async function tellUsersStory(token: string): Promise<void> {
  const send = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${baseUrl}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
  const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

  const created = await send('POST', '/Users', { schemas: [user], userName: 'ada', externalId: 'A-1' });
  assert.equal(created.status, 201, JSON.stringify(created.body));
  assert.equal(created.body.meta.location, `${baseUrl}/scim/v2/Users/${created.body.id}`);
  const again = await send('POST', '/Users', { schemas: [user], userName: 'ADA' });
  assert.deepEqual([again.status, again.body.scimType], [409, 'uniqueness']);

  const path = `/Users/${created.body.id}`;
  const found = await send('GET', `/Users?filter=${encodeURIComponent('externalId eq "A-1"')}`);
  assert.deepEqual([found.status, found.body.totalResults], [200, 1]);
  const patched = await send('PATCH', path, {
    schemas: [patchOp],
    Operations: [{ op: 'replace', path: 'displayName', value: 'Ada' }],
  });
  assert.ok(patched.status === 200 || patched.status === 204, JSON.stringify(patched.body));
  assert.equal((await send('GET', path)).body.displayName, 'Ada');
  assert.equal((await send('DELETE', path)).status, 204);
  assert.equal((await send('GET', path)).status, 404);
}

/** The settings page's API, behind the host's own guard. @returns the token it shows. */
async function tellAdminsStory(): Promise<string> {
  const send = async (method: string, path: string, session?: string) => {
    const headers = { 'content-type': 'application/json', ...(session ? { 'x-session': session } : {}) };
    const body = method === 'POST' ? { body: JSON.stringify({ label: 'packaging' }) } : {};
    const response = await fetch(`${baseUrl}/api/organizations/acme/scim${path}`, { method, headers, ...body });
    return { status: response.status, body: await response.json() };
  };
  assert.equal((await send('GET', '')).status, 403);
  assert.equal((await send('POST', '/tokens')).status, 403);
  const generated = await send('POST', '/tokens', 'owner-of-acme');
  assert.equal(generated.status, 201, JSON.stringify(generated.body));
  const overview = await send('GET', '', 'owner-of-acme');
  assert.deepEqual([overview.status, overview.body.endpointUrl], [200, `${baseUrl}/scim/v2`]);
  const { body } = await send('GET', '/tokens', 'owner-of-acme');
  assert.deepEqual(
    body.tokens.map(({ label }: { label: string }) => label),
    ['packaging'],
  );
  return generated.body.token;
}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  await app.listen(port, '127.0.0.1');
  const refused = await fetch(`${baseUrl}/scim/v2/Users`);
  assert.deepEqual([refused.status, refused.headers.get('www-authenticate')?.startsWith('Bearer')], [401, true]);

  await tellUsersStory(await tellAdminsStory());
  const people = app.get(People);
  for (let tries = 0; people.told.length < 2 && tries < 50; tries += 1) await delay(100);
  assert.deepEqual(people.told, ['scim.user.provisioned ada', 'scim.user.deprovisioned ada']);
  await app.close();
}

void main();
