import { ScimError, UsersService } from '../../../src/scim/index.js';
import { createTestDatabase } from '../../support/database.js';
import { COMPANY, STAFF, testExtensions } from '../../support/extensions.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

describe('a readOnly attribute of an extension', () => {
  let host: ModuleHost;
  let users: UsersService;
  let client: ScimClient;
  let id: string;

  beforeAll(async () => {
    host = await startModuleHost({ extras: { extensions: testExtensions } });
    users = host.app.get(UsersService, { strict: false });
  });

  beforeEach(async () => {
    client = await host.client();
    ({ id } = await client.createUser({ userName: 'ada', [STAFF]: { alias: 'Addie' } }));
  });

  afterAll(() => host.stop());

  const assign = (values: unknown) => users.assignReadOnly(client.organizationId, id, values);

  it('is the host’s: shown, filtered by, and left alone by clients', async () => {
    expect(await assign({ [STAFF.toUpperCase()]: { RISK: 'Low' } })).toMatchObject({
      [STAFF]: { alias: 'Addie', risk: 'Low' },
      meta: { version: 'W/"2"' },
    });
    expect((await client.filterUsers('risk eq "low"')).body.totalResults).toBe(1);
    const put = await client.put(`/Users/${id}`, { userName: 'ada', [STAFF]: { level: 1, risk: 'none' } });
    expect(put.body[STAFF]).toEqual({ level: 1, risk: 'Low' });
    const patch = await client.patch(`/Users/${id}`, [{ op: 'remove', path: STAFF }]);
    expect(patch.body[STAFF]).toEqual({ risk: 'Low' });
    expect((await client.put(`/Users/${id}`, { userName: 'ada' })).body[STAFF]).toEqual({ risk: 'Low' });
    expect(await assign({ [STAFF]: { risk: null } })).not.toHaveProperty([STAFF]);
  });

  it('changes nothing where it is the same again', async () => {
    await assign({ [STAFF]: { risk: 'Low' } });
    expect(await assign({ [STAFF]: { risk: 'Low' } })).toMatchObject({ meta: { version: 'W/"2"' } });
  });

  it('asks a client for none of the values that its extension requires', async () => {
    await assign({ [COMPANY]: { status: 'known' } });
    const put = await client.put(`/Users/${id}`, { userName: 'ada', title: 'Countess' });
    expect(put.body).toMatchObject({ title: 'Countess', [COMPANY]: { status: 'known' } });
    const alias = { op: 'add', path: `${COMPANY}:alias`, value: 'x' };
    expectScimError(await client.patch(`/Users/${id}`, [alias]), 400, 'invalidValue');
  });

  it.each<[string, unknown, string]>([
    ['an attribute that clients write', { [STAFF]: { alias: 'x' } }, 'invalidPath'],
    ['an unknown attribute', { [STAFF]: { shoe: 'x' } }, 'invalidPath'],
    ['another extension', { 'urn:example:other': { risk: 'x' } }, 'invalidPath'],
    ['an attribute of User', { groups: [] }, 'invalidPath'],
    ['a wrong value', { [STAFF]: { risk: 4 } }, 'invalidValue'],
    ['no object', [], 'invalidValue'],
    ['no object at a URN', { [STAFF]: 'low' }, 'invalidValue'],
  ])('is not %s', async (_what, values, scimType) => {
    const error = await assign(values).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ScimError);
    expect(error).toMatchObject({ status: 400, scimType });
  });
});

describe('an extension that is required', () => {
  let host: ModuleHost;
  let client: ScimClient;

  beforeAll(async () => {
    const extensions = testExtensions.map((each) => ({ ...each, required: each.schema.id === COMPANY }));
    host = await startModuleHost({ extras: { extensions } });
    client = await host.client();
  });

  afterAll(() => host.stop());

  it('is of every user, at every time', async () => {
    expect((await client.get('/ResourceTypes/User')).body.schemaExtensions).toContainEqual({
      schema: COMPANY,
      required: true,
    });
    expectScimError(await client.post('/Users', { userName: 'ada' }), 400, 'invalidValue');
    const { id } = await client.createUser({ userName: 'ada', [COMPANY]: { number: '1' } });
    expectScimError(await client.put(`/Users/${id}`, { userName: 'ada' }), 400, 'invalidValue');
    expectScimError(await client.patch(`/Users/${id}`, [{ op: 'remove', path: COMPANY }]), 400, 'invalidValue');
    expect((await client.get(`/Users/${id}`)).body[COMPANY]).toEqual({ number: '1' });
  });
});

describe('an extension that becomes required', () => {
  it('lets users from before be patched, so that they can be deactivated', async () => {
    const database = await createTestDatabase();
    const start = (required: boolean): Promise<ModuleHost> => {
      const extensions = testExtensions.map((each) => ({ ...each, required: required && each.schema.id === COMPANY }));
      return startModuleHost({ extras: { extensions }, databaseUrl: database.url });
    };
    const before = await start(false);
    const client = await before.client();
    const { id } = await client.createUser({ userName: 'ada' });
    await before.stop();
    const after = await start(true);
    const same = await after.client(client.organizationId);
    const patch = await same.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]);
    expect(patch.body).toMatchObject({ active: false });
    expectScimError(await same.put(`/Users/${id}`, { userName: 'ada', active: false }), 400, 'invalidValue');
    await after.stop();
    await database.drop();
  });
});

describe('a host with wrong schemas', () => {
  it('does not start, and says what is wrong', async () => {
    const extensions = testExtensions.map((each) => ({ ...each, resourceType: 'Person' }));
    await expect(startModuleHost({ extras: { extensions } })).rejects.toThrow(/resource type "Person", which does not/);
  });
});
