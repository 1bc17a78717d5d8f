import { randomUUID } from 'node:crypto';
import { countStatements } from '../../support/count-statements.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const U = 'urn:ietf:params:scim:schemas:core:2.0:User';
const G = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const BASE = 'https://app.example.com/scim/v2';
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** The lines of protocol-checklist.md about groups that need a database to be seen; each test names its own. */
describe.each(['express', 'fastify'] as const)('groups by the checklist on %s', (adapter) => {
  let host: ModuleHost;
  let client: ScimClient;
  let u1: string;
  let u2: string;
  let u3: string;

  beforeAll(async () => {
    host = await startModuleHost({ adapter });
  });

  afterAll(() => host.stop());

  beforeEach(async () => {
    client = await host.client();
    [u1, u2, u3] = [await aUser('u1'), await aUser('u2'), await aUser('u3')];
  });

  const aUser = async (userName: string): Promise<string> => (await client.createUser({ userName })).id;
  const create = (displayName: string, members: readonly string[] = []): Promise<ScimAnswer> =>
    client.post('/Groups', { displayName, members: members.map((value) => ({ value })) });
  const aGroup = async (displayName: string, members: readonly string[] = []): Promise<string> => {
    const { status, body } = await create(displayName, members);
    expect(status).toBe(201);
    return body.id;
  };
  const show = async (id: string): Promise<{ displayName: string; members: string[]; version: string }> => {
    const { body } = await client.get(`/Groups/${id}`);
    const members = (body.members ?? []).map(({ value }: { value: string }) => value);
    return { displayName: body.displayName, members, version: body.meta.version };
  };
  const names = (ids: readonly string[]): string[] => ids.map((id) => `u${[u1, u2, u3].indexOf(id) + 1}`);

  it.each([{}, { displayName: '' }, { displayName: null }, { displayName: '  ' }, { displayName: 5 }])(
    'are not made of %j (P-072)',
    async (body) => {
      expectScimError(await client.post('/Groups', body), 400, 'invalidValue');
    },
  );

  it.each([[[null]], [['']], [[[]]], [[{}]], [[{ value: null }]], [[{ value: ' ' }]], [{}], ['u1'], [5]])(
    'take no %j for members (P-166)',
    async (members) => {
      expectScimError(await client.post('/Groups', { displayName: 'Junk', members }), 400, 'invalidValue');
      const id = await aGroup('Eng', [u1]);
      expectScimError(await client.put(`/Groups/${id}`, { displayName: 'Eng', members }), 400, 'invalidValue');
      expect(await show(id)).toEqual({ displayName: 'Eng', members: [u1], version: 'W/"1"' });
    },
  );

  it.each([[undefined], [null], [[]]])('have no members by %j (P-112)', async (members) => {
    const id = await aGroup('Eng', [u1]);
    expect((await client.put(`/Groups/${id}`, { displayName: 'Eng', members })).status).toBe(200);
    expect((await show(id)).members).toEqual([]);
  });

  it('have a name and an external id that no other group of the organization has (P-073, P-074, P-296)', async () => {
    const first = await client.post('/Groups', { displayName: 'Eng', externalId: 'X' });
    expectScimError(await client.post('/Groups', { displayName: 'ENG' }), 409, 'uniqueness');
    expectScimError(await client.post('/Groups', { displayName: 'Other', externalId: 'X' }), 409, 'uniqueness');
    const other = await client.post('/Groups', { displayName: 'Other', externalId: 'x' });
    expect(other.status).toBe(201);
    const path = `/Groups/${other.body.id}`;
    for (const clash of [{ displayName: 'eng' }, { displayName: 'Other', externalId: 'X' }]) {
      expectScimError(await client.put(path, clash), 409, 'uniqueness');
      expectScimError(await client.patch(path, [{ op: 'replace', value: clash }]), 409, 'uniqueness');
    }
    expect((await client.get(path)).body).toEqual(other.body);
    const stranger = await host.client();
    expect((await stranger.post('/Groups', { displayName: 'Eng', externalId: 'X' })).status).toBe(201);
    await client.delete(`/Groups/${first.body.id}`);
    expect((await client.put(path, { displayName: 'Eng', externalId: 'X' })).status).toBe(200);
  });

  it('answer a creation with its place, its time and its members (P-064, P-065, P-066, P-095, P-293)', async () => {
    const sub = await aGroup('Sub');
    const answer = await client.post('/Groups', {
      schemas: [G],
      displayName: 'Top',
      id: 'evil',
      meta: { created: '1999-01-01T00:00:00Z' },
      members: [
        { value: u1, $ref: 'Users/elsewhere', display: 'Somebody Else' },
        { value: sub, type: 'group' },
      ],
    });
    const { id, meta, members } = answer.body;
    expect(id).not.toBe('evil');
    expect(meta.created).toBe(meta.lastModified);
    expect(meta.created).not.toMatch(/^1999/);
    expect(members).toEqual([
      { value: u1, $ref: `${BASE}/Users/${u1}`, type: 'User', display: 'u1' },
      { value: sub, $ref: `${BASE}/Groups/${sub}`, type: 'Group', display: 'Sub' },
    ]);
    expect(answer.headers).toMatchObject({ location: `${BASE}/Groups/${id}`, etag: meta.version });
  });

  it('show what is asked for, and read members only if they are (P-096, P-105, P-127, P-262)', async () => {
    const id = await aGroup('Eng', [u1]);
    const path = `/Groups/${id}`;
    const patched = await client.send('PATCH', `${path}?attributes=displayName`, {
      schemas: [PATCH_OP],
      Operations: [{ op: 'add', path: 'members', value: [{ value: u2 }] }],
    });
    expect(patched).toMatchObject({ status: 200, body: { schemas: [G], id, displayName: 'Eng' } });
    expect(patched.body.members).toBeUndefined();
    const listed = `/Groups?excludedAttributes=members&filter=displayName+eq+%22eng%22`;
    for (const query of [`${path}?excludedAttributes=members`, `${path}?attributes=displayName`, listed]) {
      const texts = await countStatements(host.dataSource, async () => {
        const { body } = await client.get(query);
        expect(body.Resources?.[0] ?? body).toMatchObject({ id, displayName: 'Eng' });
        expect(JSON.stringify(body)).not.toContain('"members"');
      });
      expect(texts.join('\n')).not.toContain('scim_group_member');
    }
    expect((await client.post('/Groups?attributes=displayName', { displayName: 'New' })).body).toEqual({
      schemas: [G],
      id: expect.any(String),
      displayName: 'New',
    });
  });

  it('are unknown under ids that are no ids of groups, and final when deleted (P-101, P-128, P-202, P-204)', async () => {
    const gone = await aGroup('Gone', [u1]);
    expect(await client.delete(`/Groups/${gone}`)).toMatchObject({ status: 204, text: '' });
    for (const id of [u1, gone, randomUUID(), 'x', '%00']) {
      expectScimError(await client.get(`/Groups/${id}`), 404);
      expectScimError(await client.put(`/Groups/${id}`, { displayName: 'x' }), 404);
      expectScimError(await client.patch(`/Groups/${id}`, [{ op: 'replace', path: 'displayName', value: 'x' }]), 404);
      expectScimError(await client.delete(`/Groups/${id}`), 404);
    }
    expect((await client.get(`/Users/${u1}`)).status).toBe(200);
    expect((await client.get('/Groups')).body.totalResults).toBe(0);
  });

  it('are strangers to other organizations, on every route (P-034, P-035, P-298)', async () => {
    const id = await aGroup('Secret', [u1]);
    const stranger = await host.client();
    const own = (await stranger.post('/Groups', { displayName: 'Own' })).body.id;
    const never = randomUUID();
    const words = ({ text }: ScimAnswer): string => text.replaceAll(id, '?').replaceAll(never, '?').replaceAll(u1, '?');
    const both = async (send: (target: string) => Promise<ScimAnswer>): Promise<void> => {
      const [theirs, nobodys] = [await send(id), await send(never)];
      expectScimError(theirs, 404);
      expect(words(theirs)).toBe(words(nobodys));
    };
    await both((target) => stranger.get(`/Groups/${target}`));
    await both((target) => stranger.put(`/Groups/${target}`, { displayName: 'x' }));
    await both((target) => stranger.patch(`/Groups/${target}`, [{ op: 'remove', path: 'members' }]));
    await both((target) => stranger.delete(`/Groups/${target}`));
    const add = (value: string) => stranger.patch(`/Groups/${own}`, [{ op: 'add', path: 'members', value: { value } }]);
    const [theirs, nobodys] = [await add(u1), await add(never)];
    expectScimError(theirs, 400, 'invalidValue');
    expect(words(theirs)).toBe(words(nobodys));
    for (const filter of [`members eq "${u1}"`, `id eq "${id}"`, 'displayName eq "Secret"']) {
      const { body } = await stranger.get(`/Groups?filter=${encodeURIComponent(filter)}`);
      expect(body.totalResults).toBe(0);
    }
    expect((await show(id)).members).toEqual([u1]);
  });

  it('are replaced whole: other members, no members, the same again (P-107, P-112, P-113, P-115, P-119)', async () => {
    const id = await aGroup('Eng', [u1, u2]);
    const path = `/Groups/${id}`;
    const replaced = await client.put(path, {
      id: 'other',
      displayName: 'Eng EU',
      externalId: 'X',
      members: [{ value: u2 }, { value: u3 }],
    });
    expect(replaced).toMatchObject({ status: 200, body: { id, displayName: 'Eng EU', meta: { version: 'W/"2"' } } });
    expect((await client.get(path)).body).toEqual(replaced.body);
    expect(names((await show(id)).members)).toEqual(['u2', 'u3']);
    expect((await client.put(path, replaced.body)).body).toEqual(replaced.body);
    expectScimError(await client.put(path, { members: [] }), 400, 'invalidValue');
    const emptied = await client.put(path, { displayName: 'Eng EU' });
    expect(emptied.body).toMatchObject({ externalId: 'X', meta: { version: 'W/"3"' } });
    expect(await show(id)).toMatchObject({ members: [] });
  });

  it('are replaced in one transaction (P-124, P-165)', async () => {
    const id = await aGroup('Eng', [u1]);
    const strangers = [randomUUID(), randomUUID()];
    const answer = await client.put(`/Groups/${id}`, {
      displayName: 'New',
      members: [u2, ...strangers].map((value) => ({ value })),
    });
    expectScimError(answer, 400, 'invalidValue');
    for (const stranger of strangers) expect(answer.body.detail).toContain(stranger);
    expect(await show(id)).toEqual({ displayName: 'Eng', members: [u1], version: 'W/"1"' });
    expectScimError(await create('Never', strangers), 400, 'invalidValue');
    expect((await client.get('/Groups')).body.totalResults).toBe(1);
  });

  it('keep whom the IdP deactivates, and forget whom it deletes (P-203, P-289, P-295, P-333)', async () => {
    const id = await aGroup('Eng', [u1, u2]);
    const groups = [{ value: id, $ref: `${BASE}/Groups/${id}`, display: 'Eng', type: 'direct' }];
    const suspended = await client.patch(`/Users/${u1}`, [{ op: 'replace', value: { active: false } }]);
    expect(suspended.body).toMatchObject({ active: false, groups });
    expect((await client.patch(`/Users/${u1}`, [{ op: 'replace', value: { active: true } }])).body).toMatchObject({
      active: true,
      groups,
    });
    await client.delete(`/Users/${u2}`);
    expect((await show(id)).members).toEqual([u1]);
    expectScimError(
      await client.patch(`/Users/${u1}`, [{ op: 'add', path: 'groups', value: [{ value: id }] }]),
      400,
      'mutability',
    );
    expect((await client.put(`/Users/${u1}`, { userName: 'u1', groups: [] })).body.groups).toEqual(groups);
    expect((await client.post('/Users', { userName: 'u9', groups: [{ value: id }] })).body.groups).toBeUndefined();
  });

  it('show their new name to their members, in a new version of them (P-286, P-296)', async () => {
    const id = await aGroup('Eng', [u1]);
    const before = await client.get(`/Users/${u1}`);
    await client.patch(`/Groups/${id}`, [{ op: 'replace', path: 'displayName', value: 'Eng EU' }]);
    const after = await client.get(`/Users/${u1}`, { 'if-none-match': before.headers.etag ?? '' });
    expect(after).toMatchObject({ status: 200, body: { groups: [{ value: id, display: 'Eng EU' }] } });
  });

  it('may hold each other, and every read of them ends (P-167, P-291, P-292)', async () => {
    const [a, b] = [await aGroup('A', [u1]), await aGroup('B')];
    for (const [id, value] of [
      [a, b],
      [b, a],
    ]) {
      expect((await client.patch(`/Groups/${id}`, [{ op: 'add', path: 'members', value: [{ value }] }])).status).toBe(
        204,
      );
    }
    expect((await client.get(`/Users/${u1}`)).body.groups).toMatchObject([
      { value: a, type: 'direct' },
      { value: b, type: 'indirect' },
    ]);
    expect((await client.get('/Groups')).body.Resources).toHaveLength(2);
    expect((await client.filterUsers(`groups.value eq "${b}"`)).body.totalResults).toBe(1);
    const itself = await client.patch(`/Groups/${a}`, [{ op: 'add', path: 'members', value: [{ value: a }] }]);
    expectScimError(itself, 400, 'invalidValue');
    expectScimError(
      await client.put(`/Groups/${a}`, { displayName: 'A', members: [{ value: a }] }),
      400,
      'invalidValue',
    );
    expect((await client.delete(`/Groups/${b}`)).status).toBe(204);
    expect((await show(a)).members).toEqual([u1]);
  });

  it('are found by what Entra asks and by type of member (P-228, P-229, P-232, P-240)', async () => {
    const sub = await aGroup('Sub');
    const id = (
      await client.post('/Groups', { displayName: 'Eng', externalId: 'X', members: [{ value: u1 }, { value: sub }] })
    ).body.id;
    const found = async (filter: string): Promise<string[]> =>
      (await client.get(`/Groups?attributes=id&filter=${encodeURIComponent(filter)}`)).body.Resources.map(
        (group: { id: string }) => group.id,
      );
    expect(await found(`id eq "${id}" and members eq "${u1}"`)).toEqual([id]);
    expect(await found(`members eq "${u2}" and id eq "${id}"`)).toEqual([]);
    expect(await found('members.type eq "Group"')).toEqual([id]);
    expect(await found('externalId eq "X" and meta.resourceType eq "Group"')).toEqual([id]);
    expect(await found('externalId eq "x"')).toEqual([]);
    expect((await client.filterUsers(`meta.location eq "${BASE}/Users/${u1}"`)).body.totalResults).toBe(1);
    expectScimError(await client.get('/Groups?filter=userName+eq+%22x%22'), 400, 'invalidFilter');
    expect((await client.filterUsers(`schemas eq "${U}"`)).body.totalResults).toBe(3);
  });

  it('take no attributes of other types of resources (P-083, P-085)', async () => {
    const created = await client.post('/Groups', { displayName: 'Eng', userName: 'x', active: false, owner: 'y' });
    expect(Object.keys(created.body).toSorted()).toEqual(['displayName', 'id', 'meta', 'schemas']);
    expectScimError(await client.post('/Groups', { schemas: [U], displayName: 'x' }), 400, 'invalidSyntax');
  });
});

describe('names of groups that the host lets repeat', () => {
  it('may be equal (P-073)', async () => {
    const host = await startModuleHost({ options: { uniqueness: { groupDisplayName: false } } });
    try {
      const client = await host.client();
      for (const displayName of ['Eng', 'eng']) {
        expect((await client.post('/Groups', { displayName })).status).toBe(201);
      }
      expect((await client.get('/Groups?filter=displayName+eq+%22ENG%22')).body.totalResults).toBe(2);
    } finally {
      await host.stop();
    }
  });
});
