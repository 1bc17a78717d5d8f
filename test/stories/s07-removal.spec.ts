import { bulk } from '../scim/bulk/bulk-requests.js';
import { HostClient } from '../support/host-client.js';
import { whenDelivered } from '../support/when-delivered.js';
import { aPerson, openOrganization, type Organization, useHost } from './organization.js';

/** Each way an IdP has of saying that somebody is out. */
const REMOVALS: readonly (readonly [string, (acme: Organization, id: string, person: object) => Promise<unknown>])[] = [
  ['DELETE', (acme, id) => acme.idp.delete(`/Users/${id}`)],
  [
    'PATCH active "False" with a path',
    (acme, id) => acme.idp.patch(`/Users/${id}`, [{ op: 'Replace', path: 'active', value: 'False' }]),
  ],
  [
    'PATCH active false without a path',
    (acme, id) => acme.idp.patch(`/Users/${id}`, [{ op: 'replace', value: { active: false } }]),
  ],
  ['PUT active false', (acme, id, person) => acme.idp.put(`/Users/${id}`, { ...person, active: false })],
  ['DELETE in Bulk', (acme, id) => bulk(acme.idp, [{ method: 'DELETE', path: `/Users/${id}` }])],
];

describe('S7: the IdP removes a user, and they are out', () => {
  const started = useHost();

  it.each(REMOVALS)('%s ends session, API key and seat at once, and the account lives on', async (_name, remove) => {
    const { host } = started;
    const acme = await openOrganization(host);
    const person = aPerson();
    const { id } = await acme.idp.createUser(person);
    const browser = new HostClient(host.url);
    await browser.signInBySso('acme', person.externalId);
    const { accountId } = (await browser.get('/api/me')).body;
    const created = await browser.json('POST', '/api/organizations/acme/api-keys', { label: 'laptop' });
    expect(created.status).toBe(201);
    const script = { authorization: `ApiKey ${created.body.key}` };
    const stranger = new HostClient(host.url);
    expect((await stranger.get('/api/me', script)).status).toBe(200);
    const before = await acme.seatsUsed();

    await remove(acme, id, person);

    expect((await browser.get('/api/me')).status).toBe(401);
    expect((await stranger.get('/api/me', script)).status).toBe(401);
    // On a busy machine later than the 2 s that the IdP's request waits for it.
    await whenDelivered(host.dataSource);
    expect(await acme.seatsUsed()).toBe(before - 1);
    expect(
      (await acme.members()).filter((member) => member.accountId === accountId && member.status === 'active'),
    ).toEqual([]);
    expect((await browser.signInBySso('acme', person.externalId)).status).toBe(403);
    const accounts = await host.dataSource.query('SELECT id FROM account WHERE id = $1', [accountId]);
    expect(accounts).toHaveLength(1);
    for (const token of (await acme.owner.get('/api/organizations/acme/scim/tokens')).body.tokens) {
      await acme.owner.json('DELETE', `/api/organizations/acme/scim/tokens/${token.id}`);
    }
  });

  it('gives back what it took when the person is activated again: same account, same API key', async () => {
    const { host } = started;
    const acme = await openOrganization(host, 'globex');
    const person = aPerson();
    const { id } = await acme.idp.createUser(person);
    const browser = new HostClient(host.url);
    await browser.signInBySso('globex', person.externalId);
    const { accountId } = (await browser.get('/api/me')).body;
    await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]);
    await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: true }]);
    await whenDelivered(host.dataSource);
    expect((await acme.members()).find((member) => member.accountId === accountId)).toMatchObject({ status: 'active' });
    expect((await browser.get('/api/me')).status).toBe(401);
    await browser.signInBySso('globex', person.externalId);
    expect((await browser.get('/api/me')).body.accountId).toBe(accountId);
  });
});
