import 'reflect-metadata';
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  OnScimEvent,
  ScimModule,
  ScimTokensService,
  UserDeprovisioned,
  UserProvisioned,
  scimEntities,
  scimMigrations,
  type ScimEventContext,
  type ScimOrganizations,
} from 'nestjs-scim';

/** The smallest host there can be, written as the README tells a host's developer to, and one person's life in it. */
const databaseUrl = process.env.DATABASE_URL;
const port = Number(process.env.PORT);
const baseUrl = `http://127.0.0.1:${port}`;

const organizations: ScimOrganizations = {
  entitlement: () => Promise.resolve({ allowed: true }),
  mayRemove: () => Promise.resolve({ allowed: true }),
};

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
    }),
    ScimModule.forRootAsync({ useFactory: () => ({ baseUrl, organizations }) }),
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

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  await app.listen(port, '127.0.0.1');
  const refused = await fetch(`${baseUrl}/scim/v2/Users`);
  assert.deepEqual([refused.status, refused.headers.get('www-authenticate')?.startsWith('Bearer')], [401, true]);

  const { token } = await app.get(ScimTokensService).generate('organization-1', {});
  await tellUsersStory(token);
  const people = app.get(People);
  for (let tries = 0; people.told.length < 2 && tries < 50; tries += 1) await delay(100);
  assert.deepEqual(people.told, ['scim.user.provisioned ada', 'scim.user.deprovisioned ada']);
  await app.close();
}

void main();
