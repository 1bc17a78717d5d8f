import { randomUUID } from 'node:crypto';
import { HostClient } from '../support/host-client.js';
import { whenDelivered } from '../support/when-delivered.js';
import { aPerson, openOrganization, type Organization, useHost } from './organization.js';

const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

/** Somebody of the IdP, who may have signed in. */
interface Person {
  readonly id: string;
  readonly nameId: string;
  readonly browser: HostClient;
}

describe('S13: SCIM groups become teams', () => {
  const started = useHost();
  let acme: Organization;

  beforeEach(async () => {
    acme = await openOrganization(started.host);
    await started.host.dataSource.query('UPDATE organization SET seat_limit = 50');
  });

  afterEach(async () => {
    for (const group of (await acme.idp.get('/Groups')).body.Resources ?? [])
      await acme.idp.delete(`/Groups/${group.id}`);
    await settle();
    await saveMappings({});
    for (const token of (await acme.owner.get('/api/organizations/acme/scim/tokens')).body.tokens)
      await acme.owner.json('DELETE', `/api/organizations/acme/scim/tokens/${token.id}`);
  });

  async function provision(): Promise<Person> {
    const person = aPerson();
    const { id } = await acme.idp.createUser(person);
    return { id, nameId: person.externalId, browser: new HostClient(started.host.url) };
  }

  async function join(): Promise<Person> {
    const person = await provision();
    await signIn(person);
    return person;
  }

  const signIn = ({ browser, nameId }: Person, groups: string[] = []) => browser.signInBySso('acme', nameId, groups);

  async function createGroup(members: readonly { id: string }[], fields: object = {}): Promise<string> {
    const group = { schemas: [GROUP], displayName: randomUUID(), members: members.map(({ id }) => ({ value: id })) };
    const answer = await acme.idp.post('/Groups', { ...group, ...fields });
    expect(answer.status).toBe(201);
    return answer.body.id;
  }

  async function saveMappings(teams: Record<string, string>): Promise<void> {
    const mappings = Object.entries(teams).map(([group, team]) => ({ group, team }));
    const answer = await acme.owner.json('PUT', '/api/organizations/acme/group-mappings', { mappings });
    expect(answer.status).toBe(200);
  }

  const settle = () => whenDelivered(started.host.dataSource);

  const teamsOf = async ({ browser }: Person): Promise<string[]> => {
    await settle();
    return (await browser.get('/api/me')).body.teams;
  };

  it.each(['before', 'after'])('by the id of a group, with a mapping saved %s its members came', async (when) => {
    const [member, other] = [await join(), await join()];
    const group = await createGroup(when === 'before' ? [] : [member]);
    await settle();
    await saveMappings({ [group]: 'Platform' });
    if (when === 'before')
      await acme.idp.patch(`/Groups/${group}`, [{ op: 'add', path: 'members', value: [{ value: member.id }] }]);
    expect([await teamsOf(member), await teamsOf(other)]).toEqual([['Platform'], []]);
    expect((await member.browser.get('/api/me')).body.role).toBe('member');
  });

  it.each(['before', 'after'])('by the external id of a group, with a mapping saved %s it exists', async (when) => {
    const member = await join();
    const externalId = randomUUID();
    if (when === 'before') await saveMappings({ [externalId]: 'Platform' });
    await createGroup([member], { externalId });
    await settle();
    if (when === 'after') await saveMappings({ [externalId]: 'Platform' });
    expect(await teamsOf(member)).toEqual(['Platform']);
  });

  it('never by its name, whatever it is called', async () => {
    const member = await join();
    await saveMappings({ owner: 'owner', Platform: 'Platform' });
    await createGroup([member], { displayName: 'owner' });
    await createGroup([member], { displayName: 'Platform' });
    expect(await teamsOf(member)).toEqual([]);
    expect((await member.browser.get('/api/me')).body.role).toBe('member');
  });

  it('never by a name that a group is given later, and on by its id', async () => {
    const member = await join();
    const unmapped = await createGroup([member]);
    const mapped = await createGroup([member]);
    await saveMappings({ owner: 'owner', Platform: 'Platform', [mapped]: 'Design' });
    expect(await teamsOf(member)).toEqual(['Design']);
    const rename = (group: string, value: string) =>
      acme.idp.patch(`/Groups/${group}`, [{ op: 'replace', path: 'displayName', value }]);
    for (const [group, name] of [
      [unmapped, 'Platform'],
      [mapped, 'owner'],
    ] as const) {
      expect((await rename(group, name)).status).toBeLessThan(300);
      expect(await teamsOf(member)).toEqual(['Design']);
      expect((await member.browser.get('/api/me')).body.role).toBe('member');
    }
    const put = await acme.idp.put(`/Groups/${unmapped}`, { displayName: mapped, members: [{ value: member.id }] });
    expect(put.status).toBe(200);
    expect(await teamsOf(member)).toEqual(['Design']);
  });

  it('takes away what a group gave when the member leaves it, and nothing that a person gave', async () => {
    const member = await join();
    const group = await createGroup([member], { externalId: 'g-1' });
    await saveMappings({ 'g-1': 'Platform' });
    await started.host.dataSource.query(
      `INSERT INTO team (id, organization_id, name) SELECT $1, id, 'Chess' FROM organization WHERE slug = 'acme'`,
      [randomUUID()],
    );
    const { accountId } = (await member.browser.get('/api/me')).body;
    await started.host.dataSource.query(
      `INSERT INTO team_member (team_id, account_id, organization_id, source)
       SELECT id, $1, organization_id, 'owner' FROM team WHERE name = 'Chess'`,
      [accountId],
    );
    expect(await teamsOf(member)).toEqual(['Chess', 'Platform']);
    await acme.idp.patch(`/Groups/${group}`, [{ op: 'remove', path: `members[value eq "${member.id}"]` }]);
    expect(await teamsOf(member)).toEqual(['Chess']);
  });

  it('follows a changed mapping, a changed external id, and the end of a group', async () => {
    const member = await join();
    const group = await createGroup([member], { externalId: 'g-2' });
    await saveMappings({ 'g-2': 'Platform' });
    expect(await teamsOf(member)).toEqual(['Platform']);
    await saveMappings({ 'g-2': 'Design', 'g-3': 'Research' });
    expect(await teamsOf(member)).toEqual(['Design']);
    await acme.idp.patch(`/Groups/${group}`, [{ op: 'replace', path: 'externalId', value: 'g-3' }]);
    expect(await teamsOf(member)).toEqual(['Research']);
    await acme.idp.delete(`/Groups/${group}`);
    expect(await teamsOf(member)).toEqual([]);
  });

  it('waits for the account of a member who has not signed in', async () => {
    const late = await provision();
    const group = await createGroup([late]);
    await saveMappings({ [group]: 'Platform' });
    await settle();
    await signIn(late);
    expect(await teamsOf(late)).toEqual(['Platform']);
  });

  it('counts members of nested groups, and follows when those come and go', async () => {
    const member = await join();
    const inner = await createGroup([member]);
    const outer = await createGroup([{ id: inner }]);
    await saveMappings({ [outer]: 'Platform' });
    expect(await teamsOf(member)).toEqual(['Platform']);
    await acme.idp.patch(`/Groups/${outer}`, [{ op: 'remove', path: `members[value eq "${inner}"]` }]);
    expect(await teamsOf(member)).toEqual([]);
    await acme.idp.patch(`/Groups/${outer}`, [{ op: 'add', path: 'members', value: [{ value: inner }] }]);
    expect(await teamsOf(member)).toEqual(['Platform']);
    await acme.idp.delete(`/Groups/${inner}`);
    expect(await teamsOf(member)).toEqual([]);
  });

  it('gives the teams back with the membership, as they are then', async () => {
    const member = await join();
    const group = await createGroup([member]);
    await saveMappings({ [group]: 'Platform' });
    await acme.idp.patch(`/Users/${member.id}`, [{ op: 'replace', path: 'active', value: false }]);
    await saveMappings({ [group]: 'Design' });
    await acme.idp.patch(`/Users/${member.id}`, [{ op: 'replace', path: 'active', value: true }]);
    // A request waits 2 s for its events; a later one would end the session that the login makes.
    await settle();
    await signIn(member);
    expect(await teamsOf(member)).toEqual(['Design']);
  });

  it('goes before the claim of the assertion as soon as there is one group', async () => {
    const member = await join();
    await saveMappings({ claimed: 'Claimed', pushed: 'Pushed' });
    await signIn(member, ['claimed']);
    expect(await teamsOf(member)).toEqual(['Claimed']);
    const other = await join();
    await createGroup([other], { externalId: 'pushed' });
    await settle();
    await signIn(other, ['claimed']);
    expect(await teamsOf(other)).toEqual(['Pushed']);
  });

  it('ends at the next login what the claim gave before there was a group, and the claim counts again after the last', async () => {
    const member = await join();
    await saveMappings({ claimed: 'Claimed', pushed: 'Pushed' });
    await signIn(member, ['claimed']);
    const group = await createGroup([member], { externalId: 'pushed' });
    expect(await teamsOf(member)).toEqual(['Claimed', 'Pushed']);
    await signIn(member, ['claimed']);
    expect(await teamsOf(member)).toEqual(['Pushed']);
    await acme.idp.delete(`/Groups/${group}`);
    expect(await teamsOf(member)).toEqual([]);
    await signIn(member, ['claimed']);
    expect(await teamsOf(member)).toEqual(['Claimed']);
    await createGroup([], { externalId: 'another' });
    await signIn(member);
    expect(await teamsOf(member)).toEqual([]);
  });

  it('leaves the teams of another organization alone', async () => {
    const globex = await openOrganization(started.host, 'globex');
    const member = await join();
    const group = await createGroup([member], { externalId: 'shared' });
    const mappings = [
      { group: 'shared', team: 'Theirs' },
      { group, team: 'Theirs' },
    ];
    await globex.owner.json('PUT', '/api/organizations/globex/group-mappings', { mappings });
    expect(await teamsOf(member)).toEqual([]);
  });
});
