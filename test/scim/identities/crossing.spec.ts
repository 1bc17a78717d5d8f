import { ScimEntitlements, UsersService } from '../../../src/scim/index.js';
import { countStatements } from '../../support/count-statements.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { newAccount, TestOrganization } from '../../support/test-organization.js';
import { whenWaiting } from '../../support/when-waiting.js';

let host: ModuleHost;

beforeAll(async () => {
  host = await startModuleHost({ options: { deliverEvents: false } });
});

afterAll(() => host.stop());

const users = () => host.app.get(UsersService, { strict: false });
const ADA = { userName: 'ada', externalId: 'E-1' };

describe('somebody provisioned inactive while their first login is on its way', () => {
  it.each(['E-1', 'ADA'])('is out, with the account that the login by %s made', async (nameId) => {
    const acme = await TestOrganization.of(host);
    const account = newAccount();
    let creation: Promise<unknown> = Promise.resolve();
    const login = await acme.signIn(nameId, {}, async () => {
      creation = acme.idp.createUser({ ...ADA, active: false });
      await whenWaiting(host.dataSource, 1);
      return { accountId: account };
    });
    expect(login).toEqual({ result: 'jit', accountId: account });
    await creation;
    expect(await acme.eventTypes()).toEqual(['provisioned', 'linked', 'deactivated']);
    expect(await acme.access(account)).toMatchObject({ type: 'denied', reason: 'suspended' });
    expect(await acme.signIn(nameId)).toEqual({ result: 'refused', reason: 'suspended' });
  });
});

it('costs an active creation one statement, which looks for a link too', async () => {
  const acme = await TestOrganization.of(host);
  await users().create(acme.id, { userName: 'first' });
  const texts = await countStatements(host.dataSource, () => users().create(acme.id, ADA));
  expect(texts).toEqual([expect.stringMatching(/^WITH changed AS .* FROM\s+scim_link/s)]);
});

describe('the host is asked whether SCIM is allowed', () => {
  it.each<[string, (acme: TestOrganization, id: string) => Promise<unknown>]>([
    ['a creation', (acme) => users().create(acme.id, { userName: 'bob' })],
    ['an inactive creation', (acme) => users().create(acme.id, { userName: 'bob', active: false })],
    ['a creation under a link', (acme) => users().create(acme.id, { userName: 'bob', externalId: 'E-2' })],
    ['a removal', (acme, id) => users().delete(acme.id, id)],
    ['a deactivation', (acme, id) => users().replace(acme.id, id, { userName: 'ada', active: false })],
  ])('by %s before it opens a transaction', async (_what, write) => {
    const acme = await TestOrganization.of(host);
    await acme.accountOf('E-2');
    const { id } = await acme.idp.createUser(ADA);
    const inTransaction: number[] = [];
    const entitlement = host.organizations.entitlement.bind(host.organizations);
    host.organizations.entitlement = async (organizationId) => {
      const [{ count }] = await host.dataSource.query(
        `select count(*)::int from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
      );
      inTransaction.push(count);
      return entitlement(organizationId);
    };
    host.app.get(ScimEntitlements, { strict: false }).forget(acme.id);
    await write(acme, id);
    host.organizations.entitlement = entitlement;
    expect(inTransaction).toEqual([0]);
  });
});

describe('an account that gets another identity at the same moment', () => {
  /** Adds the account of E-1 to the identity of E-2, uncommitted until told. */
  async function rival(acme: TestOrganization, account: string): Promise<{ commit(): Promise<void> }> {
    const { id } = await acme.idp.createUser({ userName: 'rival', externalId: 'E-2' });
    const runner = host.dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query(`update scim_identity set account_id = $1, state = 'active' where id = $2`, [account, id]);
    return {
      async commit() {
        await runner.commitTransaction();
        await runner.release();
      },
    };
  }

  it.each([
    ['in a transaction of its own', (acme: TestOrganization) => users().create(acme.id, ADA)],
    [
      "in the host's transaction",
      (acme: TestOrganization) => host.dataSource.transaction((manager) => users().create(acme.id, ADA, { manager })),
    ],
  ])('is left to it by a creation %s', async (_where, create) => {
    const acme = await TestOrganization.of(host);
    const account = await acme.accountOf('E-1');
    const other = await rival(acme, account);
    const creation = create(acme);
    await whenWaiting(host.dataSource, 1);
    await other.commit();
    const { id } = await creation;
    expect(await acme.identity(String(id))).toMatchObject({ state: 'provisioned', accountId: null });
    expect(await acme.eventTypes(String(id))).toEqual(['provisioned']);
  });

  const inactive = { ...ADA, active: false };
  it.each([
    ['in a transaction of its own', (acme: TestOrganization, id: string) => users().replace(acme.id, id, inactive)],
    [
      "in the host's transaction",
      (acme: TestOrganization, id: string) =>
        host.dataSource.transaction((manager) => users().replace(acme.id, id, inactive, { manager })),
    ],
  ])('is left to it by a deactivation %s', async (_where, deactivate) => {
    const acme = await TestOrganization.of(host);
    let id = '';
    // The login crosses the creation: a link without identity, an identity without link.
    const login = await acme.signIn('E-1', {}, async () => {
      ({ id } = await acme.idp.createUser(ADA));
      return { accountId: newAccount() };
    });
    if (login.result === 'refused') throw new Error(login.reason);
    const other = await rival(acme, login.accountId);
    const deactivation = deactivate(acme, id);
    await whenWaiting(host.dataSource, 1);
    await other.commit();
    await deactivation;
    expect(await acme.identity(id)).toMatchObject({ state: 'suspended', accountId: null });
    expect(await acme.access(login.accountId)).toMatchObject({ type: 'allowed' });
  });
});
