import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { TestOrganization } from '../../support/test-organization.js';

const USER = { userName: 'Ada@acme.example', externalId: 'E-1' };

let host: ModuleHost;

beforeAll(async () => {
  host = await startModuleHost({ options: { deliverEvents: false } });
});

afterAll(() => host.stop());

describe('a removed user', () => {
  it.each([
    ['the external id, never having signed in', undefined, 'E-1'],
    ['the user name, never having signed in', undefined, 'ADA@acme.example'],
    ['the NameID that was linked by the external id', 'E-1', 'E-1'],
    ['the NameID that was linked by the user name', 'ada@acme.example', 'ada@acme.example'],
    ['the user name, having signed in by the external id', 'E-1', 'ada@acme.example'],
    ['the external id, having signed in by the user name', 'ada@acme.example', 'E-1'],
  ])('does not get back in by %s', async (_what, before, after) => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(USER);
    if (before) await acme.accountOf(before);
    await acme.idp.delete(`/Users/${id}`);
    expect(await acme.signIn(after)).toEqual({ result: 'refused', reason: 'deprovisioned' });
    expect(await acme.signIn(after, { signedInAccountId: 'account-9' })).toMatchObject({ reason: 'deprovisioned' });
    expect(await acme.signIn('somebody else')).toMatchObject({ result: 'jit' });
  });

  it('is refused the old user name as NameID after a rename, too', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada' });
    await acme.accountOf('ada');
    await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'userName', value: 'ada.king' }]);
    await acme.idp.delete(`/Users/${id}`);
    expect(await acme.signIn('ada')).toEqual({ result: 'refused', reason: 'deprovisioned' });
    expect(await acme.signIn('ada.king')).toEqual({ result: 'refused', reason: 'deprovisioned' });
  });

  it('is kept out in its own organization only, and its names stand in no tombstone', async () => {
    const acme = await TestOrganization.of(host);
    const globex = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(USER);
    await globex.idp.createUser(USER);
    await acme.idp.delete(`/Users/${id}`);
    expect(await globex.signIn('E-1')).toMatchObject({ result: 'linked' });
    const rows = await host.dataSource.query(
      'select t::text as text from scim_tombstone t where organization_id = $1',
      [acme.id],
    );
    expect(rows).toHaveLength(1);
    // By fields: hexadecimal text may hold "ada" by chance.
    const fields = rows[0].text.replace(/[()]/g, '').split(',');
    expect(fields).not.toContain('E-1');
    expect(rows[0].text).not.toMatch(/ada@/i);
    expect(rows[0].text).not.toContain(Buffer.from('E-1').toString('hex'));
  });

  it('comes back as a new user with the old account where the external id is equal', async () => {
    const acme = await TestOrganization.of(host);
    const first = await acme.idp.createUser(USER);
    const account = await acme.accountOf('E-1');
    await acme.idp.delete(`/Users/${first.id}`);
    const second = await acme.idp.createUser(USER);
    expect(second.id).not.toBe(first.id);
    expect(await acme.identity(second.id)).toMatchObject({ state: 'provisioned', accountId: null });
    expect(await acme.access(account)).toMatchObject({ type: 'denied', reason: 'deprovisioned' });
    expect(await acme.signIn('E-1')).toEqual({ result: 'linked', accountId: account, identityId: second.id });
    expect(await acme.access(account)).toEqual({ type: 'allowed', identityId: second.id });
    await acme.idp.delete(`/Users/${second.id}`);
    expect(await acme.signIn('E-1')).toEqual({ result: 'refused', reason: 'deprovisioned' });
  });

  it('leaves nothing to the next person with the same user name', async () => {
    const acme = await TestOrganization.of(host);
    const first = await acme.idp.createUser(USER);
    const account = await acme.accountOf('ada@acme.example');
    await acme.idp.delete(`/Users/${first.id}`);
    const second = await acme.idp.createUser({ ...USER, externalId: 'E-2' });
    const outcome = await acme.signIn('ada@acme.example');
    expect(outcome).toMatchObject({ result: 'linked', identityId: second.id });
    expect(outcome).not.toHaveProperty('accountId', account);
    expect(await acme.access(account)).toMatchObject({ type: 'denied', reason: 'deprovisioned' });
    expect(await acme.signIn('E-1')).toEqual({ result: 'refused', reason: 'deprovisioned' });
  });

  it.each([
    ['equal external id', { userName: 'new', externalId: 'E-1' }, 'jit'],
    ['equal user name and no external id', { userName: USER.userName }, 'refused'],
    ['equal user name and another external id', { userName: USER.userName, externalId: 'E-2' }, 'refused'],
    ['external id in other letters', { userName: 'new', externalId: 'e-1' }, 'refused'],
  ])('is let in just in time again only after a creation with an %s', async (_what, user, result) => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(USER);
    await acme.idp.delete(`/Users/${id}`);
    const again = await acme.idp.createUser(user);
    // Out of the way without another tombstone for the names in question.
    await acme.idp.patch(`/Users/${again.id}`, [{ op: 'replace', value: { userName: 'other', externalId: 'other' } }]);
    const nameId = 'externalId' in user && user.externalId === 'E-1' ? USER.userName : 'E-1';
    expect(await acme.signIn(nameId)).toMatchObject({ result });
  });

  it('is unknown to every request, and its names are free', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(USER);
    expect((await acme.idp.delete(`/Users/${id}`)).status).toBe(204);
    const answers = await Promise.all([
      acme.idp.get(`/Users/${id}`),
      acme.idp.put(`/Users/${id}`, USER),
      acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: true }]),
      acme.idp.delete(`/Users/${id}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect((await acme.idp.get('/Users')).body.totalResults).toBe(0);
    expect(await acme.eventTypes()).toEqual(['provisioned', 'deprovisioned']);
    expect((await acme.idp.createUser(USER)).id).not.toBe(id);
  });
});

describe('the external id a login was linked by', () => {
  it('is frozen, whatever the request, while an equal value is no change', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(USER);
    await acme.accountOf('E-1');
    const before = await acme.identity(id);
    const answers = await Promise.all([
      acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'externalId', value: 'E-2' }]),
      acme.idp.patch(`/Users/${id}`, [{ op: 'replace', value: { externalId: 'E-2' } }]),
      acme.idp.patch(`/Users/${id}`, [{ op: 'remove', path: 'externalId' }]),
      acme.idp.put(`/Users/${id}`, { ...USER, externalId: 'E-2' }),
    ]);
    for (const answer of answers) expect(answer).toMatchObject({ status: 400, body: { scimType: 'mutability' } });
    expect((await acme.idp.put(`/Users/${id}`, USER)).status).toBe(200);
    expect((await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'externalId', value: 'E-1' }])).status).toBe(
      200,
    );
    expect(await acme.identity(id)).toEqual(before);
    const renamed = await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'userName', value: 'ada' }]);
    expect(renamed.body).toMatchObject({ userName: 'ada', externalId: 'E-1' });
  });

  it("links and changes nobody by being equal to somebody's account, id, user name or e-mail address", async () => {
    const acme = await TestOrganization.of(host);
    const victim = await acme.idp.createUser({ ...USER, emails: [{ value: 'ada@acme.example' }] });
    const account = await acme.accountOf('E-1');
    const before = await acme.identity(victim.id);
    for (const [index, externalId] of [account, victim.id, 'ada@acme.example', '1'].entries()) {
      const { id } = await acme.idp.createUser({ userName: `other-${index}`, externalId });
      expect(await acme.identity(id)).toMatchObject({ state: 'provisioned', accountId: null });
    }
    expect(await acme.identity(victim.id)).toEqual(before);
    expect(await acme.accountOf('E-1')).toBe(account);
    expect((await acme.idp.post('/Users', { userName: 'number', externalId: 1 })).status).toBe(400);
  });
});
