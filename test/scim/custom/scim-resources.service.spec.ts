import type { INestApplication } from '@nestjs/common';
import {
  OnScimEvent,
  ResourceCreated,
  ResourceDeleted,
  type ResourceEvent,
  ResourceUpdated,
  ScimError,
  type ScimEventContext,
  ScimResourcesService,
} from '../../../src/scim/index.js';
import { countStatements } from '../../support/count-statements.js';
import type { ModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';
import { ScimRelay } from '../../../src/scim/events/scim-relay.js';
import { expectScimError } from '../../support/scim-errors.js';
import { DEVICE, startDeviceHost, TABLES } from './device.js';

class Recorder {
  readonly seen: ResourceEvent[] = [];

  @OnScimEvent([ResourceCreated, ResourceUpdated, ResourceDeleted], { consumer: 'test.devices' })
  async record(event: ResourceEvent, _context: ScimEventContext): Promise<void> {
    this.seen.push(event);
  }
}

const servicesOf = (app: INestApplication): ScimResourcesService => app.get(ScimResourcesService, { strict: false });

describe.each(TABLES)('ScimResourcesService with the table %s', (table) => {
  let host: ModuleHost;
  let idp: ScimClient;
  let organizationId: string;
  let resources: ScimResourcesService;

  beforeAll(async () => {
    host = await startDeviceHost(table, { providers: [Recorder], options: { deliverEvents: false } });
    resources = servicesOf(host.app);
  });

  beforeEach(async () => {
    idp = await host.client();
    organizationId = idp.organizationId;
  });

  afterAll(() => host.stop());

  it('does for the host what requests do for the IdP', async () => {
    const made = await resources.create(organizationId, 'Device', { serialNumber: 'SN', model: 'A' });
    const id = String(made['id']);
    expect((await idp.get(`/Devices/${id}`)).body).toEqual(made);
    await resources.patch(organizationId, 'Device', id, { Operations: [{ op: 'replace', path: 'model', value: 'B' }] });
    expect(await resources.get(organizationId, 'Device', id)).toMatchObject({ model: 'B' });
    await resources.replace(organizationId, 'Device', id, { serialNumber: 'SN-2' }, { ifMatch: 'W/"2"' });
    const list = await resources.list(organizationId, 'Device', { filter: 'serialNumber eq "SN-2"' });
    expect(list).toMatchObject({ totalResults: 1, resources: [{ id, serialNumber: 'SN-2' }] });
    expect(await resources.find(organizationId, 'Device', [id, 'no id'])).toHaveLength(1);
    await resources.delete(organizationId, 'Device', id);
    await expect(resources.get(organizationId, 'Device', id)).rejects.toMatchObject({ status: 404 });
  });

  it('gives what only the host may give, which clients find, keep and cannot change', async () => {
    const at = '2026-05-01T10:00:00Z';
    const { body } = await idp.post('/Devices', { serialNumber: 'SN', lastSeen: '1999-01-01T00:00:00Z' });
    expect(body).not.toHaveProperty('lastSeen');
    const given = await resources.assignReadOnly(organizationId, 'Device', body.id, { [DEVICE]: { lastSeen: at } });
    expect(given).toMatchObject({ lastSeen: at, meta: { version: 'W/"2"' } });
    const path = `/Devices/${body.id}`;
    const replaced = await idp.put(path, { serialNumber: 'SN', model: 'M', lastSeen: '1999-01-01T00:00:00Z' });
    expect(replaced.body).toMatchObject({ lastSeen: at, model: 'M' });
    expectScimError(await idp.patch(path, [{ op: 'remove', path: 'lastSeen' }]), 400, 'mutability');
    const found = await idp.get(`/Devices?filter=${encodeURIComponent('lastSeen ge "2026-05-01T12:00:00+02:00"')}`);
    expect(found.body.totalResults).toBe(1);
    for (const values of [{ [DEVICE]: { model: 'x' } }, { [DEVICE]: { id: 'x' } }, { 'urn:x': {} }]) {
      await expect(resources.assignReadOnly(organizationId, 'Device', body.id, values)).rejects.toMatchObject({
        status: 400,
        scimType: 'invalidPath',
      });
    }
    await resources.assignReadOnly(organizationId, 'Device', body.id, { [DEVICE]: { lastSeen: null } });
    expect((await idp.get(path)).body).not.toHaveProperty('lastSeen');
  });

  it('makes the connection of an organization that has none', async () => {
    const made = await resources.create('a-new-organization', 'Device', { serialNumber: 'SN' });
    expect(await resources.get('a-new-organization', 'Device', String(made['id']))).toEqual(made);
  });

  it('knows the types of the module and no others', async () => {
    await expect(resources.create(organizationId, 'Gadget', {})).rejects.toThrow('no resource type "Gadget"');
    await expect(resources.create(organizationId, 'User', { userName: 'ada' })).rejects.not.toBeInstanceOf(ScimError);
  });

  it("writes in the host's own transaction, and what is refused leaves it usable", async () => {
    const taken = await resources.create(organizationId, 'Device', { serialNumber: 'Taken' });
    const id = await host.dataSource.transaction(async (manager) => {
      const made = await resources.create(organizationId, 'Device', { serialNumber: 'SN' }, { manager });
      const refused = resources.create(organizationId, 'Device', { serialNumber: 'Taken' }, { manager });
      await expect(refused).rejects.toMatchObject({ status: 409 });
      const stale = { manager, ifMatch: 'W/"9"' };
      const replaced = resources.replace(organizationId, 'Device', String(made['id']), { serialNumber: 'x' }, stale);
      await expect(replaced).rejects.toMatchObject({ status: 412 });
      await resources.patch(
        organizationId,
        'Device',
        String(made['id']),
        { Operations: [{ op: 'add', path: 'model', value: 'M' }] },
        { manager },
      );
      expect(await resources.get(organizationId, 'Device', String(made['id']), manager)).toMatchObject({ model: 'M' });
      await expect(resources.get(organizationId, 'Device', String(made['id']))).rejects.toMatchObject({ status: 404 });
      await resources.delete(organizationId, 'Device', String(taken['id']), { manager });
      return String(made['id']);
    });
    expect(await resources.get(organizationId, 'Device', id)).toMatchObject({ model: 'M', meta: { version: 'W/"2"' } });
    await expect(resources.get(organizationId, 'Device', String(taken['id']))).rejects.toMatchObject({ status: 404 });
  });

  it('forgets what a transaction of the host rolls back, events included', async () => {
    const work = host.dataSource.transaction(async (manager) => {
      await resources.create(organizationId, 'Device', { serialNumber: 'SN', hostName: 'h' }, { manager });
      throw new Error('The host thinks better of it.');
    });
    await expect(work).rejects.toThrow('thinks better');
    expect((await resources.list(organizationId, 'Device')).totalResults).toBe(0);
    const events = `SELECT 1 FROM scim_outbox WHERE organization_id = $1 AND aggregate_type = 'resource'`;
    expect(await host.dataSource.query(events, [organizationId])).toEqual([]);
    await resources.create(organizationId, 'Device', { serialNumber: 'SN', hostName: 'h' });
  });

  it('tells of each change by one event, with the attributes, and of none where nothing changed', async () => {
    const { body } = await idp.post('/Devices', { serialNumber: 'SN', externalId: 'E' });
    const path = `/Devices/${body.id}`;
    await idp.patch(path, [{ op: 'add', path: 'model', value: 'M' }]);
    await idp.patch(path, [{ op: 'add', path: 'model', value: 'M' }]);
    await idp.put(path, { serialNumber: 'SN', externalId: 'E2' });
    await idp.delete(path);
    await host.app.get(ScimRelay, { strict: false }).tick();
    const recorder = host.app.get(Recorder);
    for (let left = 10; left > 0 && recorder.seen.filter((each) => each.resourceId === body.id).length < 4; left -= 1) {
      await host.app.get(ScimRelay, { strict: false }).tick();
    }
    const seen = recorder.seen.filter(({ resourceId }) => resourceId === body.id);
    const common = { resourceType: 'Device', resourceId: body.id, organizationId };
    expect(seen).toEqual([
      expect.objectContaining({
        ...common,
        type: 'scim.resource.created',
        sequence: 1,
        version: 1,
        externalId: 'E',
        changed: expect.arrayContaining(['serialNumber', 'externalId']),
        attributes: { serialNumber: 'SN', externalId: 'E' },
        requestId: expect.any(String),
        tokenId: expect.any(String),
      }),
      expect.objectContaining({
        ...common,
        type: 'scim.resource.updated',
        sequence: 2,
        version: 2,
        changed: ['model'],
        attributes: { serialNumber: 'SN', externalId: 'E', model: 'M' },
      }),
      expect.objectContaining({
        ...common,
        sequence: 3,
        version: 3,
        externalId: 'E2',
        changed: expect.arrayContaining(['externalId', 'model']),
      }),
      expect.objectContaining({
        ...common,
        type: 'scim.resource.deleted',
        sequence: 4,
        version: 4,
        changed: [],
        attributes: { serialNumber: 'SN', externalId: 'E2' },
      }),
    ]);
    expect(seen[0]).toBeInstanceOf(ResourceCreated);
  });

  it('loses no change of many that come at the same time', async () => {
    const { body } = await idp.post('/Devices', { serialNumber: 'SN' });
    const tags = Array.from({ length: 12 }, (_, index) => `t${index}`);
    const answers = await Promise.all(
      tags.map((tag) => idp.patch(`/Devices/${body.id}`, [{ op: 'add', path: 'tags', value: [tag] }])),
    );
    expect(answers.map(({ status }) => status)).toEqual(tags.map(() => 200));
    const after = await resources.get(organizationId, 'Device', body.id);
    expect(after).toMatchObject({ meta: { version: 'W/"13"' } });
    expect([...(after['tags'] as string[])].sort()).toEqual([...tags].sort());
  });

  it('deletes once what two delete, under changes that go on', async () => {
    const { body } = await idp.post('/Devices', { serialNumber: 'SN' });
    const change = (model: string) => idp.patch(`/Devices/${body.id}`, [{ op: 'add', path: 'model', value: model }]);
    const [, one, , two] = await Promise.all([
      change('a'),
      idp.delete(`/Devices/${body.id}`),
      change('b'),
      idp.delete(`/Devices/${body.id}`),
    ]);
    expect([one.status, two.status].sort()).toEqual([204, 404]);
  });

  it.each([
    [
      'a creation',
      1,
      (id: string, it: ScimResourcesService) => it.create(id, 'Device', { serialNumber: 'N', hostName: 'n' }),
    ],
    ['a look-up by id', 1, (id: string, it: ScimResourcesService, known: string) => it.get(id, 'Device', known)],
    ['a list', 1, (id: string, it: ScimResourcesService) => it.list(id, 'Device', { filter: 'model pr' })],
    [
      'a change',
      2,
      (id: string, it: ScimResourcesService, known: string) =>
        it.patch(id, 'Device', known, { Operations: [{ op: 'add', path: 'model', value: 'M' }] }),
    ],
    [
      'a change of nothing',
      1,
      (id: string, it: ScimResourcesService, known: string) =>
        it.patch(id, 'Device', known, { Operations: [{ op: 'add', path: 'serialNumber', value: 'SN' }] }),
    ],
    ['a removal', 2, (id: string, it: ScimResourcesService, known: string) => it.delete(id, 'Device', known)],
  ])('takes few statements for %s: %i', async (_what, count, work) => {
    const { body } = await idp.post('/Devices', { serialNumber: 'SN' });
    const statements = await countStatements(host.dataSource, () => work(organizationId, resources, body.id));
    expect(statements).toHaveLength(count);
  });
});
