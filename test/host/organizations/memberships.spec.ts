import { randomUUID } from 'node:crypto';
import { Membership } from '../../../src/host/organizations/membership.entity.js';
import { Organization } from '../../../src/host/organizations/organization.entity.js';
import { GroupMapping, Team, TeamMember } from '../../../src/host/organizations/team.entity.js';
import { HostClient } from '../../support/host-client.js';
import {
  aPerson,
  foundOrganization,
  type Organization as TestOrganization,
  useHost,
} from '../../stories/organization.js';
import { whenDelivered } from '../../support/when-delivered.js';
import type { TestHost } from '../../support/host.js';

describe('memberships', () => {
  const started = useHost();
  let host: TestHost;
  let acme: TestOrganization;
  beforeEach(async () => {
    host = started.host;
    acme = await foundOrganization(host);
  });

  /** Somebody whom the IdP provisioned and who has signed in. */
  async function join(person = aPerson()): Promise<{ id: string; accountId: string; browser: HostClient }> {
    const { id } = await acme.idp.createUser(person);
    const browser = new HostClient(host.url);
    await browser.signInBySso(acme.slug, person.externalId);
    return { id, accountId: (await browser.get('/api/me')).body.accountId, browser };
  }

  async function setActive(id: string, value: boolean) {
    const answer = await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value }]);
    await whenDelivered(host.dataSource);
    return answer;
  }
  const statusOf = async (accountId: string) =>
    (await acme.members()).find((member) => member.accountId === accountId)?.status;
  const setSeats = (seatLimit: number) =>
    host.dataSource.getRepository(Organization).update({ slug: acme.slug }, { seatLimit });

  it('stay suspended without a free seat until a login finds one', async () => {
    const person = aPerson();
    const { id, accountId, browser } = await join(person);
    await setActive(id, false);
    await setSeats(1);
    expect((await setActive(id, true)).status).toBe(200);
    expect(await statusOf(accountId)).toBe('suspended');
    expect((await browser.signInBySso(acme.slug, person.externalId)).status).toBe(403);
    await setSeats(2);
    expect((await browser.signInBySso(acme.slug, person.externalId)).status).toBe(200);
    expect(await statusOf(accountId)).toBe('active');
  });

  it('that an owner suspended are not given back by SCIM, nor by a login', async () => {
    const person = aPerson();
    const { id, accountId, browser } = await join(person);
    await host.dataSource
      .getRepository(Membership)
      .update({ accountId }, { status: 'suspended', suspendedBy: 'owner' });
    await setActive(id, false);
    await setActive(id, true);
    expect(await statusOf(accountId)).toBe('suspended');
    const answer = await browser.signInBySso(acme.slug, person.externalId);
    expect([answer.status, answer.text.includes('membership-suspended')]).toEqual([403, true]);
  });

  it('give the last seat away once', async () => {
    await setSeats(2);
    const people = Array.from({ length: 6 }, () => aPerson());
    for (const person of people) await acme.idp.createUser(person);
    const answers = await Promise.all(
      people.map(({ externalId }) => new HostClient(host.url).signInBySso(acme.slug, externalId)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await acme.seatsUsed()).toBe(2);
    expect((await acme.identities()).filter(({ state }) => state === 'active')).toHaveLength(1);
  });

  it('show the name that the organization gives, and leave the account its own', async () => {
    const { id, accountId } = await join({ ...aPerson(), displayName: 'Ada' } as ReturnType<typeof aPerson>);
    await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'displayName', value: 'Ada Lovelace' }]);
    await whenDelivered(host.dataSource);
    const member = (await acme.members()).find((one) => one.accountId === accountId);
    expect(member).toMatchObject({ displayName: 'Ada Lovelace', identityId: id });
    const accounts = await host.dataSource.query('SELECT display_name, email FROM account WHERE id = $1', [accountId]);
    expect(accounts).toEqual([{ display_name: 'Ada', email: null }]);
  });

  it('lose by a login only the teams that a login gave', async () => {
    const person = aPerson();
    const { accountId, browser } = await join(person);
    const mapping = { mappings: [{ group: 'g-1', team: 'Engineering' }] };
    const saved = await acme.owner.json('PUT', `/api/organizations/${acme.slug}/group-mappings`, mapping);
    expect([saved.status, saved.body]).toEqual([200, mapping]);
    await browser.signInBySso(acme.slug, person.externalId, ['g-1', 'unknown']);
    const { id: organizationId } = await host.dataSource
      .getRepository(Organization)
      .findOneByOrFail({ slug: acme.slug });
    const teamId = randomUUID();
    await host.dataSource.getRepository(Team).insert({ id: teamId, organizationId, name: 'Chess' });
    await host.dataSource.getRepository(TeamMember).insert({ organizationId, accountId, teamId, source: 'owner' });
    expect((await browser.get('/api/me')).body.teams).toEqual(['Chess', 'Engineering']);
    await browser.signInBySso(acme.slug, person.externalId, []);
    expect((await browser.get('/api/me')).body).toMatchObject({ teams: ['Chess'], role: 'member' });
    expect(await host.dataSource.getRepository(GroupMapping).countBy({ organizationId })).toBe(1);
  });
});
