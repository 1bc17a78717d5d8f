import { randomUUID } from 'node:crypto';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';
import { TestOrganization } from '../../support/test-organization.js';
import {
  addGroup,
  addUser,
  bulk,
  type Entry,
  idOf,
  managerOf,
  membersOf,
  type Operation,
  patching,
  postBulk,
  statuses,
  withManager,
} from './bulk-requests.js';

const retitling = (id: string): Operation => patching(`/Users/${id}`, { op: 'replace', path: 'title', value: 'Dr' });

describe.each(['express', 'fastify'] as const)('a bulk request on %s', (adapter) => {
  let host: ModuleHost;
  let idp: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost({ adapter });
  });

  beforeEach(async () => {
    idp = await host.client();
  });

  afterAll(() => host.stop());

  it('answers each operation with its own status, location and version (P-307)', async () => {
    const { body, status, headers } = await postBulk(idp, [addUser('ada'), addGroup('admins', ['ada'])]);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/scim\+json/);
    const [user, group] = body.Operations;
    const base = 'https://app.example.com/scim/v2';
    expect(body).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'],
      Operations: [
        { method: 'POST', bulkId: 'ada', status: '201', version: 'W/"1"', location: `${base}/Users/${idOf(user)}` },
        {
          method: 'POST',
          bulkId: 'admins',
          status: '201',
          version: 'W/"1"',
          location: `${base}/Groups/${idOf(group)}`,
        },
      ],
    });
    expect((await idp.get(`/Users/${idOf(user)}`)).body.userName).toBe('ada');
  });

  it.each([
    ['no bulkId', { method: 'POST', path: '/Users', data: { userName: 'x' } }],
    ['an empty bulkId', { ...addUser('x'), bulkId: '' }],
    ['a number for a bulkId', { ...addUser('x'), bulkId: 7 }],
  ])('refuses the creation that has %s, and no other one (P-308)', async (_what, operation) => {
    const [wrong, right] = await bulk(idp, [operation, addUser('ada')]);
    expect(wrong).toMatchObject({ status: '400', response: { scimType: 'invalidValue' } });
    expect(right?.status).toBe('201');
  });

  it('is refused as a whole where two creations have one bulkId (P-308)', async () => {
    expectScimError(await postBulk(idp, [addUser('ada'), { ...addUser('bob'), bulkId: 'ada' }]), 400, 'invalidValue');
    expect((await idp.get('/Users')).body.totalResults).toBe(0);
  });

  it('tells of a failed operation what it would have told of it alone (P-309)', async () => {
    await idp.createUser({ userName: 'ada' });
    const alone = await idp.post('/Users', { userName: 'ADA' });
    const unreadable = await idp.post('/Users', { userName: 7 });
    const [taken, wrong] = await bulk(idp, [addUser('1', { userName: 'ADA' }), addUser('2', { userName: 7 })]);
    expect(taken).toEqual({ method: 'POST', bulkId: '1', status: '409', response: alone.body });
    expect(wrong).toEqual({ method: 'POST', bulkId: '2', status: '400', response: unreadable.body });
    const missing = `/Users/${randomUUID()}`;
    const [gone] = await bulk(idp, [{ method: 'DELETE', path: missing }]);
    expect(gone).toEqual({
      method: 'DELETE',
      location: `https://app.example.com/scim/v2${missing}`,
      status: '404',
      response: (await idp.delete(missing)).body,
    });
  });

  const failing = [
    addUser('ada'),
    addUser('b', { userName: 'ada' }),
    addUser('cy'),
    addUser('d', { userName: 7 }),
    addUser('eve'),
  ];

  it.each([
    [undefined, ['201', '409', '201', '400', '201']],
    [1, ['201', '409']],
    [2, ['201', '409', '201', '400']],
    [3, ['201', '409', '201', '400', '201']],
  ])('with failOnErrors %s tries this much (P-310)', async (failOnErrors, expected) => {
    const entries = await bulk(idp, failing, failOnErrors === undefined ? {} : { failOnErrors });
    expect(statuses(entries)).toEqual(expected);
    const { body } = await idp.get('/Users');
    expect(body.totalResults).toBe(expected.filter((status) => status === '201').length);
  });

  it('stops at an error before it makes what comes later, also where that was referred to (P-310)', async () => {
    const operations = [addGroup('team', ['late']), addUser('late', { userName: 7 }), addUser('last')];
    const entries = await bulk(idp, operations, { failOnErrors: 1 });
    expect(entries).toMatchObject([{ bulkId: 'late', status: '400' }]);
    expect((await idp.get('/Users')).body.totalResults).toBe(0);
  });

  it('is answered 200 where every operation failed (P-311)', async () => {
    const operations = [addUser('a', { userName: 7 }), { method: 'DELETE', path: '/Users/nobody' }];
    expect(statuses(await bulk(idp, operations))).toEqual(['400', '404']);
  });

  it('puts ids in the places of bulkIds, whatever was created first (P-312)', async () => {
    const group = await idp.post('/Groups', { displayName: 'old' });
    const entries = await bulk(idp, [
      addGroup('first', ['ada', 'second']),
      withManager('ada', 'grace'),
      addGroup('second'),
      {
        method: 'PUT',
        path: `/Groups/${group.body.id}`,
        data: { displayName: 'old', members: [{ value: 'bulkId:ada' }] },
      },
      addUser('grace'),
      patching(`/Groups/${group.body.id}`, { op: 'add', path: 'members', value: [{ value: 'bulkId:grace' }] }),
    ]);
    expect(statuses(entries)).toEqual(['201', '201', '201', '200', '201', '200']);
    const [first, ada, second, , grace] = entries.map(idOf);
    expect(await membersOf(idp, first ?? '')).toEqual([ada, second]);
    expect(await managerOf(idp, ada ?? '')).toBe(grace);
    expect(await membersOf(idp, group.body.id)).toEqual([ada, grace]);
  });

  it('resolves circles by creating first and linking after (P-313)', async () => {
    const entries = await bulk(idp, [
      addGroup('a', ['b', 'ada']),
      addGroup('b', ['c']),
      addGroup('c', ['a']),
      withManager('ada', 'grace'),
      withManager('grace', 'ada'),
      withManager('self', 'self'),
    ]);
    expect(statuses(entries)).toEqual(Array(6).fill('201'));
    const [a, b, c, ada, grace, self] = entries.map(idOf);
    expect((await membersOf(idp, a ?? '')).sort()).toEqual([ada, b].sort());
    expect(await membersOf(idp, b ?? '')).toEqual([c]);
    expect(await membersOf(idp, c ?? '')).toEqual([a]);
    expect(await managerOf(idp, ada ?? '')).toBe(grace);
    expect(await managerOf(idp, grace ?? '')).toBe(ada);
    expect(await managerOf(idp, self ?? '')).toBe(self);
    for (const [index, id] of [a, b, c].entries()) {
      expect((await idp.get(`/Groups/${id}`)).headers.etag).toBe(entries[index]?.version);
    }
  });

  it('makes all of a circle or none (P-313)', async () => {
    await idp.post('/Groups', { displayName: 'b' });
    const entries = await bulk(idp, [addGroup('a', ['b']), addGroup('b', ['a']), addGroup('self', ['self'])]);
    expect(entries).toMatchObject([
      { status: '409', response: { detail: expect.stringContaining('"b"') } },
      { status: '409', response: { scimType: 'uniqueness' } },
      { status: '400', response: { scimType: 'invalidValue' } },
    ]);
    expect((await idp.get('/Groups')).body.totalResults).toBe(1);
  });

  it('refuses what refers to nothing, and what refers to that (P-314)', async () => {
    const entries = await bulk(idp, [
      addGroup('a', ['nobody']),
      addGroup('b', ['a']),
      addGroup('c', ['b']),
      addGroup('d', ['wrong']),
      addUser('wrong', { userName: 7 }),
      patching('/Users/bulkId:nobody', { op: 'replace', path: 'title', value: 'x' }),
      { method: 'DELETE', path: '/Users/bulkId:wrong' },
    ]);
    expect(entries.map(({ status, response }) => [status, response?.scimType])).toEqual([
      ['400', 'invalidValue'],
      ['409', undefined],
      ['409', undefined],
      ['409', undefined],
      ['400', 'invalidValue'],
      ['400', 'invalidValue'],
      ['409', undefined],
    ]);
    expect((await idp.get('/Groups')).body.totalResults).toBe(0);
  });

  it('takes bulkIds in paths and in the filters of PATCH paths (P-315)', async () => {
    const entries = await bulk(idp, [
      patching('/Users/bulkId:ada', { op: 'replace', path: 'title', value: 'Dr' }),
      addUser('ada'),
      addUser('bob'),
      addUser('cy'),
      { method: 'PUT', path: '/users/bulkId:bob', data: { userName: 'robert' } },
      { method: 'DELETE', path: '/Users/bulkId:cy' },
      addGroup('team', ['ada', 'bob']),
      patching('/Groups/bulkId:team', { op: 'remove', path: 'members[value eq "bulkId:ada"]' }),
    ]);
    expect(statuses(entries)).toEqual(['200', '201', '201', '201', '200', '204', '201', '200']);
    const [patched, ada, bob, , replaced, deleted, team] = entries;
    expect(patched?.location).toBe(ada?.location);
    expect(replaced?.location).toBe(bob?.location);
    expect((await idp.get(`/Users/${idOf(ada)}`)).body.title).toBe('Dr');
    expect((await idp.get(`/Users/${idOf(bob)}`)).body.userName).toBe('robert');
    expect((await idp.get(`/Users/${idOf(deleted)}`)).status).toBe(404);
    expect(await membersOf(idp, idOf(team))).toEqual([idOf(bob)]);
  });

  it.each([
    ['a stale version', (id: string) => ({ ...retitling(id), version: 'W/"7"' }), '412'],
    [
      'a stale version to delete',
      (id: string) => ({ method: 'DELETE', path: `/Users/${id}`, version: 'W/"7"' }),
      '412',
    ],
    ['an empty version', (id: string) => ({ ...retitling(id), version: '' }), '412'],
    ['an unknown id', () => ({ method: 'DELETE', path: `/Users/${randomUUID()}` }), '404'],
    ['an id that is none', () => ({ method: 'DELETE', path: '/Users/x/y' }), '404'],
    ['an unknown endpoint', () => ({ ...addUser('x'), path: '/Foo' }), '404'],
    ['an id of another type', (id: string) => ({ method: 'DELETE', path: `/Groups/${id}` }), '404'],
    ['the method GET', (id: string) => ({ method: 'GET', path: `/Users/${id}` }), '405'],
    ['a method that there is not', (id: string) => ({ method: 'FOO', path: `/Users/${id}` }), '405'],
    ['POST to a resource', (id: string) => ({ ...addUser('x'), path: `/Users/${id}` }), '405'],
    ['PUT to an endpoint', () => ({ method: 'PUT', path: '/Users', data: {} }), '405'],
    ['no path', () => ({ method: 'DELETE' }), '400'],
    ['no data', (id: string) => ({ method: 'PUT', path: `/Users/${id}` }), '400'],
  ] as const)('refuses %s for that operation (P-317)', async (_what, operation, status) => {
    const { id } = await idp.createUser({ userName: 'ada' });
    const [refused, other] = await bulk(idp, [operation(id), addUser('bob')]);
    expect(refused).toMatchObject({ status, response: { status, detail: expect.stringMatching(/./) } });
    expect(other?.status).toBe('201');
    expect((await idp.get(`/Users/${id}`)).headers.etag).toBe('W/"1"');
  });

  it('takes the version of a resource for a condition (P-317)', async () => {
    const { id } = await idp.createUser({ userName: 'ada' });
    const entries = await bulk(idp, [
      { ...retitling(id), version: 'W/"1"' },
      { method: 'DELETE', path: `/Users/${id}`, version: 'W/"1"' },
      { method: 'DELETE', path: `/Users/${id}`, version: 'W/"2"' },
    ]);
    expect(statuses(entries)).toEqual(['200', '412', '204']);
    expect(entries[0]?.version).toBe('W/"2"');
  });

  it('does not take its own If-Match for that of its operations', async () => {
    const { id } = await idp.createUser({ userName: 'ada' });
    const body = { Operations: [{ method: 'DELETE', path: `/Users/${id}` }] };
    const answer = await idp.post('/Bulk', body, { 'if-match': 'W/"7"' });
    expect(statuses(answer.body.Operations)).toEqual(['204']);
  });

  it('shows no location of what was never created', async () => {
    const entries = await bulk(idp, [
      addUser('ada', { userName: 7 }),
      retitling('bulkId:ada'),
      retitling('bulkId:nobody'),
      addGroup('a', ['b']),
      addGroup('b', ['a', 'ada']),
      { method: 'DELETE', path: '/Groups/bulkId:a' },
    ]);
    expect(statuses(entries)).toEqual(['400', '409', '400', '409', '409', '409']);
    expect(entries.map(({ location }) => location)).toEqual(entries.map(() => undefined));
    const [made, failed] = await bulk(idp, [
      addUser('bob'),
      { method: 'PUT', path: '/Users/bulkId:bob', data: { userName: 7 } },
    ]);
    expect(failed).toMatchObject({ status: '400', location: made?.location });
  });

  it('takes a PatchOp for the data of a PATCH, and none for a DELETE (P-318)', async () => {
    const { id } = await idp.createUser({ userName: 'ada' });
    const path = `/Users/${id}`;
    const entries = await bulk(idp, [
      patching(path, { op: 'replace', path: 'title', value: 'Dr' }),
      { method: 'PATCH', path, data: [{ op: 'remove', path: 'title' }] },
      { method: 'delete', path },
    ]);
    expect(statuses(entries)).toEqual(['200', '400', '204']);
    expect(entries[2]).toEqual({ method: 'DELETE', status: '204', location: `https://app.example.com/scim/v2${path}` });
  });

  it('does operations in their order, each with its own events, and none for one that failed (P-319)', async () => {
    const acme = new TestOrganization(host, idp);
    const entries = await bulk(idp, [
      addUser('ada'),
      patching(
        '/Users/bulkId:ada',
        { op: 'replace', path: 'title', value: 'Dr' },
        { op: 'add', path: 'junk', value: 1 },
      ),
      patching('/Users/bulkId:ada', { op: 'replace', path: 'active', value: false }),
      { method: 'DELETE', path: '/Users/bulkId:ada' },
      addUser('again', { userName: 'ada' }),
    ]);
    expect(statuses(entries)).toEqual(['201', '400', '200', '204', '201']);
    expect(await acme.eventTypes(idOf(entries[0]))).toEqual(['provisioned', 'deactivated', 'deprovisioned']);
    expect(await acme.eventTypes(idOf(entries[4]))).toEqual(['provisioned']);
  });

  it('reaches nothing of another organization, no discovery and no other bulk request (P-320)', async () => {
    const other = await host.client();
    const { id } = await other.createUser({ userName: 'theirs' });
    const paths = ['/Bulk', '/Me', '/.search', '/Schemas', '/ServiceProviderConfig', '/ResourceTypes', '/'];
    const entries = await bulk(idp, [
      { method: 'DELETE', path: `/Users/${id}` },
      { method: 'PUT', path: `/Users/${id}`, data: { userName: 'mine' } },
      { method: 'POST', path: '/Groups', bulkId: 'g', data: { displayName: 'g', members: [{ value: id }] } },
      ...paths.map((path, index) => ({ method: 'POST', path, bulkId: `${index}`, data: { Operations: [] } })),
      { method: 'POST', path: 'https://evil.example/Users', bulkId: 'x', data: { userName: 'x' } },
    ]);
    expect(statuses(entries)).toEqual(['404', '404', '400', ...paths.map(() => '404'), '404']);
    const alone = await idp.post('/Groups', { displayName: 'g', members: [{ value: id }] });
    expect(entries[2]?.response).toEqual(alone.body);
    expect((await other.get(`/Users/${id}`)).body.userName).toBe('theirs');
  });

  it.each([0, -1, 1.5, '1'])('refuses failOnErrors %p (P-321)', async (failOnErrors) => {
    expectScimError(await postBulk(idp, [addUser('ada')], { failOnErrors }), 400, 'invalidValue');
    expect((await idp.get('/Users')).body.totalResults).toBe(0);
  });

  it('asks for the scope of each operation', async () => {
    const { id } = await idp.createUser({ userName: 'ada' });
    const users = await host.client(idp.organizationId, ['users:read', 'users:write', 'groups:read']);
    const operations: Operation[] = [addGroup('g'), addUser('bob'), { method: 'DELETE', path: `/Groups/${id}` }];
    expect(await bulk(users, operations)).toMatchObject([
      { status: '403', response: { detail: 'This token lacks the scope groups:write.' } },
      { status: '201' },
      { status: '403' },
    ]);
  });

  it('does nothing with a token that may only read', async () => {
    const { id } = await idp.createUser({ userName: 'ada' });
    const reader = await host.client(idp.organizationId, ['users:read']);
    const entries = await bulk(reader, [addUser('bob'), { method: 'DELETE', path: `/Users/${id}` }]);
    expect(statuses(entries)).toEqual(['403', '403']);
    expect((await idp.get('/Users')).body.totalResults).toBe(1);
  });

  it('is refused without a token, and answers no other method than POST', async () => {
    expectScimError(await idp.post('/Bulk', { Operations: [addUser('ada')] }, { authorization: '' }), 401);
    const answer = await idp.get('/Bulk');
    expectScimError(answer, 405);
    expect(answer.headers.allow).toBe('POST');
    expect((await idp.post('/bulk/', { Operations: [addUser('ada')] })).status).toBe(200);
  });

  it('keeps the token and the request with its events', async () => {
    const acme = new TestOrganization(host, idp);
    await bulk(idp, [addUser('ada'), addUser('bob'), addUser('cy', { active: false })]);
    const events = await acme.events();
    expect(new Set(events.map(({ requestId }) => requestId)).size).toBe(1);
    expect(new Set(events.map(({ tokenId }) => tokenId)).size).toBe(1);
    expect(events[0]?.tokenId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('the limits of a bulk request', () => {
  const limits = { bulkOperations: 3, bulkBytes: 2000 };
  let host: ModuleHost;
  let idp: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost({ options: { limits } });
    idp = await host.client();
  });

  afterAll(() => host.stop());

  it('are in the ServiceProviderConfig', async () => {
    const { body } = await idp.get('/ServiceProviderConfig');
    expect(body.bulk).toEqual({ supported: true, maxOperations: 3, maxPayloadSize: 2000 });
  });

  it.each([
    ['more operations', 'maxOperations', '3', () => ['a', 'b', 'c', 'd'].map((name) => addUser(name))],
    ['more bytes', 'maxPayloadSize', '2000', () => [addUser('a', { title: 'x'.repeat(2000) })]],
  ])('refuse %s with 413, and nothing happens (P-316)', async (_what, name, limit, operations) => {
    const answer = await postBulk(idp, operations());
    expectScimError(answer, 413);
    expect(answer.body.detail).toContain(limit);
    expect(answer.body.detail).toContain(name);
    expect((await idp.get('/Users')).body.totalResults).toBe(0);
  });

  it('let through what they allow', async () => {
    expect(statuses(await bulk(idp, [addUser('a'), addUser('b'), addUser('c')]))).toEqual(['201', '201', '201']);
  });
});

describe('the rate limit of bulk operations (P-322)', () => {
  it('is a budget of its own, which counts each operation', async () => {
    const limits = { bulkOperations: 10 };
    const host = await startModuleHost({
      options: { limits, rateLimit: { requestsPerSecond: 100, bulkOperationsPerSecond: 3 } },
    });
    const [idp, other] = await Promise.all([host.client(), host.client()]);
    const ten = (client: ScimClient) =>
      postBulk(
        client,
        Array.from({ length: 10 }, () => ({ method: 'DELETE', path: '/Users/nobody' })),
      );
    expect((await ten(idp)).status).toBe(200);
    const refused = await ten(idp);
    expectScimError(refused, 429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await idp.get('/Users')).status).toBe(200);
    expect((await ten(other)).status).toBe(200);
    await host.stop();
  });

  it('never refuses the largest request for ever', async () => {
    const host = await startModuleHost({
      options: { rateLimit: { requestsPerSecond: 10, bulkOperationsPerSecond: 1 } },
    });
    const idp = await host.client();
    const operations = Array.from({ length: 1000 }, () => ({ method: 'GET', path: '/Users' }));
    const entries: readonly Entry[] = await bulk(idp, operations);
    expect(entries).toHaveLength(1000);
    await host.stop();
  });
});
