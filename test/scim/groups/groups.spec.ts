import { randomUUID } from 'node:crypto';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';

const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

describe.each(['express', 'fastify'] as const)('Groups over HTTP on %s', (adapter) => {
  let host: ModuleHost;
  let client: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost({ adapter });
  });

  afterAll(() => host.stop());

  beforeEach(async () => {
    client = await host.client();
  });

  const aUser = async (name: string): Promise<string> =>
    (await client.createUser({ userName: name, displayName: name })).id;
  const aGroup = async (displayName: string, members: readonly string[] = []): Promise<string> => {
    const answer = await client.post('/Groups', { displayName, members: members.map((value) => ({ value })) });
    expect(answer.status).toBe(201);
    return answer.body.id;
  };
  const membersOf = async (id: string): Promise<string[]> =>
    ((await client.get(`/Groups/${id}`)).body.members ?? []).map(({ value }: { value: string }) => value);

  it('creates, reads, lists, replaces, patches and deletes', async () => {
    const [u1, u2] = [await aUser('u1'), await aUser('u2')];
    const created = await client.post('/Groups', {
      schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      displayName: 'Engineering',
      externalId: 'g-1',
      members: [{ value: u1, $ref: null }],
    });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      schemas: [GROUP],
      id: created.body.id,
      externalId: 'g-1',
      displayName: 'Engineering',
      members: [{ value: u1, $ref: `https://app.example.com/scim/v2/Users/${u1}`, type: 'User', display: 'u1' }],
      meta: {
        resourceType: 'Group',
        created: expect.any(String),
        lastModified: created.body.meta.created,
        location: `https://app.example.com/scim/v2/Groups/${created.body.id}`,
        version: 'W/"1"',
      },
    });
    const path = `/Groups/${created.body.id}`;
    expect((await client.get(path)).body).toEqual(created.body);

    const added = await client.patch(path, [{ op: 'Add', path: 'members', value: [{ $ref: null, value: u2 }] }]);
    expect(added).toMatchObject({ status: 204, text: '', headers: { etag: 'W/"2"' } });
    expect(await membersOf(created.body.id)).toEqual([u1, u2]);
    const replaced = await client.put(path, { displayName: 'Eng', members: [{ value: u2 }] });
    expect(replaced).toMatchObject({
      status: 200,
      body: { displayName: 'Eng', externalId: 'g-1', members: [{ value: u2 }] },
    });
    const listed = await client.get('/Groups?excludedAttributes=members&filter=displayName+eq+%22ENG%22');
    expect(listed.body.Resources).toEqual([{ ...replaced.body, members: undefined }]);
    expect((await client.delete(path)).status).toBe(204);
    expect((await client.get(path)).status).toBe(404);
    expect((await client.get(`/Users/${u2}`)).body.groups).toBeUndefined();
  });

  it('shows users their groups, those above included, and changes their tag with them', async () => {
    const user = await aUser('u1');
    const before = (await client.get(`/Users/${user}`)).body.meta.version;
    const sub = await aGroup('Sub', [user]);
    const top = await aGroup('Top', [sub]);
    await client.patch(`/Groups/${sub}`, [{ op: 'add', path: 'members', value: [{ value: top }] }]);
    const { groups, meta } = (await client.get(`/Users/${user}`)).body;
    expect(groups).toEqual([
      { value: sub, $ref: `https://app.example.com/scim/v2/Groups/${sub}`, display: 'Sub', type: 'direct' },
      { value: top, $ref: `https://app.example.com/scim/v2/Groups/${top}`, display: 'Top', type: 'indirect' },
    ]);
    expect(meta.version).not.toBe(before);
    for (const filter of [
      `groups.value eq "${top}"`,
      `groups eq "${sub}"`,
      'groups.display sw "t"',
      `groups[type eq "indirect"]`,
    ]) {
      expect((await client.filterUsers(filter)).body).toMatchObject({ totalResults: 1 });
    }
    await client.patch(`/Groups/${top}`, [{ op: 'remove', path: `members[value eq "${sub}"]` }]);
    expect((await client.get(`/Users/${user}`)).body.groups).toHaveLength(1);
    expect((await client.filterUsers(`groups.value eq "${top}"`)).body).toMatchObject({ totalResults: 0 });
  });

  it('takes a removed user out of every group, each with a new version', async () => {
    const [user, other] = [await aUser('leaver'), await aUser('other')];
    const groups = [await aGroup('A', [user, other]), await aGroup('B', [user]), await aGroup('C', [other])];
    await client.delete(`/Users/${user}`);
    expect(await Promise.all(groups.map(membersOf))).toEqual([[other], [], [other]]);
    const versions = await Promise.all(groups.map(async (id) => (await client.get(`/Groups/${id}`)).body.meta.version));
    expect(versions).toEqual(['W/"2"', 'W/"2"', 'W/"1"']);
  });

  it('finds groups by member, name, external id and id', async () => {
    const user = await aUser('u1');
    const id = await aGroup('Finders', [user]);
    await aGroup('Others');
    await client.patch(`/Groups/${id}`, [{ op: 'replace', path: 'externalId', value: 'X' }]);
    for (const filter of [
      `members eq "${user}"`,
      `id eq "${id}" and members.value eq "${user}"`,
      'displayName eq "finders"',
      'externalId eq "X"',
      'members[type eq "User" and display eq "U1"]',
      'members pr',
      'not (displayName co "oth")',
    ]) {
      const { body } = await client.get(`/Groups?filter=${encodeURIComponent(filter)}`);
      expect({ filter, ids: body.Resources?.map((group: { id: string }) => group.id) }).toEqual({ filter, ids: [id] });
    }
  });

  it('refuses members that are not there, not what they are said to be, or itself', async () => {
    const id = await aGroup('G');
    const user = await aUser('u1');
    const stranger = (await (await host.client()).createUser({ userName: 'x' })).id;
    for (const value of [
      { value: randomUUID() },
      { value: stranger },
      { value: 'junk' },
      { value: id },
      { value: user, type: 'Group' },
    ]) {
      const answer = await client.patch(`/Groups/${id}`, [{ op: 'add', path: 'members', value: [value] }]);
      expect(answer).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
    }
    expect(await membersOf(id)).toEqual([]);
    expect(
      (await client.patch(`/Groups/${id}`, [{ op: 'remove', path: `members[value eq "${stranger}"]` }])).status,
    ).toBe(204);
    expect((await client.get(`/Groups/${id}`)).body.meta.version).toBe('W/"1"');
  });

  it('loses nothing when many change one group at once', async () => {
    const users = await Promise.all(Array.from({ length: 24 }, (_, index) => aUser(`u${index}`)));
    const id = await aGroup('Busy', users.slice(0, 8));
    const answers = await Promise.all(
      users.map((value, index) =>
        index < 8
          ? client.patch(`/Groups/${id}`, [{ op: 'remove', path: `members[value eq "${value}"]` }])
          : client.patch(`/Groups/${id}`, [{ op: 'add', path: 'members', value: [{ value }] }]),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    expect((await membersOf(id)).toSorted()).toEqual(users.slice(8).toSorted());
    expect((await client.get(`/Groups/${id}`)).body.meta.version).toBe('W/"25"');
  });

  it('writes who came and who went', async () => {
    const [u1, u2] = [await aUser('u1'), await aUser('u2')];
    const id = await aGroup('Events', [u1]);
    await client.patch(`/Groups/${id}`, [
      { op: 'replace', path: 'displayName', value: 'Renamed' },
      { op: 'replace', path: 'members', value: [{ value: u2 }] },
    ]);
    await client.patch(`/Groups/${id}`, [{ op: 'add', path: 'members', value: [{ value: u2 }] }]);
    await client.delete(`/Groups/${id}`);
    const events = await host.dataSource.query(
      'SELECT type, payload FROM scim_outbox WHERE aggregate_id = $1 ORDER BY aggregate_seq',
      [id],
    );
    expect(events).toMatchObject([
      { type: 'scim.group.created', payload: { added: [u1], version: 1 } },
      { type: 'scim.group.updated', payload: { changed: ['displayName'], displayName: 'Renamed', version: 2 } },
      { type: 'scim.group.members_changed', payload: { added: [u2], removed: [u1], version: 2 } },
      { type: 'scim.group.deleted', payload: { displayName: 'Renamed' } },
    ]);
  });
});
