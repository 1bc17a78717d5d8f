import { HostClient } from '../support/host-client.js';
import { aPerson, openOrganization, useHost } from './organization.js';

describe('S6: the first SSO login links the account and takes a seat', () => {
  const started = useHost();

  it('links by externalId, once, and knows the person again', async () => {
    const acme = await openOrganization(started.host);
    const person = aPerson();
    const { id } = await acme.idp.createUser(person);
    const before = await acme.seatsUsed();

    const browser = new HostClient(started.host.url);
    expect((await browser.signInBySso('acme', person.externalId)).status).toBe(200);
    const me = (await browser.get('/api/me')).body;
    expect(await acme.seatsUsed()).toBe(before + 1);
    expect((await acme.identities()).find((one) => one.id === id)).toMatchObject({
      state: 'active',
      accountId: me.accountId,
    });

    const again = new HostClient(started.host.url);
    await again.signInBySso('acme', person.externalId);
    expect((await again.get('/api/me')).body.accountId).toBe(me.accountId);
    expect(await acme.seatsUsed()).toBe(before + 1);
    expect((await acme.idp.get(`/Users/${id}`)).body.meta.version).toBe('W/"1"');
  });

  it('links by userName where the NameID is one', async () => {
    const acme = await openOrganization(started.host, 'globex');
    const { id } = await acme.idp.createUser({ userName: '00uJL29u0le5T6Aj10h7' });
    await new HostClient(started.host.url).signInBySso('globex', '00ujl29u0LE5T6Aj10h7');
    expect((await acme.identities()).find((one) => one.id === id)).toMatchObject({ state: 'active' });
  });

  it('refuses the login when no seat is free, in words, and leaves the identity provisioned', async () => {
    const { host } = started;
    const acme = await openOrganization(host);
    while ((await acme.seatsUsed()) < 5) {
      const person = aPerson();
      await acme.idp.createUser(person);
      await new HostClient(host.url).signInBySso('acme', person.externalId);
    }
    const late = aPerson();
    const { id } = await acme.idp.createUser(late);
    const browser = new HostClient(host.url);
    const page = await browser.signInBySso('acme', late.externalId);
    expect(page.status).toBe(403);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.text).toMatch(/seat/i);
    expect((await browser.get('/api/me')).status).toBe(401);
    expect((await acme.identities()).find((one) => one.id === id)).toMatchObject({
      state: 'provisioned',
      accountId: null,
    });
    expect(await acme.seatsUsed()).toBe(5);
  });

  it('links the account that was signed in when the login began, with its role', async () => {
    const initial = await openOrganization(started.host, 'globex');
    const owner = (await initial.owner.get('/api/me')).body;
    const person = aPerson('owner');
    const { id } = await initial.idp.createUser(person);
    await initial.owner.signInBySso('globex', person.externalId);
    expect((await initial.owner.get('/api/me')).body).toMatchObject({ accountId: owner.accountId, role: 'owner' });
    expect((await initial.identities()).find((one) => one.id === id)).toMatchObject({ accountId: owner.accountId });
  });
});
