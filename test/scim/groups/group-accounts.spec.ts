import { randomUUID } from 'node:crypto';
import { GroupsService } from '../../../src/scim/index.js';
import { statementsOf } from '../../load/statement-log.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { newAccount, TestOrganization } from '../../support/test-organization.js';

let host: ModuleHost;
let organization: TestOrganization;
let groups: GroupsService;

beforeAll(async () => {
  host = await startModuleHost({ options: { deliverEvents: false } });
  groups = host.app.get(GroupsService, { strict: false });
});

beforeEach(async () => {
  organization = await TestOrganization.of(host);
});

afterAll(() => host.stop());

/** Somebody who has signed in. */
async function join(accountId = newAccount()): Promise<{ id: string; accountId: string }> {
  const externalId = randomUUID();
  const { id } = await organization.idp.createUser({ userName: externalId, externalId });
  await organization.signIn(externalId, {}, async () => ({ accountId }));
  return { id, accountId };
}

async function createGroup(members: readonly { id: string }[], externalId?: string): Promise<string> {
  const group = { displayName: randomUUID(), members: members.map(({ id }) => ({ value: id })) };
  return (await organization.idp.post('/Groups', { ...group, ...(externalId ? { externalId } : {}) })).body.id;
}

describe('the accounts of groups', () => {
  it.each(['everybody', 'named'] as const)('are those of their people and of the groups in them: %s', async (which) => {
    const [direct, nested, both] = [await join(), await join(), await join()];
    const provisioned = await organization.idp.createUser({ userName: randomUUID() });
    const inner = await createGroup([nested, both]);
    const middle = await createGroup([{ id: inner }]);
    const outer = await createGroup([direct, both, { id: middle }, { id: provisioned.id }], 'outer');
    const unnamed = await createGroup([direct]);
    const users = which === 'everybody' ? which : [direct, nested, both, provisioned].map(({ id }) => id);
    const found = await groups.accountsOf(organization.id, { groups: ['outer', inner, 'unknown'], users });
    const sorted = found.map(({ accountIds, ...group }) => ({ ...group, accountIds: [...accountIds].sort() }));
    expect(sorted).toHaveLength(2);
    expect(sorted).toContainEqual({
      groupId: outer,
      externalId: 'outer',
      accountIds: [direct, nested, both].map(({ accountId }) => accountId).sort(),
    });
    expect(sorted).toContainEqual({
      groupId: inner,
      externalId: null,
      accountIds: [nested, both].map(({ accountId }) => accountId).sort(),
    });
    expect(sorted.map(({ groupId }) => groupId)).not.toContain(unnamed);
  });

  it('are only those of the people who are named', async () => {
    const [one, other] = [await join(), await join()];
    const group = await createGroup([one, other]);
    const ask = (users: readonly string[]) => groups.accountsOf(organization.id, { groups: [group], users });
    expect(await ask([one.id])).toEqual([{ groupId: group, externalId: null, accountIds: [one.accountId] }]);
    expect(await ask([])).toEqual([]);
    expect(await ask(['no id', randomUUID()])).toEqual([]);
  });

  it.each(['everybody', 'named'] as const)('end with circles of groups, and count each once: %s', async (which) => {
    const person = await join();
    const first = await createGroup([person]);
    const second = await createGroup([{ id: first }, person]);
    await organization.idp.patch(`/Groups/${first}`, [{ op: 'add', path: 'members', value: [{ value: second }] }]);
    const users = which === 'everybody' ? which : [person.id];
    const found = await groups.accountsOf(organization.id, { groups: [first, second], users });
    expect(found.map(({ groupId }) => groupId).sort()).toEqual([first, second].sort());
    expect(found.map(({ accountIds }) => accountIds)).toEqual([[person.accountId], [person.accountId]]);
  });

  it.each(['everybody', 'named'] as const)('hold who is suspended, and nobody who was removed: %s', async (which) => {
    const [suspended, removed] = [await join(), await join()];
    const group = await createGroup([suspended, removed]);
    await organization.idp.patch(`/Users/${suspended.id}`, [{ op: 'replace', path: 'active', value: false }]);
    await organization.idp.delete(`/Users/${removed.id}`);
    const users = which === 'everybody' ? which : [suspended.id, removed.id];
    const found = await groups.accountsOf(organization.id, { groups: [group], users });
    expect(found).toEqual([{ groupId: group, externalId: null, accountIds: [suspended.accountId] }]);
  });

  it.each(['everybody', 'named'] as const)('say nothing about another organization: %s', async (which) => {
    const person = await join();
    const group = await createGroup([person], 'shared');
    const other = await TestOrganization.of(host);
    const users = which === 'everybody' ? which : [person.id];
    expect(await groups.accountsOf(other.id, { groups: [group, 'shared'], users })).toEqual([]);
  });

  it('are one statement, in the transaction of the host', async () => {
    const person = await join();
    const group = await createGroup([person]);
    await host.dataSource.transaction(async (manager) => {
      for (const users of ['everybody', [person.id]] as const) {
        const query = { groups: [group], users };
        const statements = await statementsOf(() => groups.accountsOf(organization.id, query, manager));
        expect(statements).toHaveLength(1);
      }
    });
  });
});

describe('whether an organization has groups', () => {
  it('is no until there is one, also inside the transaction that makes it, and no again after the last one', async () => {
    expect(await groups.exists(organization.id)).toBe(false);
    const id = await host.dataSource.transaction(async (manager) => {
      const made = await groups.create(organization.id, { displayName: 'First' }, { manager });
      expect(await groups.exists(organization.id, manager)).toBe(true);
      expect(await groups.exists(organization.id)).toBe(false);
      return String(made['id']);
    });
    expect(await groups.exists(organization.id)).toBe(true);
    expect(await groups.exists((await TestOrganization.of(host)).id)).toBe(false);
    await groups.delete(organization.id, id);
    expect(await groups.exists(organization.id)).toBe(false);
  });
});
