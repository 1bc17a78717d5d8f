import { randomUUID } from 'node:crypto';
import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { type CustomResourceType, ScimResourceRow } from '../../../src/scim/index.js';
import { countStatements } from '../../support/count-statements.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';
import { Device, deviceType, LEASE, startDeviceHost } from './device.js';

describe('a custom type in a table of the host', () => {
  let host: ModuleHost;
  let idp: ScimClient;

  beforeAll(async () => {
    host = await startDeviceHost('owned device');
    await host.dataSource.query(`
      create table assignment (device_id uuid references "owned device" (id), person text);
      alter table "owned device" add constraint enough_slots check (slots < 100);
      create index on "owned device" (model)`);
  });

  beforeEach(async () => {
    idp = await host.client();
  });

  afterAll(() => host.stop());

  const rowOf = (id: string): Promise<Device> => host.dataSource.getRepository(Device).findOneByOrFail({ id });

  it('keeps its columns as the attributes are, through the entity that the host knows', async () => {
    const { body } = await idp.post('/Devices', {
      serialNumber: 'SN',
      model: 'Big',
      hostName: 'ÄX',
      slots: 3,
      weight: 1.5,
      leased: false,
      boughtAt: '2026-01-01T01:00:00+01:00',
      warranty: { endsAt: '2027-01-01T00:00:00Z' },
      [LEASE]: { contract: 'L-1' },
    });
    const row = await rowOf(body.id);
    expect(row).toMatchObject({
      organizationId: idp.organizationId,
      serialNumber: 'SN',
      model: 'Big',
      modelKey: 'big',
      hostNameKey: 'äx',
      slots: 3,
      weight: '1.5',
      leased: false,
      boughtAt: new Date('2026-01-01T00:00:00Z'),
      warrantyEndsAt: new Date('2027-01-01T00:00:00Z'),
      leaseContract: 'L-1',
      timesSeen: 0,
    });
    await host.dataSource.getRepository(Device).update({ id: row.id }, { timesSeen: 7 });
    await idp.put(`/Devices/${body.id}`, { serialNumber: 'SN-2' });
    expect(await rowOf(body.id)).toMatchObject({
      serialNumber: 'SN-2',
      model: null,
      modelKey: null,
      hostNameKey: null,
      slots: null,
      weight: null,
      leased: null,
      boughtAt: null,
      warrantyEndsAt: null,
      leaseContract: null,
      timesSeen: 7,
    });
  });

  it('leaves unique values to the indexes of the table, where they hold what is compared', async () => {
    await idp.post('/Devices', { serialNumber: 'SN', hostName: 'ax', [LEASE]: { contract: 'L-1' } });
    const rows = await host.dataSource.query(
      `SELECT attribute, value_key FROM scim_unique_value WHERE organization_id = $1`,
      [idp.organizationId],
    );
    expect(rows).toEqual([{ attribute: `${LEASE}:contract`, value_key: 'L-1' }]);
  });

  it('looks a resource up by an index of the table', async () => {
    const statements = await countStatements(host.dataSource, () =>
      idp.get(`/Devices?filter=${encodeURIComponent('serialNumber eq "SN"')}`),
    );
    expect(statements).toContainEqual(expect.stringContaining('i."serial_number" = $2::text'));
  });

  it.each([
    ['a text that is too long for its column', { serialNumber: 'x'.repeat(61) }, 'serialNumber'],
    ['a number that its column cannot hold', { slots: 3_000_000_000 }, 'Device'],
    ['what a rule of the table refuses', { slots: 100 }, 'enough_slots'],
    ['a text that no index can hold', { model: Array.from({ length: 200 }, () => randomUUID()).join() }, 'Device'],
  ])('refuses %s', async (_what, attributes, named) => {
    const device = { serialNumber: `SN-${randomUUID()}`, ...attributes };
    const answer = await idp.post('/Devices', device);
    expectScimError(answer, 400, 'invalidValue');
    expect(answer.body.detail).toContain(named);
    const { body } = await idp.post('/Devices', { serialNumber: `SN-${randomUUID()}` });
    expectScimError(await idp.put(`/Devices/${body.id}`, device), 400, 'invalidValue');
    expect((await idp.get(`/Devices/${body.id}`)).body).toEqual(body);
  });

  it('counts characters as the database does', async () => {
    expect((await idp.post('/Devices', { serialNumber: '\u{1F4BB}'.repeat(60) })).status).toBe(201);
  });

  it('keeps a resource that another table refers to', async () => {
    const { body } = await idp.post('/Devices', { serialNumber: 'SN' });
    await host.dataSource.query(`insert into assignment values ($1, 'ada')`, [body.id]);
    expectScimError(await idp.delete(`/Devices/${body.id}`), 409);
    expect((await idp.get(`/Devices/${body.id}`)).status).toBe(200);
    await host.dataSource.query('delete from assignment');
    expect((await idp.delete(`/Devices/${body.id}`)).status).toBe(204);
  });
});

@Entity('gauge')
class Gauge extends ScimResourceRow {
  @Column({ type: 'text', name: 'serial_number' })
  serialNumber: string;

  @Column({ type: 'text' })
  model: string;

  @Column({ type: 'integer', nullable: true })
  slots: number | null;

  @Column({ type: 'text', array: true, nullable: true })
  tags: string[] | null;
}

@Entity('unrelated')
class Unrelated {
  @PrimaryColumn({ type: 'uuid' })
  id: string;
}

@Entity('second_key')
class SecondKey extends ScimResourceRow {
  @PrimaryColumn({ type: 'text' })
  name: string;
}

@Entity('scim_resource')
class NotTheHosts extends ScimResourceRow {}

class NoEntity extends ScimResourceRow {}

@Entity('vague')
@Unique(['serialNumber', 'slots'])
@Index(['slots'], { unique: true, where: 'slots > 0' })
class Vague extends ScimResourceRow {
  @Column({ type: 'text', name: 'serial_number' })
  serialNumber: string;

  @Column({ type: 'integer', nullable: true })
  slots: number | null;
}

describe('a host whose table does not fit its type', () => {
  const start = (...resourceTypes: CustomResourceType[]): Promise<ModuleHost> =>
    startModuleHost({ entities: [Gauge, Unrelated, SecondKey, Vague], extras: { resourceTypes } });
  const gauge = (columns: NonNullable<CustomResourceType['columns']>): CustomResourceType => ({
    type: deviceType,
    entity: Gauge,
    columns,
  });

  it.each<[string, CustomResourceType, string]>([
    ['columns without an entity', { type: deviceType, columns: { model: 'model' } }, '"columns" needs an "entity"'],
    ['an entity that the DataSource does not know', { type: deviceType, entity: NoEntity }, 'NoEntity is not among'],
    [
      'an entity that is no ScimResourceRow',
      { type: deviceType, entity: Unrelated as typeof Gauge },
      'must extend ScimResourceRow',
    ],
    ['another primary key', { type: deviceType, entity: SecondKey }, 'must be "id" alone'],
    ['an attribute that does not exist', gauge({ colour: 'model' }), 'no attribute colour'],
    ['an attribute with several values', gauge({ tags: 'tags' }), 'tags cannot stand in a column'],
    ['a complex attribute', gauge({ warranty: 'model' }), 'warranty cannot stand in a column'],
    ['a sub-attribute of several values', gauge({ 'addresses.value': 'model' }), 'addresses.value cannot stand'],
    ['the id', gauge({ id: 'model' }), 'id cannot stand in a column of its own'],
    ['a property that does not exist', gauge({ model: 'colour' }), 'no column "colour" for model'],
    ['a column of another type', gauge({ model: 'slots' }), 'cannot hold'],
    ['a column of integers for decimals', gauge({ weight: 'slots' }), 'cannot hold'],
    ['a column of lists', gauge({ model: 'tags' }), 'type text[] cannot hold'],
    ['a column that must have a value', gauge({ serialNumber: 'serialNumber', model: 'model' }), 'must be nullable'],
    ['a column that nothing fills', gauge({ serialNumber: 'serialNumber' }), '"model" needs a default'],
    ['a column twice', gauge({ serialNumber: 'serialNumber', hostName: 'serialNumber' }), 'must be nullable'],
    ['a column of the module', gauge({ serialNumber: 'organizationId' }), '"organizationId" is taken'],
  ])('does not start with %s', async (_what, definition, words) => {
    const error = String(await start(definition).catch((refusal: unknown) => refusal));
    expect(error).toContain('The SCIM resource type "Device": ');
    expect(error).toContain(words);
  });

  it('does not start with two types in one table of its own', async () => {
    const columns = { serialNumber: 'serialNumber', slots: 'slots' };
    const second = {
      ...deviceType,
      name: 'Gauge',
      endpoint: '/Gauges',
      schema: { ...deviceType.schema, id: 'urn:example:gauge' },
    };
    await expect(
      start({ type: deviceType, entity: Vague, columns }, { type: second, entity: Vague, columns }),
    ).rejects.toThrow('"Device" and "Gauge" share a table');
  });

  it('does not start with the table of the module as its own', async () => {
    const host = startModuleHost({
      entities: [],
      extras: { resourceTypes: [{ type: deviceType, entity: NotTheHosts }] },
    });
    await expect(host).rejects.toThrow('NotTheHosts');
  });

  it('keeps values unique itself where no index of the table does, or only for some rows', async () => {
    const host = await start({
      type: deviceType,
      entity: Vague,
      columns: { serialNumber: 'serialNumber', slots: 'slots' },
    });
    const idp = await host.client();
    expect((await idp.post('/Devices', { serialNumber: 'A', slots: 1 })).status).toBe(201);
    expectScimError(await idp.post('/Devices', { serialNumber: 'A', slots: 2 }), 409, 'uniqueness');
    // What the host's own indexes keep apart is told all the same.
    expectScimError(await idp.post('/Devices', { serialNumber: 'B', slots: 1 }), 409, 'uniqueness');
    await host.stop();
  });
});
