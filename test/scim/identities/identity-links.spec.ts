import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { newAccount, TestOrganization } from '../../support/test-organization.js';

let host: ModuleHost;

beforeAll(async () => {
  host = await startModuleHost({ options: { deliverEvents: false } });
});

afterAll(() => host.stop());

describe('signIn', () => {
  it('links a provisioned identity at the first login, once, and changes nothing that SCIM shows', async () => {
    const acme = await TestOrganization.of(host);
    const user = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1', displayName: 'Ada' });
    const before = await acme.identity(user.id);
    const outcome = await acme.signIn('E-1');
    expect(outcome).toEqual({ result: 'linked', accountId: expect.any(String), identityId: user.id });
    if (outcome.result === 'refused') throw new Error(outcome.reason);
    const { accountId } = outcome;
    const after = await acme.identity(user.id);
    expect(after).toEqual({
      ...before,
      state: 'active',
      accountId,
      linkedBy: 'externalId',
      eventSeq: 2,
      stateChangedAt: after.stateChangedAt,
    });
    expect((await acme.idp.get(`/Users/${user.id}`)).body).toEqual(user);

    expect(await acme.accountOf('E-1')).toBe(accountId);
    expect(await acme.eventTypes(user.id)).toEqual(['provisioned', 'linked']);
    expect(await acme.linkRows()).toEqual([{ nameId: 'E-1', accountId, identityId: user.id }]);
    expect(await acme.access(accountId)).toEqual({ type: 'allowed', identityId: user.id });
  });

  it('tells the host who it is asked to admit', async () => {
    const acme = await TestOrganization.of(host);
    const emails = [{ value: 'old@acme.example' }, { value: 'ada@acme.example', primary: true }];
    const { id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1', displayName: 'Ada', emails });
    const account = await acme.accountOf('E-1');
    await acme.accountOf('E-1');
    await acme.accountOf('stranger', { signedInAccountId: 'account-9' });
    const identity = { id, userName: 'ada', externalId: 'E-1', displayName: 'Ada', email: 'ada@acme.example' };
    expect(acme.admissions).toEqual([
      { type: 'linked', identity },
      { type: 'linked', identity, accountId: account },
      { type: 'jit', accountId: 'account-9' },
    ]);
  });

  it.each([
    ['folded, by the user name', { userName: 'Ada@Acme.example' }, 'ADA@acme.EXAMPLE', 'linked'],
    ['in NFC, by the user name', { userName: 'Zo\u00eb' }, 'zoe\u0308', 'linked'],
    ['in NFC, by the external id', { userName: 'zoe', externalId: 'Zo\u00eb' }, 'Zoe\u0308', 'linked'],
    ['byte for byte, not folded, by the external id', { userName: 'ada', externalId: 'E-1' }, 'e-1', 'jit'],
    [
      'never by an e-mail address',
      { userName: 'ada', emails: [{ value: 'ada@acme.example' }] },
      'ada@acme.example',
      'jit',
    ],
    ['with its spaces', { userName: 'ada', externalId: 'E-1' }, 'E-1 ', 'jit'],
  ])('compares a NameID %s', async (_how, user, nameId, result) => {
    const acme = await TestOrganization.of(host);
    await acme.idp.createUser(user);
    expect(await acme.signIn(nameId)).toMatchObject({ result });
  });

  it.each([
    ['refuses', async () => ({ refuse: 'no-seat' })],
    [
      'throws',
      async () => {
        throw new Error('the host failed');
      },
    ],
    ['admits another account than the one it was given', async () => ({ accountId: newAccount() })],
  ])('leaves nothing behind where the host %s', async (how, admit) => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    const before = await acme.identity(id);
    await host.dataSource.query('create table if not exists admitted (organization text)');
    const login = acme.signIn('E-1', { signedInAccountId: 'account-1' }, async (_admission, manager) => {
      await manager.query('insert into admitted values ($1)', [acme.id]);
      return admit();
    });
    if (how === 'refuses') expect(await login).toEqual({ result: 'refused', reason: 'no-seat' });
    else await expect(login).rejects.toThrow('host');
    expect(await acme.identity(id)).toEqual(before);
    expect(await acme.linkRows()).toEqual([]);
    expect(await acme.eventTypes()).toEqual(['provisioned']);
    expect(await host.dataSource.query('select * from admitted where organization = $1', [acme.id])).toEqual([]);
    expect(await acme.signIn('E-1')).toMatchObject({ result: 'linked', identityId: id });
  });

  it.each([{ user: { userName: 'ada', externalId: 'E-1' } }, { user: undefined }])(
    'makes one account of first logins of one NameID at the same time (identity: $user.userName)',
    async ({ user }) => {
      const acme = await TestOrganization.of(host);
      if (user) await acme.idp.createUser(user);
      const accounts = await Promise.all(Array.from({ length: 6 }, () => acme.accountOf('E-1')));
      expect(new Set(accounts).size).toBe(1);
      expect(await acme.linkRows()).toHaveLength(1);
      expect(acme.admissions.filter(({ accountId }) => accountId === undefined)).toHaveLength(1);
      expect(await acme.eventTypes()).toEqual(user ? ['provisioned', 'linked'] : []);
    },
  );

  it('refuses an account that another identity has', async () => {
    const acme = await TestOrganization.of(host);
    await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    const { id } = await acme.idp.createUser({ userName: 'bob', externalId: 'E-2' });
    const account = await acme.accountOf('E-1');
    expect(await acme.signIn('E-2', { signedInAccountId: account })).toEqual({
      result: 'refused',
      reason: 'account-already-linked',
    });
    expect(await acme.identity(id)).toMatchObject({ state: 'provisioned', accountId: null, eventSeq: 1 });
    expect(await acme.linkRows()).toHaveLength(1);
  });

  it('refuses a transient NameID without asking anybody', async () => {
    const acme = await TestOrganization.of(host);
    await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    const nameIdFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
    const outcome = await acme.signIn('E-1', { nameIdFormat });
    expect(outcome).toEqual({ result: 'refused', reason: 'unusable-name-id' });
    expect(acme.admissions).toEqual([]);
  });

  it('lets another SSO connection inherit no link', async () => {
    const acme = await TestOrganization.of(host);
    await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    await acme.accountOf('E-1');
    expect(await acme.signIn('E-1', { ssoConnectionId: 'saml-2' })).toEqual({
      result: 'refused',
      reason: 'identity-already-linked',
    });
    const stranger = await acme.accountOf('stranger');
    expect(await acme.accountOf('stranger', { ssoConnectionId: 'saml-2' })).not.toBe(stranger);
  });

  it("refuses a NameID that is one person's external id and another's user name", async () => {
    const acme = await TestOrganization.of(host);
    await acme.idp.createUser({ userName: 'ada', externalId: 'bob' });
    await acme.idp.createUser({ userName: 'bob', externalId: 'E-2' });
    expect(await acme.signIn('bob')).toEqual({ result: 'refused', reason: 'ambiguous' });
    expect(await acme.signIn('E-2')).toMatchObject({ result: 'linked' });
  });

  it('keeps the link of a person whose user name was changed, and never gives it to the next with that name', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada' });
    const account = await acme.accountOf('ada');
    const renamed = await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'userName', value: 'ada.king' }]);
    expect(renamed.status).toBe(200);
    expect(await acme.accountOf('ada')).toBe(account);
    const next = await acme.idp.createUser({ userName: 'ada' });
    expect(next.active).toBe(true);
    expect(await acme.identity(next.id)).toMatchObject({ state: 'provisioned', accountId: null });
    expect(await acme.accountOf('ada')).toBe(account);
    expect(await acme.signIn('ada.king')).toEqual({ result: 'refused', reason: 'identity-already-linked' });
  });
});

describe('access', () => {
  it('is denied from a deactivation and from a removal on, and says since when', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    const account = await acme.accountOf('E-1');
    await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]);
    const { stateChangedAt } = await acme.identity(id);
    expect(await acme.access(account)).toEqual({ type: 'denied', reason: 'suspended', since: stateChangedAt });
    expect(await acme.signIn('E-1')).toEqual({ result: 'refused', reason: 'suspended' });
    await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: true }]);
    expect(await acme.access(account)).toEqual({ type: 'allowed', identityId: id });
    expect(await acme.accountOf('E-1')).toBe(account);
    await acme.idp.delete(`/Users/${id}`);
    expect(await acme.access(account)).toMatchObject({ type: 'denied', reason: 'deprovisioned' });
  });

  it('is no business of SCIM where no identity was ever linked', async () => {
    const acme = await TestOrganization.of(host);
    const account = await acme.accountOf('stranger');
    expect(await acme.access(account)).toEqual({ type: 'unmanaged' });
    expect(await acme.access('account-of-nobody')).toEqual({ type: 'unmanaged' });
  });

  it("is each organization's own, as links are", async () => {
    const acme = await TestOrganization.of(host);
    const globex = await TestOrganization.of(host);
    const user = { userName: 'ada', externalId: 'E-1' };
    const inAcme = await acme.idp.createUser(user);
    const inGlobex = await globex.idp.createUser(user);
    const account = await acme.accountOf('E-1', { signedInAccountId: 'account-of-both' });
    expect(await globex.access(account)).toEqual({ type: 'unmanaged' });
    expect(await globex.identity(inGlobex.id)).toMatchObject({ state: 'provisioned' });
    expect(await globex.accountOf('E-1', { signedInAccountId: account })).toBe(account);
    await acme.idp.delete(`/Users/${inAcme.id}`);
    expect(await acme.access(account)).toMatchObject({ type: 'denied' });
    expect(await globex.access(account)).toEqual({ type: 'allowed', identityId: inGlobex.id });
    expect(await globex.accountOf('E-1')).toBe(account);
  });
});
