import { GroupsService } from '../../../src/scim/index.js';
import { statementsOf } from '../../load/statement-log.js';
import { TEAM, testExtensions } from '../../support/extensions.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const G = 'urn:ietf:params:scim:schemas:core:2.0:Group';

let host: ModuleHost;
let plain: ModuleHost;
let client: ScimClient;

beforeAll(async () => {
  host = await startModuleHost({ extras: { extensions: testExtensions }, options: { deliverEvents: false } });
  plain = await startModuleHost({ options: { deliverEvents: false } });
});

beforeEach(async () => {
  client = await host.client();
});

afterAll(async () => {
  await host.stop();
  await plain.stop();
});

const everything = { code: 'T1', budget: 0.5, purpose: 'Engines', tags: ['Notes', 'G'] };

const aGroup = async (team: unknown = everything, displayName = 'Team'): Promise<string> =>
  (await client.post('/Groups', { displayName, [TEAM]: team })).body.id;

const teamOf = async (id: string): Promise<unknown> => (await client.get(`/Groups/${id}`)).body[TEAM];

describe('an extension of Group', () => {
  it('is announced, kept as sent, and shown with its schema (P-306)', async () => {
    const { body: type } = await client.get('/ResourceTypes/Group');
    expect(type.schemaExtensions).toEqual([{ schema: TEAM, required: false }]);
    const { body: member } = await client.post('/Users', { userName: 'ada' });
    const sent = { displayName: 'Team', externalId: 'x', members: [{ value: member.id }], [TEAM]: everything };
    const { body, status } = await client.post('/Groups', sent);
    expect(status).toBe(201);
    expect(body).toMatchObject({ schemas: [G, TEAM], displayName: 'Team', externalId: 'x', [TEAM]: everything });
    expect((await client.get(`/Groups/${body.id}`)).body).toEqual(body);
    expect((await client.get('/Groups')).body.Resources).toEqual([body]);
  });

  it('is replaced by a PUT, but for what is immutable or never shown', async () => {
    const id = await aGroup({ ...everything, secret: 'kept' });
    const { body } = await client.put(`/Groups/${id}`, { displayName: 'Team', [TEAM]: { budget: 2 } });
    expect(body[TEAM]).toEqual({ budget: 2, purpose: 'Engines' });
    const [row] = await host.dataSource.query('SELECT attributes FROM scim_group WHERE id = $1', [id]);
    expect(row.attributes[TEAM].secret).toBe('kept');
    const changed = await client.put(`/Groups/${id}`, { displayName: 'Team', [TEAM]: { purpose: 'Other' } });
    expectScimError(changed, 400, 'mutability');
  });

  it.each<[string, unknown, unknown]>([
    ['a qualified path', { op: 'replace', path: `${TEAM}:budget`, value: 3 }, { budget: 3 }],
    ['a short name', { op: 'replace', path: 'budget', value: 4 }, { budget: 4 }],
    ['a value to remove', { op: 'remove', path: `${TEAM}:tags`, value: ['notes'] }, { tags: ['G'] }],
    ['an object at the URN', { op: 'add', path: TEAM, value: { tags: ['H'] } }, { tags: ['Notes', 'G', 'H'] }],
    ['an object under the URN', { op: 'replace', value: { [TEAM]: { budget: null } } }, { budget: undefined }],
  ])('is patched by %s, members and name left alone', async (_what, operation, expected) => {
    const { id: member } = await client.createUser({ userName: 'ada' });
    const id = await aGroup();
    const add = { op: 'add', path: 'members', value: [{ value: member }] };
    expect((await client.patch(`/Groups/${id}`, [add, operation])).status).toBe(204);
    const { body } = await client.get(`/Groups/${id}`);
    expect(body[TEAM]).toEqual(JSON.parse(JSON.stringify({ ...everything, ...(expected as object) })));
    expect(body).toMatchObject({ displayName: 'Team', members: [{ value: member }] });
  });

  it('is told by the event, once, and only where a value changes', async () => {
    const id = await aGroup();
    await client.patch(`/Groups/${id}`, [{ op: 'replace', path: `${TEAM}:budget`, value: 0.5 }]);
    await client.patch(`/Groups/${id}`, [{ op: 'replace', path: `${TEAM}:budget`, value: 9 }]);
    const events = await host.dataSource.query(
      `SELECT type, payload->'changed' AS changed, payload->'version' AS version FROM scim_outbox WHERE aggregate_id = $1 ORDER BY seq`,
      [id],
    );
    expect(events).toEqual([
      { type: 'scim.group.created', changed: ['displayName', TEAM], version: 1 },
      { type: 'scim.group.updated', changed: [TEAM], version: 2 },
    ]);
  });

  it.each([
    ['a readOnly attribute', { op: 'replace', path: `${TEAM}:head`, value: 'x' }, 'mutability'],
    ['an immutable value', { op: 'replace', path: `${TEAM}:purpose`, value: 'x' }, 'mutability'],
    ['a wrong value', { op: 'replace', path: `${TEAM}:budget`, value: 'x' }, 'invalidValue'],
    ['an unknown attribute', { op: 'replace', path: `${TEAM}:shoe`, value: 'x' }, 'invalidPath'],
  ])('refuses %s in a PATCH', async (_what, operation, scimType) => {
    const id = await aGroup();
    expectScimError(await client.patch(`/Groups/${id}`, [operation]), 400, scimType);
    expect(await teamOf(id)).toEqual(everything);
  });
});

describe('a list of groups with an extension', () => {
  beforeEach(async () => {
    await aGroup({ ...everything, secret: 'hidden' }, 'a');
    await aGroup({ code: 'T2', budget: 10, tags: ['g'] }, 'b');
    await aGroup({ code: 't3', budget: 9 }, 'c');
    await client.post('/Groups', { displayName: 'd' });
  });

  it.each([
    ['budget gt 9', ['b']],
    [`${TEAM}:code eq "t1"`, ['a']],
    ['tags eq "G" and displayName pr', ['a', 'b']],
    [`schemas eq "${TEAM}"`, ['a', 'b', 'c']],
    [`not (schemas eq "${TEAM}")`, ['d']],
    [`schemas eq "${G}"`, ['a', 'b', 'c', 'd']],
    ['purpose pr', ['a']],
  ])('is filtered by %s', async (filter, expected) => {
    const { body, text } = await client.get(`/Groups?filter=${encodeURIComponent(filter)}`);
    const names = body.Resources?.map(({ displayName }: { displayName: string }) => displayName);
    expect({ text, names }).toEqual({ text, names: expected });
  });

  it('is sorted and projected by it, and tells nothing of what is never shown', async () => {
    const { body } = await client.get(`/Groups?sortBy=${TEAM}:budget&attributes=${TEAM}:code`);
    expect(body.Resources.map((group: Record<string, unknown>) => group[TEAM])).toEqual([
      { code: 'T1' },
      { code: 't3' },
      { code: 'T2' },
      undefined,
    ]);
    const hidden = await client.get(`/Groups?filter=${encodeURIComponent(`${TEAM}:secret eq "hidden"`)}`);
    expectScimError(hidden, 400, 'invalidFilter');
    expect((await client.get(`/Groups?attributes=${TEAM}`)).text).not.toContain('hidden');
  });
});

describe('groups from before the extension', () => {
  it('are found by their schema, as rows of the version before are', async () => {
    const id = await aGroup({}, 'Old');
    await host.dataSource.query(`UPDATE scim_group SET attributes = DEFAULT, search = DEFAULT WHERE id = $1`, [id]);
    const found = await client.get(`/Groups?filter=${encodeURIComponent(`schemas eq "${G}"`)}`);
    expect(found.body.Resources).toHaveLength(1);
    expect((await client.get(`/Groups/${id}`)).body).toMatchObject({ schemas: [G], displayName: 'Old' });
  });
});

describe('what a write of a group sends to the database', () => {
  it('is the same number of statements with an extension as without', async () => {
    const other = await plain.client();
    // The log and the use of a token are written in their own time.
    const textsOf = async (send: () => Promise<unknown>): Promise<number> =>
      (await statementsOf(send)).filter(({ text }) => !/scim_(log|token)\b/.test(text)).length;
    const first = await aGroup({}, 'Warm');
    const second: string = (await other.post('/Groups', { displayName: 'Warm' })).body.id;
    const [mine, theirs] = [client, other];
    expect(await textsOf(() => mine.post('/Groups', { displayName: 'New', [TEAM]: everything }))).toBe(
      await textsOf(() => theirs.post('/Groups', { displayName: 'New' })),
    );
    const value = 'Renamed';
    expect(await textsOf(() => mine.patch(`/Groups/${first}`, [{ op: 'add', path: `${TEAM}:tags`, value }]))).toBe(
      await textsOf(() => theirs.patch(`/Groups/${second}`, [{ op: 'replace', path: 'displayName', value }])),
    );
  });
});

describe('what the host says of a group itself', () => {
  it('stays through a client’s PUT, with a version and an event of its own', async () => {
    const groups = host.app.get(GroupsService, { strict: false });
    const id = await aGroup();
    const assigned = await groups.assignReadOnly(client.organizationId, id, { [TEAM]: { head: 'Ada' } });
    expect(assigned).toMatchObject({ [TEAM]: { ...everything, head: 'Ada' }, meta: { version: 'W/"2"' } });
    const { body } = await client.put(`/Groups/${id}`, { displayName: 'Team', [TEAM]: { head: 'Mallory' } });
    expect(body[TEAM]).toEqual({ purpose: 'Engines', head: 'Ada' });
  });
});
