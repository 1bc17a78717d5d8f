import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const U = 'urn:ietf:params:scim:schemas:core:2.0:User';
const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

let host: ModuleHost;
let client: ScimClient;

beforeAll(async () => {
  host = await startModuleHost();
});

beforeEach(async () => {
  client = await host.client();
});

afterAll(() => host.stop());

describe('a created user', () => {
  it('is told with its place, its times and its version', async () => {
    const { status, headers, body } = await client.post('/Users', { schemas: [U], userName: 'ada@acme.io' });
    expect(status).toBe(201);
    expect(body).toEqual({
      schemas: [U],
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      userName: 'ada@acme.io',
      active: true,
      meta: {
        resourceType: 'User',
        created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        lastModified: body.meta.created,
        location: `https://app.example.com/scim/v2/Users/${body.id}`,
        version: 'W/"1"',
      },
    });
    expect({ location: headers.location, etag: headers.etag }).toEqual({
      location: body.meta.location,
      etag: body.meta.version,
    });
  });

  it('has what the service provider says, not what the client says', async () => {
    const sent = {
      userName: 'ada',
      id: 'evil',
      meta: { created: '1999-01-01T00:00:00Z', version: 'x' },
      groups: [{ value: 'x' }],
      organizationId: 'other',
      state: 'active',
      accountId: 'root',
      account_id: 'root',
      favoriteColor: 'red',
      password: 'canary-Passw0rd-1',
      department: 'top-level',
      'urn:scim:schemas:extension:enterprise:1.0': { department: 'old' },
    };
    const body = await client.createUser(sent);
    expect(Object.keys(body).sort()).toEqual(['active', 'id', 'meta', 'schemas', 'userName']);
    expect(body.id).not.toBe('evil');
    expect(body.meta.created).not.toMatch(/^1999/);
    expect((await client.get(`/Users/${body.id}?attributes=password,groups,state`)).body).toEqual({
      schemas: [U],
      id: body.id,
    });
  });

  it('has no members for what is unassigned', async () => {
    const body = await client.createUser({
      userName: 'ada',
      title: null,
      addresses: null,
      roles: [],
      displayName: '',
      name: {},
    });
    expect(Object.keys(body).sort()).toEqual(['active', 'id', 'meta', 'schemas', 'userName']);
  });

  it('keeps the extension where there is something in it', async () => {
    const enterprise = { employeeNumber: '1', costCenter: '2', organization: 'O', division: 'D', department: 'R&D' };
    const one = await client.createUser({ userName: 'one', [E]: { ...enterprise, manager: 'M-1' } });
    expect(one).toMatchObject({ schemas: [U, E], [E]: { ...enterprise, manager: { value: 'M-1' } } });
    const two = await client.createUser({ userName: 'two', schemas: [U, E] });
    expect(two.schemas).toEqual([U]);
  });

  it.each([
    [{}, 'invalidValue'],
    [{ userName: '' }, 'invalidValue'],
    [{ userName: null }, 'invalidValue'],
    [{ userName: '   ' }, 'invalidValue'],
    [{ userName: 5 }, 'invalidValue'],
    [{ userName: 'x'.repeat(1025) }, 'invalidValue'],
    [{ userName: 'x', emails: 'y' }, 'invalidValue'],
    [{ userName: 'x', active: 'maybe' }, 'invalidValue'],
    [{ userName: 'x', USERNAME: 'y' }, 'invalidSyntax'],
    [{ userName: 'x', schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'] }, 'invalidSyntax'],
  ])('is not made of %p', async (user, scimType) => {
    expectScimError(await client.post('/Users', user), 400, scimType);
    expect((await client.get('/Users')).body.totalResults).toBe(0);
  });

  it.each([
    ['the user name', { userName: 'Ada' }, { userName: 'Ada' }],
    ['the user name in another case', { userName: 'Ada' }, { userName: 'aDA' }],
    ['the user name in another normal form', { userName: 'é' }, { userName: 'e\u0301' }],
    ['the external id', { userName: 'a', externalId: 'X' }, { userName: 'b', externalId: 'X' }],
  ])('is the only one with %s', async (_what, one, other) => {
    await client.createUser(one);
    expectScimError(await client.post('/Users', other), 409, 'uniqueness');
    const third = await client.createUser({ userName: 'third' });
    expectScimError(await client.put(`/Users/${third.id}`, other), 409, 'uniqueness');
    expectScimError(await client.patch(`/Users/${third.id}`, [{ op: 'add', value: other }]), 409, 'uniqueness');
    expect((await client.get(`/Users/${third.id}`)).body).toEqual(third);
  });

  it('may have an external id in another case, or none as others have none', async () => {
    for (const user of [
      { userName: 'a', externalId: 'X' },
      { userName: 'b', externalId: 'x' },
      { userName: 'c' },
      { userName: 'd' },
    ]) {
      await client.createUser(user);
    }
    expect((await client.get('/Users')).body.totalResults).toBe(4);
  });

  it('is one, whoever of 64 comes first', async () => {
    const answers = await Promise.all(
      Array.from({ length: 64 }, () => client.post('/Users', { userName: 'ada', externalId: 'X' })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) expectScimError(answer, 409, 'uniqueness');
    const [{ count }] = await host.dataSource.query(
      'SELECT count(*)::integer AS count FROM scim_outbox WHERE organization_id = $1 AND type LIKE $2',
      [client.organizationId, 'scim.user.%'],
    );
    expect(count).toBe(1);
  });
});

describe('a user that is changed', () => {
  it('moves its version and its time with each change, and with nothing else', async () => {
    const { id, meta } = await client.createUser({ userName: 'ada', title: 'x' });
    const same = await client.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: 'x' }]);
    expect(same.body.meta).toEqual(meta);
    const changed = await client.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: 'y' }]);
    expect(changed.body.meta).toEqual({ ...meta, version: 'W/"2"', lastModified: expect.any(String) });
    expect(changed.body.meta.lastModified > meta.lastModified).toBe(true);
    expect(changed.headers.etag).toBe('W/"2"');
    expect((await client.get(`/Users/${id}`)).body).toEqual(changed.body);
  });

  it('loses nothing to 16 changes at once', async () => {
    const { id } = await client.createUser({ userName: 'ada' });
    const names = Array.from({ length: 16 }, (_, index) => `role-${index}`);
    const answers = await Promise.all(
      names.map((value) => client.patch(`/Users/${id}`, [{ op: 'add', path: 'roles', value: [{ value }] }])),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { body } = await client.get(`/Users/${id}`);
    expect(body.roles.map(({ value }: { value: string }) => value).sort()).toEqual(names.sort());
    expect(body.meta.version).toBe('W/"17"');
  });

  it('changes with all operations of a patch or with none', async () => {
    const user = await client.createUser({ userName: 'ada', title: 'x' });
    const answer = await client.patch(`/Users/${user.id}`, [
      { op: 'replace', path: 'title', value: 'y' },
      { op: 'replace', path: 'unknown', value: 'z' },
    ]);
    expectScimError(answer, 400, 'invalidPath');
    expect((await client.get(`/Users/${user.id}`)).body).toEqual(user);
  });
});

describe('a deleted user', () => {
  it('is unknown to every request from then on, and its name is free for another', async () => {
    const user = { userName: 'ada', externalId: 'X' };
    const { id } = await client.createUser(user);
    const { status, text, headers } = await client.delete(`/Users/${id}`);
    expect({ status, text, type: headers['content-type'] }).toEqual({ status: 204, text: '', type: undefined });
    expectScimError(await client.get(`/Users/${id}`), 404);
    expectScimError(await client.put(`/Users/${id}`, user), 404);
    expectScimError(
      await client.send('PATCH', `/Users/${id}`, { schemas: [PATCH_OP], Operations: [{ op: 'add', value: user }] }),
      404,
    );
    expectScimError(await client.delete(`/Users/${id}`), 404);
    for (const filter of ['userName eq "ada"', 'externalId eq "X"', `id eq "${id}"`, 'id pr']) {
      expect((await client.filterUsers(filter)).body.totalResults).toBe(0);
    }
    expect((await client.createUser(user)).id).not.toBe(id);
  });
});
