import { randomUUID } from 'node:crypto';
import { HostClient } from '../support/host-client.js';
import { whenDelivered } from '../support/when-delivered.js';
import { aPerson, openOrganization, useHost } from './organization.js';

describe('S11: just-in-time joining', () => {
  const started = useHost();

  it('lets somebody in as a plain member in no team while a seat is free', async () => {
    const { host } = started;
    const acme = await openOrganization(host);
    const browser = new HostClient(host.url);
    expect((await browser.signInBySso('acme', randomUUID())).status).toBe(200);
    const { accountId } = (await browser.get('/api/me')).body;
    expect((await acme.members()).find((one) => one.accountId === accountId)).toMatchObject({
      role: 'member',
      teams: [],
      status: 'active',
    });
    expect(await acme.identities()).toEqual([]);
    while ((await acme.seatsUsed()) < 5) await new HostClient(host.url).signInBySso('acme', randomUUID());
    expect((await new HostClient(host.url).signInBySso('acme', randomUUID())).status).toBe(403);
  });

  it('does not let in whom the IdP suspended or removed before their first login', async () => {
    const { host } = started;
    const globex = await openOrganization(host, 'globex');
    const [suspended, removed] = [aPerson(), aPerson()];
    await globex.idp.createUser({ ...suspended, active: false });
    const { id } = await globex.idp.createUser(removed);
    await globex.idp.delete(`/Users/${id}`);
    const browser = new HostClient(host.url);
    for (const nameId of [
      suspended.externalId,
      suspended.userName,
      removed.externalId,
      removed.userName.toUpperCase(),
    ]) {
      expect((await browser.signInBySso('globex', nameId)).status).toBe(403);
    }
    expect(await globex.seatsUsed()).toBe(1);
  });

  it('links at once, when SCIM is switched on, those who came this way, and a later DELETE removes them', async () => {
    const { host } = started;
    const globex = await openOrganization(host, 'globex');
    const mappings = [{ group: 'g-1', team: 'Platform' }];
    await globex.owner.json('PUT', '/api/organizations/globex/group-mappings', { mappings });
    const person = aPerson();
    const browser = new HostClient(host.url);
    await browser.signInBySso('globex', person.externalId, ['g-1']);
    const { accountId } = (await browser.get('/api/me')).body;
    const before = await globex.seatsUsed();

    const { id } = await globex.idp.createUser(person);

    expect((await globex.identities()).find((one) => one.id === id)).toMatchObject({ state: 'active', accountId });
    expect((await browser.get('/api/me')).status).toBe(200);
    expect(await globex.seatsUsed()).toBe(before);
    expect((await globex.members()).find((one) => one.accountId === accountId)).toMatchObject({ teams: ['Platform'] });
    expect((await globex.idp.delete(`/Users/${id}`)).status).toBe(204);
    expect((await browser.get('/api/me')).status).toBe(401);
    await whenDelivered(host.dataSource);
    expect(await globex.seatsUsed()).toBe(before - 1);
  });
});
