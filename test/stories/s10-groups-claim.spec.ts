import { HostClient } from '../support/host-client.js';
import { aPerson, openOrganization, useHost } from './organization.js';

const MAPPINGS = '/api/organizations/acme/group-mappings';

describe('S10: groups of the assertion become teams at login', () => {
  const started = useHost();

  it('maps by group id, follows the claim at each login, and gives nothing to unmapped groups', async () => {
    const { host } = started;
    const acme = await openOrganization(host);
    const mappings = [
      { group: '8aa1a0c0-1111-4bc0-b4a5-2ef676900159', team: 'Platform' },
      { group: '8aa1a0c0-2222-4bc0-b4a5-2ef676900159', team: 'Design' },
    ];
    expect((await acme.owner.json('PUT', MAPPINGS, { mappings })).status).toBe(200);
    expect((await acme.owner.get(MAPPINGS)).body.mappings).toHaveLength(2);
    const person = aPerson();
    await acme.idp.createUser(person);
    const browser = new HostClient(host.url);
    await browser.signInBySso('acme', person.externalId, ['8aa1a0c0-1111-4bc0-b4a5-2ef676900159', 'owner', 'Design']);
    const me = (await browser.get('/api/me')).body;
    const find = async (): Promise<unknown> =>
      (await acme.members()).find(({ accountId }) => accountId === me.accountId);
    expect(await find()).toMatchObject({ role: 'member', teams: ['Platform'] });

    await browser.signInBySso('acme', person.externalId, ['8aa1a0c0-2222-4bc0-b4a5-2ef676900159']);
    expect(await find()).toMatchObject({ role: 'member', teams: ['Design'] });
  });
});
