import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { TestOrganization } from '../../support/test-organization.js';
import { whenWaiting } from '../../support/when-waiting.js';

let host: ModuleHost;

beforeAll(async () => {
  host = await startModuleHost({ options: { deliverEvents: false } });
});

afterAll(() => host.stop());

describe('a person who signed in before they were provisioned', () => {
  it.each([
    ['externalId', { userName: 'ada', externalId: 'E-1' }],
    ['userName', { userName: 'e-1', externalId: 'other' }],
  ])('is linked at once by the %s', async (linkedBy, user) => {
    const acme = await TestOrganization.of(host);
    const account = await acme.accountOf('E-1');
    const { id } = await acme.idp.createUser(user);
    expect(await acme.identity(id)).toMatchObject({
      state: 'active',
      accountId: account,
      linkedBy,
      version: 1,
      eventSeq: 2,
    });
    expect(await acme.eventTypes(id)).toEqual(['provisioned', 'linked']);
    expect(await acme.linkRows()).toEqual([{ nameId: 'E-1', accountId: account, identityId: id }]);
    expect(await acme.signIn('E-1')).toEqual({ result: 'linked', accountId: account, identityId: id });
    expect(await acme.eventTypes(id)).toEqual(['provisioned', 'linked']);
    await acme.idp.delete(`/Users/${id}`);
    expect(await acme.access(account)).toMatchObject({ type: 'denied', reason: 'deprovisioned' });
    expect(await acme.signIn('E-1')).toEqual({ result: 'refused', reason: 'deprovisioned' });
  });

  it('is out at once where they are provisioned inactive', async () => {
    const acme = await TestOrganization.of(host);
    const account = await acme.accountOf('E-1');
    const { id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1', active: false });
    expect(await acme.identity(id)).toMatchObject({ state: 'suspended', accountId: account });
    expect(await acme.eventTypes(id)).toEqual(['provisioned', 'linked', 'deactivated']);
    expect(await acme.access(account)).toMatchObject({ type: 'denied', reason: 'suspended' });
    expect(await acme.signIn('E-1')).toEqual({ result: 'refused', reason: 'suspended' });
  });

  it('is not provisioned inactive where the host refuses the removal', async () => {
    const acme = await TestOrganization.of(host);
    const owner = await acme.accountOf('E-1');
    host.organizations.protectedAccounts.add(owner);
    const answer = await acme.idp.post('/Users', { userName: 'ada', externalId: 'E-1', active: false });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ detail: 'Last owner.' });
    expect(answer.body).not.toHaveProperty('scimType');
    expect(await acme.events()).toEqual([]);
    expect(await acme.access(owner)).toEqual({ type: 'unmanaged' });
    expect(await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' })).toMatchObject({ active: true });
  });

  it('is linked by no login of another SSO connection than the one the host names', async () => {
    const acme = await TestOrganization.of(host);
    host.organizations.refused.set(acme.id, { allowed: true, ssoConnectionId: 'saml-1' });
    await acme.accountOf('E-1', { ssoConnectionId: 'saml-2' });
    const { id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    expect(await acme.identity(id)).toMatchObject({ state: 'provisioned', accountId: null });
  });

  it('is linked by no login of another organization', async () => {
    const acme = await TestOrganization.of(host);
    const globex = await TestOrganization.of(host);
    await acme.accountOf('E-1');
    const { id } = await globex.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    expect(await globex.identity(id)).toMatchObject({ state: 'provisioned', accountId: null });
  });

  it('is not guessed where two logins could be theirs, and neither gets back in after the removal', async () => {
    const acme = await TestOrganization.of(host);
    await acme.accountOf('E-1');
    await acme.accountOf('ada');
    const { id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    expect(await acme.identity(id)).toMatchObject({ state: 'provisioned', accountId: null });
    expect((await acme.idp.delete(`/Users/${id}`)).status).toBe(204);
    expect(await acme.signIn('E-1')).toEqual({ result: 'refused', reason: 'deprovisioned' });
    expect(await acme.signIn('ada')).toEqual({ result: 'refused', reason: 'deprovisioned' });
  });

  it('waits for a login of its own where the account belongs to another identity', async () => {
    const acme = await TestOrganization.of(host);
    const account = await acme.accountOf('E-2');
    const first = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    await acme.accountOf('E-1', { signedInAccountId: account });
    const second = await acme.idp.createUser({ userName: 'bob', externalId: 'E-2' });
    expect(await acme.identity(second.id)).toMatchObject({ state: 'provisioned', accountId: null });

    const paused = await acme.idp.patch(`/Users/${second.id}`, [{ op: 'replace', path: 'active', value: false }]);
    expect(paused.status).toBe(200);
    expect(await acme.access(account)).toEqual({ type: 'allowed', identityId: first.id });
    expect((await acme.idp.delete(`/Users/${second.id}`)).status).toBe(204);
    expect(await acme.access(account)).toEqual({ type: 'allowed', identityId: first.id });
    const events = await acme.events(second.id);
    expect(events.map(({ payload }) => payload.accountId)).toEqual([undefined, undefined, undefined]);
  });
});

describe('a login that crossed the creation', () => {
  /** The state both leave behind where neither sees the other: a link without identity, an identity without link. */
  async function crossed(): Promise<{ acme: TestOrganization; id: string; account: string }> {
    const acme = await TestOrganization.of(host);
    let id = '';
    const login = await acme.signIn('E-1', {}, async () => {
      ({ id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' }));
      return { accountId: `account-of-${id}` };
    });
    expect(login).toEqual({ result: 'jit', accountId: `account-of-${id}` });
    expect(await acme.identity(id)).toMatchObject({ state: 'provisioned', accountId: null });
    return { acme, id, account: `account-of-${id}` };
  }

  it.each([
    [
      'deactivation',
      'suspended',
      (acme: TestOrganization, id: string) =>
        acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]),
    ],
    [
      'replacement',
      'suspended',
      (acme: TestOrganization, id: string) => acme.idp.put(`/Users/${id}`, { userName: 'ada', active: false }),
    ],
    ['removal', 'deprovisioned', (acme: TestOrganization, id: string) => acme.idp.delete(`/Users/${id}`)],
  ] as const)('is cut off by a %s all the same, once the host agrees', async (_what, state, send) => {
    const { acme, id, account } = await crossed();
    host.organizations.protectedAccounts.add(account);
    expect(await send(acme, id)).toMatchObject({ status: 409, body: { detail: 'Last owner.' } });
    expect(await acme.eventTypes(id)).toEqual(['provisioned']);
    expect(await acme.linkRows()).toMatchObject([{ identityId: null }]);

    host.organizations.protectedAccounts.delete(account);
    expect((await send(acme, id)).status).toBeLessThan(300);
    expect(await acme.identity(id)).toMatchObject({ state, accountId: account, linkedBy: 'externalId' });
    expect((await acme.eventTypes(id)).slice(0, 2)).toEqual(['provisioned', 'linked']);
    expect(await acme.access(account)).toMatchObject({ type: 'denied', reason: state });
    expect(await acme.signIn('E-1')).toEqual({ result: 'refused', reason: state });
  });

  it('is linked by the next login', async () => {
    const { acme, id, account } = await crossed();
    expect(await acme.signIn('E-1')).toEqual({ result: 'linked', accountId: account, identityId: id });
    expect(await acme.identity(id)).toMatchObject({ state: 'active', accountId: account });
  });

  it('does not undo a link that the creation makes meanwhile', async () => {
    const acme = await TestOrganization.of(host);
    const account = await acme.accountOf('E-1');
    const blocker = host.dataSource.createQueryRunner();
    await blocker.startTransaction();
    await blocker.query('select from scim_link where organization_id = $1 for update', [acme.id]);
    const creation = acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    await whenWaiting(host.dataSource, 1);
    const login = acme.signIn('E-1');
    await whenWaiting(host.dataSource, 2);
    await blocker.commitTransaction();
    await blocker.release();

    const [{ id }, outcome] = await Promise.all([creation, login]);
    expect(outcome).toMatchObject({ accountId: account });
    expect(await acme.linkRows()).toEqual([{ nameId: 'E-1', accountId: account, identityId: id }]);
    expect(await acme.signIn('E-1')).toEqual({ result: 'linked', accountId: account, identityId: id });
  });
});
