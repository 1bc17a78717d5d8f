import { HostClient } from '../support/host-client.js';
import { aPerson, openOrganization, useHost } from './organization.js';

describe('S1: SCIM is configured per organization', () => {
  const started = useHost();

  it('keeps the people of two organizations apart, whatever they are called', async () => {
    const acme = await openOrganization(started.host, 'acme');
    const globex = await openOrganization(started.host, 'globex');
    const person = aPerson();
    const atAcme = await acme.idp.createUser(person);
    const atGlobex = await globex.idp.createUser(person);
    expect(atAcme.id).not.toBe(atGlobex.id);
    expect((await acme.idp.get('/Users')).body.Resources.map(({ id }: { id: string }) => id)).toEqual([atAcme.id]);
    expect((await globex.idp.get(`/Users/${atAcme.id}`)).status).toBe(404);
    expect((await globex.idp.delete(`/Users/${atAcme.id}`)).status).toBe(404);

    await new HostClient(started.host.url).signInBySso('acme', person.externalId);
    expect(await acme.seatsUsed()).toBe(2);
    expect(await globex.seatsUsed()).toBe(1);
    expect((await globex.identities())[0]).toMatchObject({ id: atGlobex.id, state: 'provisioned', accountId: null });
  });

  it('lets an owner see and touch the tokens of their own organization only', async () => {
    const acme = await openOrganization(started.host, 'acme');
    const globex = await openOrganization(started.host, 'globex');
    const { tokens } = (await acme.owner.get('/api/organizations/acme/scim/tokens')).body;
    expect((await globex.owner.get('/api/organizations/acme/scim/tokens')).status).toBe(404);
    expect((await globex.owner.json('DELETE', `/api/organizations/globex/scim/tokens/${tokens[0].id}`)).status).toBe(
      404,
    );
    expect((await acme.idp.get('/Users')).status).toBe(200);
  });
});
