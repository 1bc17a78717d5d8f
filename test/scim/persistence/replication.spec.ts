import { Injectable } from '@nestjs/common';
import {
  OnScimEvent,
  ProvisionedIdentity,
  type ScimEvent,
  UserDeactivated,
  UserUpdated,
} from '../../../src/scim/index.js';
import { ScimEventUpkeep } from '../../../src/scim/events/scim-event-upkeep.js';
import { ScimLogUpkeep } from '../../../src/scim/log/scim-log-upkeep.js';
import { PeopleUpkeep } from '../../../src/scim/people/people-upkeep.js';
import { ScimTokenUpkeep } from '../../../src/scim/tokens/scim-token-upkeep.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import type { ModuleHost } from '../../support/module-host.js';
import { TestOrganization } from '../../support/test-organization.js';
import { whenDelivered } from '../../support/when-delivered.js';
import { whenNoted } from '../../support/when-noted.js';
import { type Settings, settingsOf, startAdminHost } from '../admin/admin-host.js';
import { addGroup, addUser, bulk, idOf } from '../bulk/bulk-requests.js';

const heard: string[] = [];

@Injectable()
class Handlers {
  @OnScimEvent([UserDeactivated, UserUpdated], { consumer: 'test.hear' })
  async hear({ type }: ScimEvent): Promise<void> {
    heard.push(type);
  }
}

interface SlavePool {
  connect(...parameters: readonly unknown[]): unknown;
}

describe('with a replica that lags for ever', () => {
  let replica: TestDatabase;
  let host: ModuleHost;
  let connections = 0;

  beforeAll(async () => {
    // As far behind as can be: it has the tables, and no row.
    replica = await createTestDatabase();
    host = await startAdminHost({ replicaUrl: replica.url, providers: [Handlers], options: { deliverEvents: true } });
    const { slaves } = host.dataSource.driver as unknown as { slaves: SlavePool[] };
    for (const pool of slaves) {
      const connect = pool.connect.bind(pool);
      pool.connect = (...parameters) => {
        connections += 1;
        return connect(...parameters);
      };
    }
  });

  afterAll(async () => {
    await host.stop();
    await replica.drop();
  });

  it('the module reads all from where it writes, and asks the replica nothing', async () => {
    const acme = await TestOrganization.of(host);
    const settings = settingsOf(host, acme.id);
    const { id, group } = await sync(acme);
    const account = await acme.accountOf('E-1');
    expect(await acme.access(account)).toMatchObject({ type: 'allowed' });
    expect((await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }])).status).toBe(200);
    expect(await acme.access(account)).toMatchObject({ type: 'denied', reason: 'suspended' });
    await read(acme, id, group);
    await administer(settings, id);
    await whenDelivered(host.dataSource);
    expect(heard).toEqual(['scim.user.updated', 'scim.user.deactivated']);
    await whenNoted(host.app);
    for (const upkeep of [ScimTokenUpkeep, ScimEventUpkeep, ScimLogUpkeep, PeopleUpkeep]) {
      await host.app.get<{ tick(): Promise<unknown> }>(upkeep, { strict: false }).tick();
    }
    expect((await acme.idp.delete(`/Groups/${group}`)).status).toBe(204);
    expect((await acme.idp.delete(`/Users/${id}`)).status).toBe(204);
    expect(connections).toBe(0);
  });

  it("a host's own finders would meet it", async () => {
    const acme = await TestOrganization.of(host);
    await acme.idp.createUser({ userName: 'ada' });
    connections = 0;
    expect(await host.dataSource.getRepository(ProvisionedIdentity).find()).toEqual([]);
    expect(connections).toBe(1);
  });
});

/** A person who is created, looked up at once and changed, and others in a bulk request. */
async function sync({ idp }: TestOrganization): Promise<{ id: string; group: string }> {
  const { id } = await idp.createUser({ userName: 'ada', externalId: 'E-1' });
  expect((await idp.get(`/Users/${id}`)).status).toBe(200);
  expect((await idp.filterUsers('externalId eq "E-1"')).body.totalResults).toBe(1);
  expect((await idp.put(`/Users/${id}`, { userName: 'ada', title: 'Dr' })).status).toBe(200);
  expect((await idp.post('/Users', { userName: 'ada' })).status).toBe(409);
  const entries = await bulk(idp, [addUser('bob'), addUser('cy', { active: false }), addGroup('All', ['bob'])]);
  const group = idOf(entries[2]);
  expect((await idp.patch(`/Groups/${group}`, [{ op: 'add', path: 'members', value: [{ value: id }] }])).status).toBe(
    204,
  );
  return { id, group };
}

async function read({ idp }: TestOrganization, id: string, group: string): Promise<void> {
  const first = await idp.get('/Users?cursor&count=1&sortBy=userName');
  expect(first.body).toMatchObject({ totalResults: 3, Resources: [{ id }] });
  const next = await idp.get(`/Users?cursor=${first.body.nextCursor}&count=1&sortBy=userName`);
  expect(next.body.Resources).toMatchObject([{ userName: 'bob' }]);
  expect((await idp.post('/Users/.search', { filter: 'active eq false' })).body.totalResults).toBe(2);
  expect((await idp.get('/')).body.totalResults).toBe(4);
  expect((await idp.get(`/Groups/${group}`)).body.members).toHaveLength(2);
  expect((await idp.get('/Groups?filter=displayName%20eq%20%22all%22')).body.totalResults).toBe(1);
}

async function administer({ send }: Settings, id: string): Promise<void> {
  const get = async (path: string) => {
    const { status, body } = await send('GET', path);
    expect({ path, status }).toEqual({ path, status: 200 });
    return body;
  };
  expect((await get('')).counts).toEqual({ provisioned: 1, active: 0, suspended: 2 });
  expect((await get('/identities')).identities).toHaveLength(3);
  expect((await get('/identities?q=ada')).identities).toHaveLength(1);
  expect((await get(`/identities/${id}`)).state).toBe('suspended');
  expect((await get(`/identities/${id}/history`)).entries.length).toBeGreaterThan(3);
  expect((await get('/log')).requests.length).toBeGreaterThan(3);
  expect((await get('/events')).events.length).toBeGreaterThan(3);
  for (const path of ['/dead-letters', '/checklist', '/link-check']) await get(path);
  const { tokens } = await get('/tokens');
  expect(tokens).toHaveLength(1);
  expect((await send('POST', `/tokens/${tokens[0].id}/rotate`, {})).status).toBe(201);
  expect((await get('/tokens')).tokens).toHaveLength(2);
  expect((await send('POST', `/identities/${id}/unlink`)).status).toBeLessThan(300);
}
