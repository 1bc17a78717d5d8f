import { randomUUID } from 'node:crypto';
import { HostClient } from '../support/host-client.js';
import { whenDelivered } from '../support/when-delivered.js';
import { aPerson, openOrganization, useHost } from './organization.js';

describe('linking never guesses', () => {
  const started = useHost();

  it('adopts nobody by e-mail address, user name or internal id', async () => {
    const { host } = started;
    const acme = await openOrganization(host);
    const owner = (await acme.owner.get('/api/me')).body;
    const lures = [
      { userName: 'lure-0', externalId: randomUUID(), emails: [{ value: 'owner@acme.example', primary: true }] },
      { userName: 'lure-1', externalId: owner.accountId },
      { userName: 'owner@acme.example', externalId: randomUUID() },
    ];
    for (const lure of lures) {
      await acme.idp.createUser(lure);
      const browser = new HostClient(host.url);
      await browser.signInBySso('acme', lure.externalId);
      const me = (await browser.get('/api/me')).body;
      expect(me.accountId).toBeDefined();
      expect(me.accountId).not.toBe(owner.accountId);
      expect(me.role).toBe('member');
    }
    expect((await acme.owner.get('/api/me')).body).toEqual(owner);
    const again = await new HostClient(host.url).signInAsOwner('acme');
    expect((await again.get('/api/me')).body).toEqual(owner);
  });

  it('refuses a login that could be either of two people', async () => {
    const { host } = started;
    const acme = await openOrganization(host);
    const nameId = randomUUID();
    await acme.idp.createUser({ userName: nameId });
    await acme.idp.createUser({ userName: 'somebody else', externalId: nameId });
    expect((await new HostClient(host.url).signInBySso('acme', nameId)).status).toBe(403);
  });

  it('gives a recycled user name a new account, and a returning person the old one', async () => {
    const { host } = started;
    const globex = await openOrganization(host, 'globex');
    const leaver = aPerson();
    const { id } = await globex.idp.createUser(leaver);
    const browser = new HostClient(host.url);
    await browser.signInBySso('globex', leaver.userName);
    const { accountId } = (await browser.get('/api/me')).body;
    await globex.idp.delete(`/Users/${id}`);
    await whenDelivered(host.dataSource);

    const successor = { userName: leaver.userName, externalId: randomUUID() };
    const second = await globex.idp.createUser(successor);
    await browser.signInBySso('globex', successor.userName);
    const heir = (await browser.get('/api/me')).body;
    expect(heir.accountId).not.toBe(accountId);
    expect((await new HostClient(host.url).signInBySso('globex', leaver.externalId)).status).toBe(403);
    await globex.idp.delete(`/Users/${second.id}`);
    await whenDelivered(host.dataSource);

    const third = await globex.idp.createUser(successor);
    expect(third.id).not.toBe(second.id);
    await browser.signInBySso('globex', successor.userName);
    expect((await browser.get('/api/me')).body.accountId).toBe(heir.accountId);
  });

  it('lets a login of one organization say nothing about another', async () => {
    const { host } = started;
    const globex = await openOrganization(host, 'globex');
    const person = aPerson();
    const { id } = await globex.idp.createUser(person);
    await new HostClient(host.url).signInBySso('acme', person.externalId);
    expect((await globex.identities()).find((one) => one.id === id)).toMatchObject({ state: 'provisioned' });
  });
});
