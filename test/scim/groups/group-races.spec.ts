import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimAnswer, ScimClient } from '../../support/scim-client.js';

let host: ModuleHost;
let client: ScimClient;

beforeAll(async () => {
  host = await startModuleHost();
});

afterAll(() => host.stop());

beforeEach(async () => {
  client = await host.client();
});

// A deadlock would be repaired by a retry, a second later; here there is none to repair.
afterEach(async () => {
  expect(await countDeadlocks()).toBe(0);
});

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

const makeUsers = (count: number): Promise<string[]> =>
  times(count, async (index) => (await client.createUser({ userName: `user-${index}` })).id);

const toMembers = (ids: readonly string[]): { value: string }[] => ids.map((value) => ({ value }));

async function makeGroup(displayName: string, members: readonly string[] = []): Promise<string> {
  const { status, body } = await client.post('/Groups', { displayName, members: toMembers(members) });
  expect(status).toBe(201);
  return body.id;
}

const add = (group: string, ids: readonly string[]): Promise<ScimAnswer> =>
  client.patch(`/Groups/${group}`, [{ op: 'add', path: 'members', value: toMembers(ids) }]);
const remove = (group: string, id: string): Promise<ScimAnswer> =>
  client.patch(`/Groups/${group}`, [{ op: 'remove', path: `members[value eq "${id}"]` }]);
const replaceMembers = (group: string, ids: readonly string[]): Promise<ScimAnswer> =>
  client.patch(`/Groups/${group}`, [{ op: 'replace', path: 'members', value: toMembers(ids) }]);

const membersOf = async (group: string): Promise<string[]> =>
  ((await client.get(`/Groups/${group}`)).body.members ?? []).map(({ value }: { value: string }) => value).toSorted();

const statuses = (answers: readonly ScimAnswer[]): number[] =>
  [...new Set(answers.map(({ status }) => status))].toSorted();

interface GroupEvent {
  readonly sequence: number;
  readonly type: string;
  readonly payload: {
    readonly version: number;
    readonly added?: readonly string[];
    readonly removed?: readonly string[];
  };
}

const eventsOf = (group: string): Promise<GroupEvent[]> =>
  host.dataSource.query(
    'SELECT aggregate_seq AS sequence, type, payload FROM scim_outbox WHERE aggregate_id = $1 ORDER BY aggregate_seq',
    [group],
  );

/** The members that somebody has who followed the events: every one must make sense where it stands. */
async function replayedMembers(group: string): Promise<string[]> {
  const members = new Set<string>();
  const events = await eventsOf(group);
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
  for (const { payload } of events) {
    for (const id of payload.removed ?? []) expect(members.delete(id)).toBe(true);
    for (const id of payload.added ?? []) {
      expect(members.has(id)).toBe(false);
      members.add(id);
    }
  }
  return [...members].toSorted();
}

/** What the rows say, what SCIM shows and what the events tell are one and the same. */
async function expectConsistent(group: string): Promise<string[]> {
  const members = await membersOf(group);
  expect(await replayedMembers(group)).toEqual(members);
  const events = await eventsOf(group);
  const { body } = await client.get(`/Groups/${group}?excludedAttributes=members`);
  expect(body.meta.version).toBe(`W/"${events.at(-1)?.payload.version}"`);
  return members;
}

/** Sessions tell the server's statistics now and then: each session of the pool is made to do it now. */
async function countDeadlocks(): Promise<number> {
  await times(10, () => host.dataSource.query('SELECT pg_stat_force_next_flush(), pg_sleep(0.02)'));
  const [row] = await host.dataSource.query(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  return Number(row.deadlocks);
}

const countedRows = async (sql: string): Promise<number> =>
  Number((await host.dataSource.query(sql, [client.organizationId]))[0].count);

describe('writers of one group at once', () => {
  it('end as the order of their commits says, all 64 of them, and none is refused', async () => {
    const users = await makeUsers(40);
    const group = await makeGroup('Busy', users.slice(0, 10));
    const at = (index: number): string => users[index % users.length] ?? '';
    const answers = await times(64, (index) => {
      if (index % 8 === 7) return replaceMembers(group, [at(index), at(index + 1), at(index + 2)]);
      return index % 2 === 0 ? add(group, [at(index * 7), at(index * 7 + 1)]) : remove(group, at(index * 5));
    });
    expect(statuses(answers)).toEqual([204]);
    await expectConsistent(group);
  });

  it('keep every member that each of 64 adds, whatever the order', async () => {
    const users = await makeUsers(64);
    const group = await makeGroup('Growing');
    const answers = await Promise.all(
      users.map((id, index) => add(group, index % 2 === 0 ? [id, users[0] ?? ''] : [users[0] ?? '', id])),
    );
    expect(statuses(answers)).toEqual([204]);
    expect(await expectConsistent(group)).toEqual(users.toSorted());
  });

  it('put full lists and patch single members, each on what was there when its turn came', async () => {
    const users = await makeUsers(30);
    const group = await makeGroup('Lists', users.slice(0, 5));
    const [odd, even] = [users.filter((_, index) => index % 2 === 1), users.filter((_, index) => index % 2 === 0)];
    const answers = await times(36, (index) => {
      const id = users[index % users.length] ?? '';
      if (index % 3 === 0) {
        return client.put(`/Groups/${group}`, {
          displayName: 'Lists',
          members: toMembers(index % 2 === 0 ? even : odd),
        });
      }
      return index % 3 === 1 ? add(group, [id]) : remove(group, id);
    });
    expect(statuses(answers)).toEqual([200, 204]);
    await expectConsistent(group);
    expect((await client.put(`/Groups/${group}`, { displayName: 'Lists', members: toMembers(odd) })).status).toBe(200);
    expect(await expectConsistent(group)).toEqual(odd.toSorted());
  });

  it('rename it and change its members without losing either', async () => {
    const users = await makeUsers(12);
    const group = await makeGroup('Old');
    const answers = await Promise.all([
      ...users.map((id) => add(group, [id])),
      ...users.map((_, index) =>
        client.patch(`/Groups/${group}`, [{ op: 'replace', value: { displayName: `New ${index}` } }]),
      ),
    ]);
    expect(statuses(answers)).toEqual([204]);
    expect(await expectConsistent(group)).toEqual(users.toSorted());
    expect((await client.get(`/Groups/${group}`)).body.displayName).toMatch(/^New \d+$/);
  });
});

describe('removals while others add', () => {
  it('leave no deleted user in any group, and refuse the addition of one who is gone', async () => {
    const users = await makeUsers(24);
    const groups = await times(3, (index) => makeGroup(`Group ${index}`, users.slice(0, 8)));
    const gone = users.filter((_, index) => index % 2 === 0);
    const answers = await Promise.all(
      users.flatMap((id, index) => [
        ...groups.map((group) => add(group, [users[(index + 1) % users.length] ?? '', id])),
        ...(gone.includes(id) ? [client.delete(`/Users/${id}`)] : [remove(groups[index % 3] ?? '', id)]),
      ]),
    );
    expect([204, 400]).toEqual(expect.arrayContaining(statuses(answers)));
    for (const { status, body } of answers) if (status === 400) expect(body.scimType).toBe('invalidValue');
    expect(statuses(await Promise.all(gone.map((id) => client.get(`/Users/${id}`))))).toEqual([404]);
    for (const group of groups) {
      const members = await expectConsistent(group);
      expect(members.filter((id) => gone.includes(id))).toEqual([]);
    }
  });

  it('leave nothing of a deleted group: no member, no place in another group, no event after its last', async () => {
    const users = await makeUsers(6);
    const outer = await makeGroup('Outer');
    const groups = await times(8, (index) => makeGroup(`Inner ${index}`, users.slice(0, 2)));
    const answers = await Promise.all(
      groups.flatMap((group, index) => [
        add(outer, [group]),
        add(group, [users[index % users.length] ?? '']),
        client.delete(`/Groups/${group}`),
        add(group, [groups[(index + 1) % groups.length] ?? '']),
        add(outer, [groups[(index + 3) % groups.length] ?? '', users[index % users.length] ?? '']),
      ]),
    );
    expect([204, 400, 404]).toEqual(expect.arrayContaining(statuses(answers)));
    expect(statuses(await Promise.all(groups.map((group) => client.get(`/Groups/${group}`))))).toEqual([404]);
    for (const group of groups) expect((await eventsOf(group)).at(-1)?.type).toBe('scim.group.deleted');
    const members = await expectConsistent(outer);
    expect(members.filter((id) => groups.includes(id))).toEqual([]);
    const left = 'SELECT count(*) FROM scim_group_member m WHERE m.organization_id = $1';
    expect(await countedRows(left)).toBe(members.length);
  });

  it('nest groups in one another from both sides and end, with every group in the other', async () => {
    const groups = await times(6, (index) => makeGroup(`Ring ${index}`));
    const answers = await Promise.all(
      groups.flatMap((group) => groups.filter((other) => other !== group).map((other) => add(group, [other]))),
    );
    expect(statuses(answers)).toEqual([204]);
    for (const group of groups) {
      expect(await expectConsistent(group)).toEqual(groups.filter((other) => other !== group).toSorted());
    }
  });

  it('delete the same group once', async () => {
    const group = await makeGroup('Once', await makeUsers(2));
    const answers = await times(12, () => client.delete(`/Groups/${group}`));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(statuses(answers)).toEqual([204, 404]);
  });

  it('make one group of one name', async () => {
    const answers = await times(24, (index) =>
      client.post('/Groups', { displayName: index % 2 === 0 ? 'Sales' : 'SALES', members: [] }),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(statuses(answers)).toEqual([201, 409]);
  });
});
