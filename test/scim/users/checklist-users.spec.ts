import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const U = 'urn:ietf:params:scim:schemas:core:2.0:User';
const G = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** The lines of protocol-checklist.md about users that no test of one unit shows from end to end; each test names its own. */
describe.each(['express', 'fastify'] as const)('users by the checklist on %s', (adapter) => {
  let host: ModuleHost;
  let client: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost({ adapter });
  });

  afterAll(() => host.stop());

  beforeEach(async () => {
    client = await host.client();
  });

  const everyAttribute = {
    schemas: [U, E],
    externalId: 'X-1',
    userName: 'Ada@Acme.io',
    name: {
      formatted: 'Dr. Ada King',
      familyName: 'King',
      givenName: 'Ada',
      middleName: 'A.',
      honorificPrefix: 'Dr.',
      honorificSuffix: 'III',
    },
    displayName: 'Ada',
    nickName: 'A',
    profileUrl: 'https://ada.example/',
    title: 'Countess',
    userType: 'Employee',
    preferredLanguage: 'en-GB',
    locale: 'en-GB',
    timezone: 'Europe/London',
    active: true,
    emails: [{ value: 'Ada@Acme.io', display: 'Work', type: 'work', primary: true }],
    phoneNumbers: [{ value: '55555555555', type: 'mobile' }],
    ims: [{ value: 'ada', type: 'xmpp' }],
    photos: [{ value: 'https://ada.example/p.png', type: 'photo' }],
    addresses: [
      {
        formatted: '1 Lane\nLondon',
        streetAddress: '1 Lane',
        locality: 'London',
        region: 'L',
        postalCode: 'N1',
        country: 'United Kingdom',
        type: 'work',
        primary: true,
      },
    ],
    entitlements: [{ value: 'all' }],
    roles: [{ value: 'admin', type: 'x', primary: true }],
    x509Certificates: [{ value: 'QUI=' }],
    [E]: {
      employeeNumber: '1',
      costCenter: '2',
      organization: 'O',
      division: 'D',
      department: 'R&D',
      manager: { value: 'M-1' },
    },
  };

  it('keep every attribute of the schemas as it was sent, by POST, PUT and PATCH (P-063, P-092, P-099, P-299)', async () => {
    const created = await client.post('/Users', everyAttribute);
    expect(created).toMatchObject({ status: 201, body: everyAttribute });
    const path = `/Users/${created.body.id}`;
    const { body, headers } = await client.get(path);
    expect(body).toEqual(created.body);
    expect(headers).toMatchObject({ etag: body.meta.version, location: body.meta.location });
    expect((await client.put(path, everyAttribute)).body).toEqual(created.body);
    const { userName, externalId, active, schemas: _, ...others } = everyAttribute;
    await client.put(path, { userName });
    const restored = await client.patch(path, [{ op: 'add', value: others }]);
    expect(restored.body).toMatchObject({ ...everyAttribute, externalId, active });
  });

  it('lose with a PUT what it does not name, but not who they are (P-109, P-111, P-112, P-117, P-118)', async () => {
    const { id, meta } = await client.createUser({ ...everyAttribute, active: false });
    const cleared = await client.put(`/Users/${id}`, { userName: 'Ada@Acme.io', id: 'other', meta: { created: 'x' } });
    expect(cleared).toMatchObject({ status: 200, body: { id, externalId: 'X-1', active: false } });
    expect(Object.keys(cleared.body).toSorted()).toEqual(['active', 'externalId', 'id', 'meta', 'schemas', 'userName']);
    expect(cleared.body).toMatchObject({ schemas: [U], meta: { created: meta.created, version: 'W/"2"' } });
    const unlinked = await client.put(`/Users/${id}`, { userName: 'Ada@Acme.io', externalId: null });
    expect(unlinked.body.externalId).toBeUndefined();
    expectScimError(await client.put(`/Users/${id}`, { displayName: 'x' }), 400, 'invalidValue');
  });

  it('change the case of their name, which nobody else then has (P-116, P-121, P-148)', async () => {
    const { id } = await client.createUser({ userName: 'ada' });
    await client.createUser({ userName: 'bob', externalId: 'B' });
    const renamed = await client.put(`/Users/${id}?attributes=userName`, { userName: 'Ada' });
    expect(renamed).toMatchObject({ status: 200, headers: { etag: 'W/"2"' } });
    expect(renamed.body).toEqual({ schemas: [U], id, userName: 'Ada' });
    for (const value of [{ userName: 'BOB' }, { externalId: 'B' }]) {
      expectScimError(await client.patch(`/Users/${id}`, [{ op: 'replace', value }]), 409, 'uniqueness');
    }
    expect((await client.get(`/Users/${id}`)).body).toMatchObject({ userName: 'Ada', meta: { version: 'W/"2"' } });
  });

  it('are not created by a PUT or a PATCH (P-108, P-128)', async () => {
    const path = '/Users/5d0c3f0a-77aa-4a52-9c1e-0b6b7f1d2e33';
    expectScimError(await client.put(path, { userName: 'ada' }), 404);
    expectScimError(await client.patch(path, [{ op: 'add', value: { userName: 'ada' } }]), 404);
    expect((await client.get('/Users')).body.totalResults).toBe(0);
  });

  it('gain and lose the extension URN with the extension (P-090, P-091, P-142, P-143)', async () => {
    const { id, schemas } = await client.createUser({ userName: 'ada', schemas: [U, E] });
    expect(schemas).toEqual([U]);
    const change = async (operation: unknown): Promise<unknown> =>
      (await client.patch(`/Users/${id}`, [operation])).body.schemas;
    expect(await change({ op: 'add', path: `${E}:employeeNumber`, value: '1' })).toEqual([U, E]);
    expect(await change({ op: 'remove', path: `${E}:employeeNumber` })).toEqual([U]);
    expect(await change({ op: 'add', path: E, value: { department: 'D' } })).toEqual([U, E]);
    expect((await client.filterUsers(`schemas eq "${E}"`)).body.totalResults).toBe(1);
    expect(await change({ op: 'remove', path: E })).toEqual([U]);
    expect((await client.filterUsers(`schemas eq "${E}"`)).body.totalResults).toBe(0);
  });

  it.each([
    [
      [
        { op: 'replace', path: 'title', value: 'X' },
        { op: 'replace', path: 'id', value: '1' },
      ],
      'mutability',
    ],
    [
      [
        { op: 'replace', path: 'title', value: 'X' },
        { op: 'move', path: 'title' },
      ],
      'invalidSyntax',
    ],
    [[{ op: 'replace', path: 'title', value: 'X' }, { op: 'remove' }], 'noTarget'],
    [
      [
        { op: 'replace', path: 'title', value: 'X' },
        { op: 'remove', path: 'emails[' },
      ],
      'invalidPath',
    ],
    [
      [
        { op: 'replace', path: 'title', value: 'X' },
        { op: 'remove', path: 'emails[type xx "a"]' },
      ],
      'invalidFilter',
    ],
    [
      [
        { op: 'replace', path: 'title', value: 'X' },
        { op: 'replace', path: 'name', value: 'Ada' },
      ],
      'invalidValue',
    ],
    [
      [
        { op: 'replace', path: 'title', value: 'X' },
        { op: 'remove', path: 'userName' },
      ],
      'mutability',
    ],
  ])('change with all of %j or with none (P-133)', async (operations, scimType) => {
    const user = await client.createUser({ userName: 'ada', title: 'Dr' });
    expectScimError(await client.patch(`/Users/${user.id}`, operations), 400, scimType);
    expect((await client.get(`/Users/${user.id}`)).body).toEqual(user);
  });

  it('are patched by at most a thousand operations (P-152)', async () => {
    const { id } = await client.createUser({ userName: 'ada' });
    const times = (count: number) => Array.from({ length: count }, () => ({ op: 'add', path: 'title', value: 'x' }));
    expect((await client.patch(`/Users/${id}`, times(1000))).body.title).toBe('x');
    expectScimError(await client.patch(`/Users/${id}`, times(1001)), 413);
  });

  it('are spoken of in one kind of error, whatever goes wrong (P-324, P-325, P-328)', async () => {
    const { id } = await client.createUser({ userName: 'ada' });
    const wrong = await client.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: 'perhaps' }]);
    expectScimError(wrong, 400, 'invalidValue');
    expect(wrong.body.detail).toMatch(/active.*"perhaps"/);
    expect((await client.post('/Users', { userName: 'ADA' })).body.detail).toContain('ADA');
    const without: readonly (readonly [number, Promise<ScimAnswer>])[] = [
      [401, client.get('/Users', { authorization: 'Bearer x' })],
      [404, client.get('/Users/x')],
      [405, client.send('PUT', '/Users', {})],
      [412, client.send('DELETE', `/Users/${id}`, undefined, { 'if-match': 'W/"9"' })],
      [415, client.post('/Users', '<user/>', { 'content-type': 'application/xml' })],
      [501, client.get('/Me')],
    ];
    for (const [status, answer] of without) expectScimError(await answer, status);
  });

  it('are answered for at once, whatever the client prefers (P-337)', async () => {
    const answer = await client.post('/Users', { userName: 'ada' }, { prefer: 'respond-async' });
    expect(answer).toMatchObject({ status: 201, body: { userName: 'ada' } });
    expect(answer.headers['preference-applied']).toBeUndefined();
  });

  it('may be written again by a client that got no answer (P-342)', async () => {
    const user = { userName: 'ada', externalId: 'X' };
    const { id } = await client.createUser(user);
    expectScimError(await client.post('/Users', user), 409, 'uniqueness');
    expect((await client.filterUsers('externalId eq "X"')).body.Resources).toMatchObject([{ id }]);
    for (let time = 0; time < 2; time += 1) {
      expect((await client.put(`/Users/${id}`, { ...user, title: 'Dr' })).body.meta.version).toBe('W/"2"');
    }
    const patch = [{ op: 'add', path: 'emails', value: [{ value: 'a@x' }] }];
    for (let time = 0; time < 2; time += 1) {
      expect((await client.patch(`/Users/${id}`, patch)).body.meta.version).toBe('W/"3"');
    }
    expect((await client.delete(`/Users/${id}`)).status).toBe(204);
    expectScimError(await client.delete(`/Users/${id}`), 404);
  });

  it('have no tag as a list (P-287)', async () => {
    await client.createUser({ userName: 'ada' });
    const { status, headers } = await client.get('/Users', { 'if-none-match': '*' });
    expect({ status, etag: headers.etag }).toEqual({ status: 200, etag: undefined });
  });

  it('are not taken for groups (P-085, P-101)', async () => {
    const { id } = await client.createUser({ userName: 'ada' });
    expectScimError(await client.get(`/Groups/${id}`), 404);
    expectScimError(await client.post('/Users', { schemas: [G], userName: 'x' }), 400, 'invalidSyntax');
  });

  it('and groups are served to ten writers at once without a failure (P-341)', async () => {
    const send = async (writer: number): Promise<number[]> => {
      const statuses: number[] = [];
      for (let number = 0; number < 5; number += 1) {
        const { status, body } = await client.post('/Users', { userName: `${writer}-${number}` });
        const patched = await client.patch(`/Users/${body.id}`, [{ op: 'Add', path: 'title', value: 'x' }]);
        const group = await client.post('/Groups', {
          displayName: `G${writer}-${number}`,
          members: [{ value: body.id }],
        });
        const shared = await client.patch(`/Groups/${groupId}`, [
          { op: 'Add', path: 'members', value: [{ value: body.id }] },
        ]);
        statuses.push(status, patched.status, group.status, shared.status);
      }
      return statuses;
    };
    const groupId = (await client.post('/Groups', { displayName: 'Shared' })).body.id;
    const statuses = await Promise.all(Array.from({ length: 10 }, (_, writer) => send(writer)));
    expect(new Set(statuses.flat())).toEqual(new Set([201, 200, 204]));
    expect((await client.get(`/Groups/${groupId}`)).body.members).toHaveLength(50);
    expect((await client.get('/Users?count=0')).body.totalResults).toBe(50);
  });
});
