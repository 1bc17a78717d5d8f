import { randomUUID } from 'node:crypto';
import { GroupsService, UsersService } from '../../../src/scim/index.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { TestOrganization } from '../../support/test-organization.js';
import { whenWaiting } from '../../support/when-waiting.js';

let host: ModuleHost;
let acme: TestOrganization;
let groups: GroupsService;
let user: string;
let group: string;

beforeAll(async () => {
  host = await startModuleHost();
  groups = host.app.get(GroupsService, { strict: false });
});

afterAll(() => host.stop());

beforeEach(async () => {
  acme = await TestOrganization.of(host);
  user = (await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' })).id;
  group = (await acme.idp.post('/Groups', { displayName: 'Eng' })).body.id;
});

const addition = (value: string) => ({ Operations: [{ op: 'add', path: 'members', value: [{ value }] }] });
const setActive = (active: boolean) =>
  acme.idp.patch(`/Users/${user}`, [{ op: 'replace', path: 'active', value: active }]);
const membersOf = async (id: string): Promise<{ value: string }[] | undefined> =>
  (await acme.idp.get(`/Groups/${id}`)).body.members;

describe('a user whom an open transaction makes a member', () => {
  it('is patched, suspended and signed in without waiting for it', async () => {
    await acme.accountOf('E-1');
    await host.dataSource.transaction(async (manager) => {
      await groups.patch(acme.id, group, addition(user), { manager });
      const renamed = await acme.idp.patch(`/Users/${user}`, [{ op: 'replace', path: 'title', value: 'CTO' }]);
      expect(renamed).toMatchObject({ status: 200, body: { title: 'CTO' } });
      expect(await setActive(false)).toMatchObject({ status: 200, body: { active: false } });
      expect(await setActive(true)).toMatchObject({ status: 200, body: { active: true } });
      expect(await acme.signIn('E-1')).toMatchObject({ result: 'linked', identityId: user });
    });
    expect(await membersOf(group)).toMatchObject([{ value: user }]);
  });

  it('is put into another group without waiting for it', async () => {
    const other = (await acme.idp.post('/Groups', { displayName: 'Other' })).body.id;
    await host.dataSource.transaction(async (manager) => {
      await groups.patch(acme.id, group, addition(user), { manager });
      expect((await acme.idp.patch(`/Groups/${other}`, addition(user).Operations)).status).toBe(204);
    });
    expect(await membersOf(other)).toMatchObject([{ value: user }]);
  });

  it('is deleted after it, and out of the group', async () => {
    const deletion = await host.dataSource.transaction(async (manager) => {
      await groups.patch(acme.id, group, addition(user), { manager });
      const answer = acme.idp.delete(`/Users/${user}`);
      await whenWaiting(host.dataSource, 1);
      return { answer };
    });
    expect((await deletion.answer).status).toBe(204);
    expect(await membersOf(group)).toBeUndefined();
  });
});

describe('a user whom an open transaction removes', () => {
  const remove = async (change: () => Promise<{ status: number }>): Promise<number> => {
    const users = host.app.get(UsersService, { strict: false });
    const changed = await host.dataSource.transaction(async (manager) => {
      await users.delete(acme.id, user, { manager });
      const answer = change();
      await whenWaiting(host.dataSource, 1);
      return { answer };
    });
    return (await changed.answer).status;
  };

  it.each([
    ['PATCH', () => acme.idp.patch(`/Groups/${group}`, addition(user).Operations), 400],
    ['PUT', () => acme.idp.put(`/Groups/${group}`, { displayName: 'Eng', members: [{ value: user }] }), 400],
    ['POST', () => acme.idp.post('/Groups', { displayName: randomUUID(), members: [{ value: user }] }), 400],
  ])('is no member that a %s could name', async (_method, change, status) => {
    expect(await remove(change)).toBe(status);
    expect(await membersOf(group)).toBeUndefined();
  });

  it('is no member that a PUT could keep, either', async () => {
    await acme.idp.patch(`/Groups/${group}`, addition(user).Operations);
    const keep = () => acme.idp.put(`/Groups/${group}`, { displayName: 'Eng', members: [{ value: user }] });
    expect(await remove(keep)).toBe(400);
    expect(await membersOf(group)).toBeUndefined();
  });

  it('is no member either where it is gone before its turn in a list comes', async () => {
    const users = host.app.get(UsersService, { strict: false });
    const second = (await acme.idp.createUser({ userName: 'bob' })).id;
    const [low = '', high = ''] = [user, second].toSorted();
    const operation = { op: 'add', path: 'members', value: [{ value: low }, { value: high }] };
    let answer: Promise<{ status: number }> | undefined;
    const undone = host.dataSource.transaction(async (manager) => {
      await users.delete(acme.id, low, { manager });
      answer = acme.idp.patch(`/Groups/${group}`, [operation]);
      await whenWaiting(host.dataSource, 1);
      expect((await acme.idp.delete(`/Users/${high}`)).status).toBe(204);
      throw new Error('the host changed its mind');
    });
    await expect(undone).rejects.toThrow('changed its mind');
    expect(await answer).toMatchObject({ status: 400 });
    expect(await membersOf(group)).toBeUndefined();
  });

  it('is a member still where the removal is undone', async () => {
    const users = host.app.get(UsersService, { strict: false });
    let answer: Promise<{ status: number }> | undefined;
    const undone = host.dataSource.transaction(async (manager) => {
      await users.delete(acme.id, user, { manager });
      answer = acme.idp.patch(`/Groups/${group}`, addition(user).Operations);
      await whenWaiting(host.dataSource, 1);
      throw new Error('the host changed its mind');
    });
    await expect(undone).rejects.toThrow('changed its mind');
    expect(await answer).toMatchObject({ status: 204 });
    expect(await membersOf(group)).toMatchObject([{ value: user }]);
  });
});
