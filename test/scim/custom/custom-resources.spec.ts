import { randomUUID } from 'node:crypto';
import type { ModuleHost } from '../../support/module-host.js';
import type { ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';
import { DEVICE, LEASE, startDeviceHost, TABLES } from './device.js';

const FULL = {
  schemas: [DEVICE, LEASE],
  externalId: 'Ext-1',
  serialNumber: 'SN-Full',
  model: 'Straße',
  hostName: 'Host-Full',
  assetTag: 'T-1',
  slots: 4,
  weight: 1.25,
  leased: true,
  boughtAt: '2026-01-01T01:00:00+01:00',
  manual: 'https://example.com/manual',
  key: 'c2NpbQ==',
  warranty: { provider: 'Maker', endsAt: '2028-06-01T00:00:00Z' },
  tags: ['Blue', 'blue-ish'],
  addresses: [{ value: '10.0.0.1', type: 'lan', primary: true }],
  [LEASE]: { contract: 'L-1', lessor: 'Lessor & Sons' },
};

describe.each(TABLES)('resources of a custom type in the table %s', (table) => {
  let host: ModuleHost;
  let idp: ScimClient;

  beforeAll(async () => {
    host = await startDeviceHost(table);
  });

  beforeEach(async () => {
    idp = await host.client();
  });

  afterAll(() => host.stop());

  async function create(device: Record<string, unknown> = {}): Promise<ScimAnswer> {
    const answer = await idp.post('/Devices', { serialNumber: `SN-${randomUUID()}`, ...device });
    expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 201 });
    return answer;
  }

  it('are created with everything that the schema knows, and read back the same', async () => {
    const created = await create({ ...FULL, unknown: 'x', ID: 'evil', meta: { version: 'W/"9"' } });
    const location = `https://app.example.com/scim/v2/Devices/${created.body.id}`;
    const { created: at } = created.body.meta;
    expect(created.headers).toMatchObject({ location, etag: 'W/"1"' });
    expect(created.body).toEqual({
      ...FULL,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      meta: { resourceType: 'Device', created: at, lastModified: at, location, version: 'W/"1"' },
    });
    const read = await idp.get(`/Devices/${created.body.id}`);
    expect(read.status).toBe(200);
    expect(read.headers.etag).toBe('W/"1"');
    expect(read.body).toEqual(created.body);
  });

  it.each([
    ['without a required attribute', { serialNumber: undefined }, 'invalidValue'],
    ['with an empty required attribute', { serialNumber: '  ' }, 'invalidValue'],
    ['with a number that is a text', { slots: 'four' }, 'invalidValue'],
    ['with a fraction for an integer', { slots: 1.5 }, 'invalidValue'],
    ['with a text that is no instant', { boughtAt: 'yesterday' }, 'invalidValue'],
    ['with a list for one value', { model: ['a', 'b'] }, 'invalidValue'],
    [
      'with two primary values',
      {
        addresses: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      },
      'invalidValue',
    ],
    ['with an extension that lacks what it requires', { [LEASE]: { lessor: 'x' } }, 'invalidValue'],
    ['with an attribute twice', { MODEL: 'a', model: 'b' }, 'invalidSyntax'],
    ['that are users', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'] }, 'invalidSyntax'],
  ])('are not created %s', async (_what, body, scimType) => {
    expectScimError(await idp.post('/Devices', { serialNumber: 'SN', ...body }), 400, scimType);
    expect((await idp.get('/Devices')).body.totalResults).toBe(0);
  });

  it('are not created from what is no object', async () => {
    expectScimError(await idp.post('/Devices', '[1'), 400, 'invalidSyntax');
    expectScimError(await idp.post('/Devices', []), 400, 'invalidSyntax');
  });

  it.each([
    ['refuse the serialNumber of another', { serialNumber: 'One' }, true],
    ['take a serialNumber in another case, which counts', { serialNumber: 'ONE' }, false],
    ['refuse the hostName of another in another case and normal form', { hostName: 'MÜNCHEN' }, true],
    ['refuse the externalId of another', { externalId: 'Two' }, true],
    ['take an externalId in another case, which counts', { externalId: 'TWO' }, false],
    ['refuse a unique value of an extension that another has', { [LEASE]: { contract: 'Three' } }, true],
    ['take what another has where it is not unique', { model: 'Four' }, false],
  ])('%s', async (_what, attributes, isTaken) => {
    await create({
      serialNumber: 'One',
      externalId: 'Two',
      [LEASE]: { contract: 'Three' },
      model: 'Four',
      hostName: 'mu\u0308nchen',
    });
    const answer = await idp.post('/Devices', { serialNumber: 'other', ...attributes });
    if (!isTaken) expect(answer.status).toBe(201);
    else {
      expectScimError(answer, 409, 'uniqueness');
      const [value] = Object.values(attributes).flatMap((each) =>
        typeof each === 'object' ? Object.values(each) : [each],
      );
      expect(answer.body.detail).toContain(`"${String(value)}"`);
      const other = await create();
      expectScimError(
        await idp.put(`/Devices/${other.body.id}`, { serialNumber: 'x', ...attributes }),
        409,
        'uniqueness',
      );
      expect((await idp.get(`/Devices/${other.body.id}`)).body).toEqual(other.body);
    }
  });

  it('give their unique values free when they change and when they go', async () => {
    const first = await create({ hostName: 'free', serialNumber: 'Free' });
    await idp.patch(`/Devices/${first.body.id}`, [
      { op: 'replace', value: { hostName: 'moved', serialNumber: 'Moved' } },
    ]);
    const second = await create({ hostName: 'free', serialNumber: 'Free' });
    expectScimError(await idp.post('/Devices', { hostName: 'x', serialNumber: 'Moved' }), 409, 'uniqueness');
    expect((await idp.delete(`/Devices/${second.body.id}`)).status).toBe(204);
    await create({ hostName: 'FREE', serialNumber: 'Free' });
  });

  it('are created once by two who create the same at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => idp.post('/Devices', { serialNumber: 'Race', hostName: 'race' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
  });

  it('are replaced: what is not named is cleared, but for the external id and what is immutable', async () => {
    const { body } = await create(FULL);
    const replaced = await idp.put(`/Devices/${body.id}`, { serialNumber: 'SN-2', id: 'evil' });
    expect(replaced.status).toBe(200);
    expect(replaced.body).toEqual({
      schemas: [DEVICE],
      id: body.id,
      externalId: 'Ext-1',
      serialNumber: 'SN-2',
      assetTag: 'T-1',
      meta: { ...body.meta, version: 'W/"2"', lastModified: replaced.body.meta.lastModified },
    });
    expect(replaced.body.meta.lastModified > body.meta.lastModified).toBe(true);
    expectScimError(await idp.put(`/Devices/${body.id}`, { model: 'x' }), 400, 'invalidValue');
  });

  it('keep their version where a replacement changes nothing', async () => {
    const { body } = await create(FULL);
    const same = await idp.put(`/Devices/${body.id}`, body);
    expect(same.status).toBe(200);
    expect(same.body).toEqual(body);
  });

  it('keep what is immutable', async () => {
    const { body } = await create({ assetTag: 'T-1' });
    const path = `/Devices/${body.id}`;
    expectScimError(await idp.put(path, { serialNumber: 'x', assetTag: 'T-2' }), 400, 'mutability');
    expectScimError(await idp.patch(path, [{ op: 'replace', path: 'assetTag', value: 'T-2' }]), 400, 'mutability');
    expectScimError(await idp.patch(path, [{ op: 'remove', path: 'assetTag' }]), 400, 'mutability');
    expect((await idp.patch(path, [{ op: 'add', path: 'assetTag', value: 'T-1' }])).status).toBe(200);
    const other = await create();
    const later = await idp.patch(`/Devices/${other.body.id}`, [{ op: 'add', path: 'assetTag', value: 'T-3' }]);
    expect(later.body.assetTag).toBe('T-3');
  });

  it('are patched by all operations or none', async () => {
    const { body } = await create(FULL);
    const path = `/Devices/${body.id}`;
    const patched = await idp.patch(path, [
      { op: 'Replace', path: 'warranty.provider', value: 'Other' },
      { op: 'add', path: 'tags', value: ['green'] },
      { op: 'remove', path: 'addresses[type eq "lan"]' },
      { op: 'add', path: 'addresses', value: [{ value: '10.0.0.2', type: 'wifi' }] },
      { op: 'replace', path: `${LEASE}:lessor`, value: 'New' },
      { op: 'remove', path: 'weight' },
    ]);
    expect(patched.status).toBe(200);
    expect(patched.headers.etag).toBe('W/"2"');
    const { weight: _weight, ...rest } = FULL;
    expect(patched.body).toEqual({
      ...rest,
      id: body.id,
      warranty: { ...FULL.warranty, provider: 'Other' },
      tags: ['Blue', 'blue-ish', 'green'],
      addresses: [{ value: '10.0.0.2', type: 'wifi' }],
      [LEASE]: { contract: 'L-1', lessor: 'New' },
      meta: { ...body.meta, version: 'W/"2"', lastModified: patched.body.meta.lastModified },
    });
    const refused = await idp.patch(path, [
      { op: 'replace', path: 'model', value: 'half' },
      { op: 'remove', path: 'serialNumber' },
    ]);
    // RFC 7644 §3.5.2.2: what is required cannot be removed.
    expectScimError(refused, 400, 'mutability');
    expectScimError(await idp.patch(path, [{ op: 'replace', path: 'colour', value: 'x' }]), 400, 'invalidPath');
    expect((await idp.get(path)).body).toEqual(patched.body);
  });

  it('lose an extension whose values are removed', async () => {
    const { body } = await create(FULL);
    const patched = await idp.patch(`/Devices/${body.id}`, [{ op: 'remove', path: LEASE }]);
    expect(patched.body.schemas).toEqual([DEVICE]);
    expect(patched.body).not.toHaveProperty([LEASE]);
  });

  it('show what is returned on request when it is asked for', async () => {
    const { body } = await create({ note: 'secret shelf', model: 'M' });
    expect(body).not.toHaveProperty('note');
    expect((await idp.get(`/Devices/${body.id}?attributes=note`)).body).toEqual({
      schemas: [DEVICE],
      id: body.id,
      note: 'secret shelf',
    });
    expect((await idp.get(`/Devices/${body.id}?attributes=note,model`)).body).toMatchObject({ model: 'M' });
  });

  it('are shown as far as the client wants', async () => {
    const { body } = await create(FULL);
    const get = async (query: string): Promise<string[]> =>
      Object.keys((await idp.get(`/Devices/${body.id}?${query}`)).body).sort();
    expect(await get('attributes=MODEL,warranty.provider')).toEqual(['id', 'model', 'schemas', 'warranty']);
    expect(await get(`attributes=${LEASE}:lessor`)).toEqual(['id', 'schemas', LEASE]);
    expect(await get(`excludedAttributes=${LEASE},tags,addresses,meta`)).not.toEqual(expect.arrayContaining(['tags']));
    expectScimError(await idp.get(`/Devices/${body.id}?attributes=model&excludedAttributes=tags`), 400, 'invalidValue');
    expect(Object.keys((await idp.post('/Devices?attributes=model', { serialNumber: 'P', model: 'm' })).body)).toEqual([
      'schemas',
      'id',
      'model',
    ]);
  });

  it('are written under the version that the client read, or not', async () => {
    const { body } = await create();
    const path = `/Devices/${body.id}`;
    const write = (method: string, ifMatch: string, sent?: unknown): Promise<ScimAnswer> =>
      idp.send(method, path, sent, { 'if-match': ifMatch });
    expect((await idp.get(path, { 'if-none-match': 'W/"1"' })).status).toBe(304);
    const patch = { Operations: [{ op: 'replace', path: 'model', value: 'x' }] };
    expect((await write('PATCH', 'W/"1"', patch)).headers.etag).toBe('W/"2"');
    expect((await idp.get(path, { 'if-none-match': 'W/"1"' })).status).toBe(200);
    for (const [method, sent] of [
      ['PATCH', patch],
      ['PUT', { serialNumber: 'y' }],
      ['DELETE', undefined],
    ] as const) {
      expectScimError(await write(method, 'W/"1"', sent), 412);
    }
    const [one, two] = await Promise.all(
      ['a', 'b'].map((model) => write('PUT', 'W/"2"', { serialNumber: 'z', model })),
    );
    expect([one?.status, two?.status].sort()).toEqual([200, 412]);
    expect((await write('DELETE', '*')).status).toBe(204);
  });

  it('are gone when they are deleted', async () => {
    const { body } = await create();
    const path = `/Devices/${body.id}`;
    expect(await idp.delete(path)).toMatchObject({ status: 204, text: '' });
    for (const answer of [
      await idp.get(path),
      await idp.put(path, { serialNumber: 'x' }),
      await idp.patch(path, [{ op: 'replace', path: 'model', value: 'x' }]),
      await idp.delete(path),
    ]) {
      expectScimError(answer, 404);
    }
    expect((await idp.get('/Devices')).body).toMatchObject({ totalResults: 0, Resources: [] });
  });

  it.each([
    ['an unknown one', () => randomUUID()],
    ['one in capitals', (id: string) => id.toUpperCase()],
    ['no uuid', () => '00919288221112222'],
    ['SQL', () => encodeURIComponent("' or 1=1 --")],
    ['a NUL', () => '%00'],
    ['one of another type', (_id: string, licence: string) => licence],
    ['one of a user', (_id: string, _licence: string, user: string) => user],
  ])('are not found by an id that is %s', async (_what, idOf) => {
    const device = await create();
    const licence = await idp.post('/Licences', { serialNumber: 'L' });
    const user = await idp.createUser({ userName: 'ada' });
    const path = `/Devices/${idOf(device.body.id, licence.body.id, user.id)}`;
    expectScimError(await idp.get(path), 404);
    expectScimError(await idp.put(path, { serialNumber: 'x' }), 404);
    expectScimError(await idp.patch(path, [{ op: 'replace', path: 'model', value: 'x' }]), 404);
    expectScimError(await idp.delete(path), 404);
    expect((await idp.get(`/Licences/${licence.body.id}`)).status).toBe(200);
  });

  it('share no unique values with another type', async () => {
    await create({ serialNumber: 'Same', externalId: 'Same' });
    expect((await idp.post('/Licences', { serialNumber: 'Same', externalId: 'Same' })).status).toBe(201);
    expectScimError(await idp.post('/Licences', { serialNumber: 'Same' }), 409, 'uniqueness');
    expect((await idp.get('/Licences')).body.totalResults).toBe(1);
    expect((await idp.get('/Devices')).body.totalResults).toBe(1);
  });

  it("are nobody else's", async () => {
    const { body } = await create({ ...FULL });
    const other = await host.client();
    const path = `/Devices/${body.id}`;
    expectScimError(await other.get(path), 404);
    expectScimError(await other.put(path, { serialNumber: 'x' }), 404);
    expectScimError(await other.patch(path, [{ op: 'replace', path: 'model', value: 'x' }]), 404);
    expectScimError(await other.delete(path), 404);
    expect((await other.get('/Devices')).body.totalResults).toBe(0);
    expect((await other.get('/Devices?filter=serialNumber%20eq%20%22SN-Full%22')).body.totalResults).toBe(0);
    // Nor do their values tell of them.
    expect((await other.post('/Devices', FULL)).status).toBe(201);
    expect((await idp.get(path)).body).toEqual(body);
  });

  it('go with the connection of an organization that the host removes', async () => {
    await create(FULL);
    await host.dataSource.query('DELETE FROM scim_connection WHERE organization_id = $1', [idp.organizationId]);
    for (const name of [`"${table}"`, 'scim_unique_value']) {
      const rows = await host.dataSource.query(`SELECT 1 FROM ${name} WHERE organization_id = $1`, [
        idp.organizationId,
      ]);
      expect({ name, rows }).toEqual({ name, rows: [] });
    }
  });

  it('need a token with their scopes', async () => {
    const { body } = await create();
    const { organizationId } = idp;
    await host.dataSource.query('DELETE FROM scim_token WHERE organization_id = $1', [organizationId]);
    const reader = await host.client(organizationId, ['resources:read']);
    expect((await reader.get('/Devices')).status).toBe(200);
    expect((await reader.get(`/Devices/${body.id}`)).status).toBe(200);
    expectScimError(await reader.delete(`/Devices/${body.id}`), 403);
    expectScimError(await reader.post('/Licences', {}), 403);
    const stranger = await host.client(organizationId, ['users:read', 'users:write', 'groups:read', 'groups:write']);
    expectScimError(await stranger.get('/Devices'), 403);
  });

  it('are made, changed and removed in bulk, and refer to people who are', async () => {
    const old = await create({ serialNumber: 'old' });
    const answer = await idp.post('/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [
        { method: 'POST', path: '/Devices', bulkId: 'd', data: { serialNumber: 'new', model: 'bulkId:u' } },
        { method: 'POST', path: '/Users', bulkId: 'u', data: { userName: 'ada' } },
        { method: 'PATCH', path: '/Devices/bulkId:d', data: { Operations: [{ op: 'add', path: 'slots', value: 2 }] } },
        { method: 'POST', path: '/Devices', bulkId: 'e', data: { serialNumber: 'new' } },
        { method: 'DELETE', path: `/Devices/${old.body.id}` },
      ],
    });
    expect(answer.status).toBe(200);
    const { Operations: done } = answer.body;
    expect(done.map(({ status }: { status: string }) => status)).toEqual(['201', '201', '200', '409', '204']);
    const [device, user] = done.map(({ location }: { location: string }) => location?.split('/').at(-1));
    const { body } = await idp.get('/Devices');
    expect(body.Resources).toMatchObject([{ id: device, serialNumber: 'new', model: user, slots: 2 }]);
  });

  it('are told of by discovery', async () => {
    const types = (await idp.get('/ResourceTypes')).body.Resources.map((type: { id: string }) => type.id);
    expect(types).toEqual(['User', 'Group', 'Device', 'Licence']);
    expect((await idp.get('/ResourceTypes/Device')).body).toMatchObject({
      endpoint: '/Devices',
      schema: DEVICE,
      schemaExtensions: [{ schema: LEASE, required: false }],
    });
    for (const urn of [DEVICE, LEASE]) expect((await idp.get(`/Schemas/${urn}`)).body.id).toBe(urn);
  });

  it('are found at their endpoint in any case, with a slash too many, and by no other method', async () => {
    const { body } = await create();
    expect((await idp.get('//devices/')).status).toBe(200);
    expect((await idp.get(`/DEVICES/${body.id}/`)).status).toBe(200);
    const refused = await idp.send('DELETE', '/Devices');
    expectScimError(refused, 405);
    expect(refused.headers.allow).toContain('POST');
  });
});
