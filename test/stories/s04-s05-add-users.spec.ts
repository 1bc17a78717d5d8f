import { aPerson, openOrganization, useHost } from './organization.js';

describe('S4 and S5: the IdP adds users, and they take no seat', () => {
  const started = useHost();

  it('adds more people than there are seats, all provisioned', async () => {
    const acme = await openOrganization(started.host);
    const people = Array.from({ length: 8 }, () => aPerson());
    for (const person of people) await acme.idp.createUser(person);
    const identities = await acme.identities();
    expect(identities).toHaveLength(8);
    expect(new Set(identities.map(({ state }) => state))).toEqual(new Set(['provisioned']));
    expect(await acme.seatsUsed()).toBe(1);
    expect(await acme.members()).toHaveLength(1);
    const summary = await acme.owner.get('/api/organizations/acme/scim');
    expect(summary.body).toMatchObject({
      counts: { provisioned: 8, active: 0, suspended: 0 },
      entitlement: { allowed: true },
    });
  });
});
