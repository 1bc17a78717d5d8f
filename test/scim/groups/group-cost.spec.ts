import type { EntityManager } from 'typeorm';
import { GroupsService } from '../../../src/scim/index.js';
import { fillDirectory, groupId, ORGANIZATION, userId } from '../../load/fill-directory.js';
import { statementsOf } from '../../load/statement-log.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimAnswer, ScimClient } from '../../support/scim-client.js';

let host: ModuleHost;
let client: ScimClient;
let users: readonly string[];
let group: string | undefined;

beforeAll(async () => {
  host = await startModuleHost({ options: { deliverEvents: false } });
  client = await host.client();
  users = await Promise.all(
    Array.from({ length: 60 }, async (_, index) => (await client.createUser({ userName: `user-${index}` })).id),
  );
});

afterAll(() => host.stop());

const toMembers = (ids: readonly string[]): { value: string }[] => ids.map((value) => ({ value }));

const makeGroup = async (displayName: string, members: readonly string[]): Promise<string> =>
  (await client.post('/Groups', { displayName, members: toMembers(members) })).body.id;

/** What a request sends, but for its token's look-up. */
async function textsOf(send: () => Promise<ScimAnswer>, status: number): Promise<string[]> {
  await client.get('/Groups?count=0');
  const statements = await statementsOf(async () => expect((await send()).status).toBe(status));
  return statements.map(({ text }) => text).filter((text) => !text.includes('scim_token'));
}

const readsMembers = (texts: readonly string[]): boolean =>
  texts.some((text) => text.startsWith('SELECT') && text.includes('scim_group_member'));

describe('what a request about a group sends to the database', () => {
  it('is the same for one member more, however many there are, and never reads the others', async () => {
    const [small, large] = [await makeGroup('Small', users.slice(0, 1)), await makeGroup('Large', users.slice(0, 50))];
    const add = (group: string) => () =>
      client.patch(`/Groups/${group}`, [{ op: 'add', path: 'members', value: toMembers(users.slice(55, 56)) }]);
    const remove = (group: string) => () =>
      client.patch(`/Groups/${group}`, [{ op: 'remove', path: `members[value eq "${users[55]}"]` }]);
    for (const change of [add, remove]) {
      const texts = await textsOf(change(large), 204);
      expect(await textsOf(change(small), 204)).toEqual(texts);
      expect(readsMembers(texts)).toBe(false);
      expect(texts.length).toBeLessThanOrEqual(6);
    }
  });

  it.each([
    ['GET', () => client.get(`/Groups/${group}?excludedAttributes=members`), 200],
    ['GET of few attributes', () => client.get(`/Groups/${group}?attributes=displayName`), 200],
    ['list', () => client.get('/Groups?excludedAttributes=members'), 200],
    ['PUT', () => client.put(`/Groups/${group}?excludedAttributes=members`, { displayName: 'Read' }), 200],
    ['POST', () => client.post('/Groups?attributes=displayName', { displayName: 'Made', members: [] }), 201],
  ])('has no look at members for a %s that does not show them', async (_method, send, status) => {
    group ??= await makeGroup('Read', users.slice(0, 5));
    expect(readsMembers(await textsOf(send, status))).toBe(false);
  });

  it('shows the members of a write inside the transaction of the host', async () => {
    const groups = host.app.get(GroupsService, { strict: false });
    const made = await host.dataSource.transaction((manager) =>
      groups.create(
        client.organizationId,
        { displayName: 'Inside', members: toMembers(users.slice(0, 2)) },
        { manager },
      ),
    );
    expect(made['members']).toHaveLength(2);
  });
});

describe('in a directory of 3,000 users and a group of 2,000', () => {
  let groups: GroupsService;

  beforeAll(async () => {
    await host.client(ORGANIZATION);
    const { database } = host.dataSource.driver;
    const url = new URL(process.env['SCIM_TEST_ADMIN_URL'] ?? '');
    url.pathname = `/${database}`;
    await fillDirectory(url.href, { users: 3000, others: 0, groupSizes: [10, 2000] });
    groups = host.app.get(GroupsService, { strict: false });
  });

  /** Rows of a table that `work` reads: the session's own count. */
  async function rowsRead(table: string, work: (manager: EntityManager) => Promise<unknown>): Promise<number> {
    return host.dataSource.transaction(async (manager) => {
      const count = async (): Promise<number> => {
        const sql = 'SELECT seq_tup_read + idx_tup_fetch AS count FROM pg_stat_xact_user_tables WHERE relname = $1';
        return Number((await manager.query(sql, [table]))[0].count);
      };
      const before = await count();
      await work(manager);
      return (await count()) - before;
    });
  }

  const membersRead = (size: number, operation: unknown): Promise<number> =>
    rowsRead('scim_group_member', (manager) =>
      groups.patch(ORGANIZATION, groupId(size), { Operations: [operation] }, { manager }),
    );

  it.each([
    ['adding a member', { op: 'add', path: 'members', value: toMembers([userId(2500)]) }],
    ['adding one who is there', { op: 'add', path: 'members', value: toMembers([userId(3)]) }],
    ['removing a member', { op: 'remove', path: `members[value eq "${userId(4)}"]` }],
    ['removing listed members', { op: 'Remove', path: 'members', value: toMembers([userId(5), userId(6)]) }],
    ['renaming it', { op: 'replace', value: { displayName: 'Renamed', externalId: null } }],
  ])('%s reads no more members in the large group than in a small one', async (_what, operation) => {
    expect(await membersRead(10, operation)).toBeLessThan(20);
    await groups.patch(ORGANIZATION, groupId(10), {
      Operations: [{ op: 'replace', path: 'displayName', value: 'Small' }],
    });
    expect(await membersRead(2000, operation)).toBeLessThan(20);
  });

  it("reads a user's groups and no others", async () => {
    await host.dataSource.query(
      `INSERT INTO scim_group (id, organization_id, connection_id, display_name, display_name_key, version, event_seq, created_at, modified_at)
       SELECT gen_random_uuid(), $1, c.id, 'x', 'x', 1, 0, now(), now()
       FROM scim_connection c, generate_series(1, 3000) WHERE c.organization_id = $1`,
      [ORGANIZATION],
    );
    await host.dataSource.query('ANALYZE scim_group');
    const read = await rowsRead('scim_group', (manager) => manager.query('SELECT scim_groups_of($1)', [userId(1)]));
    expect(read).toBeLessThanOrEqual(3);
  });
});
