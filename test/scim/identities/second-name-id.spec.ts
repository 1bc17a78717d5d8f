import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { TestOrganization } from '../../support/test-organization.js';

let host: ModuleHost;

beforeAll(async () => {
  host = await startModuleHost({ options: { deliverEvents: false } });
});

afterAll(() => host.stop());

const MINUTE = 60_000;
const deactivate = [{ op: 'replace', path: 'active', value: false }];

/** Somebody who came with N-2 before anything was provisioned, and is E-1 for the IdP since. */
async function withTwoNameIds(): Promise<{ acme: TestOrganization; id: string; account: string }> {
  const acme = await TestOrganization.of(host);
  const account = await acme.accountOf('N-2');
  const { id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
  expect(await acme.signIn('E-1', { signedInAccountId: account })).toMatchObject({
    result: 'linked',
    accountId: account,
  });
  return { acme, id, account };
}

describe('a second NameID of an account', () => {
  it('lets in while the account is', async () => {
    const { acme, account } = await withTwoNameIds();
    expect(await acme.signIn('N-2')).toEqual({ result: 'jit', accountId: account });
  });

  it.each([
    ['suspended', 'suspended', (acme: TestOrganization, id: string) => acme.idp.patch(`/Users/${id}`, deactivate)],
    ['removed', 'deprovisioned', (acme: TestOrganization, id: string) => acme.idp.delete(`/Users/${id}`)],
  ])('does not let a person in who is %s', async (_what, reason, send) => {
    const { acme, id, account } = await withTwoNameIds();
    await send(acme, id);
    acme.admissions.length = 0;
    for (const login of [{}, { signedInAccountId: account }, { ssoConnectionId: 'saml-2' }]) {
      expect(await acme.signIn('N-2', login)).toEqual({ result: 'refused', reason });
    }
    expect(await acme.signIn('N-3', { signedInAccountId: account })).toEqual({ result: 'refused', reason });
    expect(acme.admissions).toEqual([]);
    expect(await acme.linkRows()).toHaveLength(2);
  });

  it('is not added to an account that has an identity', async () => {
    const acme = await TestOrganization.of(host);
    await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    const account = await acme.accountOf('E-1');
    expect(await acme.signIn('N-2', { signedInAccountId: account })).toEqual({
      result: 'refused',
      reason: 'account-already-linked',
    });
    expect(await acme.linkRows()).toHaveLength(1);
  });

  it('waits for a removal under way, and is refused after it', async () => {
    const { acme, id } = await withTwoNameIds();
    const [removal, login] = await Promise.all([acme.idp.delete(`/Users/${id}`), acme.signIn('N-2')]);
    expect(removal.status).toBe(204);
    // Either came first; from now on it is out.
    expect(['jit', 'refused']).toContain(login.result);
    expect(await acme.signIn('N-2')).toEqual({ result: 'refused', reason: 'deprovisioned' });
  });

  it('is in again once the person was provisioned again and came in by their own', async () => {
    const { acme, id, account } = await withTwoNameIds();
    await acme.idp.delete(`/Users/${id}`);
    await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    expect(await acme.signIn('N-2')).toMatchObject({ reason: 'deprovisioned' });
    expect(await acme.accountOf('E-1')).toBe(account);
    expect(await acme.signIn('N-2')).toEqual({ result: 'jit', accountId: account });
  });

  it('gives the account to nobody who gets it as a user name later', async () => {
    const { acme, id, account } = await withTwoNameIds();
    await acme.idp.delete(`/Users/${id}`);
    const next = await acme.idp.createUser({ userName: 'n-2', externalId: 'E-2' });
    expect(await acme.identity(next.id)).toMatchObject({ state: 'provisioned', accountId: null });
    const login = await acme.signIn('N-2');
    expect(login).toMatchObject({ result: 'linked', identityId: next.id });
    expect(login).not.toHaveProperty('accountId', account);
  });
});

describe('a removed person whom the host invited again', () => {
  const invited = async (acme: TestOrganization, id: string, account: string, offset: number) => ({
    signedInAccountId: account,
    signedInMemberSince: new Date((await acme.identity(id)).stateChangedAt.getTime() + offset),
  });

  it.each(['E-1', 'N-2', 'N-3'])('comes back by the NameID %s, and the removal is forgotten', async (nameId) => {
    const { acme, id, account } = await withTwoNameIds();
    await acme.idp.delete(`/Users/${id}`);
    const login = await invited(acme, id, account, MINUTE);
    expect(await acme.signIn(nameId, login)).toEqual({ result: 'jit', accountId: account });
    expect(await acme.access(account)).toEqual({ type: 'unmanaged' });
    expect(await acme.identity(id)).toMatchObject({ state: 'deprovisioned', accountId: null });
    for (const again of [nameId, 'E-1', 'N-2']) {
      if (again !== nameId && again === 'E-1' && nameId === 'N-3') continue;
      expect(await acme.signIn(again)).toEqual({ result: 'jit', accountId: account });
    }
    expect(await acme.eventTypes(id)).toEqual(['provisioned', 'linked', 'deprovisioned']);
  });

  it('does not come back where the membership is older than the removal, or nobody says how old it is', async () => {
    const { acme, id, account } = await withTwoNameIds();
    await acme.idp.delete(`/Users/${id}`);
    const logins = [
      { signedInAccountId: account },
      await invited(acme, id, account, 0),
      await invited(acme, id, account, -1),
    ];
    for (const login of logins) {
      for (const nameId of ['E-1', 'N-2', 'N-3', 'ada']) {
        expect(await acme.signIn(nameId, login)).toEqual({ result: 'refused', reason: 'deprovisioned' });
      }
    }
    expect(await acme.access(account)).toMatchObject({ type: 'denied', reason: 'deprovisioned' });
  });

  it('is not let in over a suspension, however new the membership', async () => {
    const { acme, id, account } = await withTwoNameIds();
    await acme.idp.patch(`/Users/${id}`, deactivate);
    const login = await invited(acme, id, account, MINUTE);
    expect(await acme.signIn('N-2', login)).toEqual({ result: 'refused', reason: 'suspended' });
  });

  it('is removed by SCIM again', async () => {
    const { acme, id, account } = await withTwoNameIds();
    await acme.idp.delete(`/Users/${id}`);
    await acme.accountOf('E-1', await invited(acme, id, account, MINUTE));
    const again = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    expect(await acme.access(account)).toEqual({ type: 'allowed', identityId: again.id });
    await acme.idp.delete(`/Users/${again.id}`);
    expect(await acme.access(account)).toMatchObject({ type: 'denied', reason: 'deprovisioned' });
    for (const nameId of ['E-1', 'N-2']) {
      expect(await acme.signIn(nameId)).toEqual({ result: 'refused', reason: 'deprovisioned' });
    }
  });
});
