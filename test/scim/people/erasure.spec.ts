import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  IdentityLinksService,
  OnScimEvent,
  ScimIdentitiesService,
  UserErased,
  UserUpdated,
} from '../../../src/scim/index.js';
import { ScimRelay } from '../../../src/scim/events/scim-relay.js';
import { RefusedLogins } from '../../../src/scim/identities/refused-logins.js';
import { ScimLog } from '../../../src/scim/log/scim-log.js';
import { PeopleUpkeep } from '../../../src/scim/people/people-upkeep.js';
import { identitiesOf, SCIM_OPTIONS, type ScimModuleOptions } from '../../../src/scim/scim.options.js';
import { findTexts } from '../../support/find-texts.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { TestOrganization } from '../../support/test-organization.js';
import { whenWaiting } from '../../support/when-waiting.js';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** Fails with the name of whom it failed for. */
@Injectable()
class Gossip {
  readonly erased: UserErased[] = [];

  @OnScimEvent(UserUpdated, { consumer: 'gossip.tell' })
  async tell({ userName }: UserUpdated): Promise<void> {
    throw new Error(`I cannot find ${userName}`);
  }

  @OnScimEvent(UserErased, { consumer: 'gossip.forget' })
  async forget(event: UserErased): Promise<void> {
    this.erased.push(event);
  }
}

let host: ModuleHost;

beforeAll(async () => {
  host = await startModuleHost({
    providers: [Gossip],
    options: { deliverEvents: false, identities: { retentionDays: 30 } },
  });
});

afterAll(() => host.stop());

const people = (): ScimIdentitiesService => host.app.get(ScimIdentitiesService, { strict: false });
const upkeep = (): PeopleUpkeep => host.app.get(PeopleUpkeep, { strict: false });
const relay = (): ScimRelay => host.app.get(ScimRelay, { strict: false });
const text = (): string => `q${randomUUID().replaceAll('-', '')}`;

/** Waits for what nobody waits for. */
async function whenWritten(): Promise<void> {
  await host.app.get(ScimLog, { strict: false }).flush();
  await host.app.get(RefusedLogins, { strict: false }).onModuleDestroy();
}

/** Somebody whose every value is found again wherever it stands. */
function aPerson() {
  const texts = Object.fromEntries(
    [
      'userName',
      'renamed',
      'externalId',
      'displayName',
      'givenName',
      'email',
      'oldEmail',
      'phone',
      'street',
      'employeeNumber',
      'otherNameId',
      'refusedNameId',
    ].map((name) => [name, text()]),
  );
  const user = {
    userName: texts['userName'],
    externalId: texts['externalId'],
    displayName: texts['displayName'],
    name: { givenName: texts['givenName'] },
    emails: [{ value: `${texts['oldEmail']}@acme.example` }],
    phoneNumbers: [{ value: texts['phone'] }],
    addresses: [{ streetAddress: texts['street'] }],
    [ENTERPRISE]: { employeeNumber: texts['employeeNumber'] },
  };
  return { texts, user, all: Object.values(texts) };
}

describe('an erased person', () => {
  it('is found nowhere in the database by any of their names, values and NameIDs', async () => {
    const acme = await TestOrganization.of(host);
    const { texts, user, all } = aPerson();
    const { userName = '', renamed = '', externalId = '', email = '', otherNameId = '', refusedNameId = '' } = texts;
    const account = await acme.accountOf(otherNameId);
    const { id } = await acme.idp.createUser(user);
    await acme.accountOf(externalId, { signedInAccountId: account });
    expect(await acme.signIn(externalId, { ssoConnectionId: 'saml-2' })).toMatchObject({ result: 'refused' });
    await acme.idp.post('/Groups', { displayName: 'Team', members: [{ value: id }] });
    await acme.idp.filterUsers(`userName eq "${userName}"`);
    await acme.idp.patch(`/Users/${id}`, [
      { op: 'replace', value: { userName: renamed, emails: [{ value: `${email}@acme.example` }] } },
    ]);
    expect((await acme.idp.post('/Users', { userName: renamed })).status).toBe(409);
    await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]);
    expect(await acme.signIn(externalId)).toMatchObject({ reason: 'suspended' });
    expect(await acme.signIn(refusedNameId, { allowJit: false })).toMatchObject({ reason: 'jit-disabled' });
    await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'externalId', value: externalId }]);
    await relay().tick();
    await whenWritten();
    const before = await findTexts(host.dataSource, all);
    expect(before).toEqual([
      'scim_identity',
      'scim_link',
      'scim_log',
      'scim_outbox',
      'scim_outbox_delivery',
      'scim_refused_login',
    ]);

    await people().erase(acme.id, id, 'account-admin');
    await relay().tick();
    await whenWritten();
    // A NameID that was never let in is nobody's: it goes with its age.
    const left = all.filter((one) => one !== refusedNameId);
    expect(await findTexts(host.dataSource, left)).toEqual([]);
    expect(await findTexts(host.dataSource, [refusedNameId])).toEqual(['scim_refused_login']);
    expect(await acme.eventTypes(id)).toEqual([
      'provisioned',
      'linked',
      'updated',
      'deactivated',
      'deprovisioned',
      'erased',
    ]);
    const [told] = host.app.get(Gossip, { strict: false }).erased.filter(({ identityId }) => identityId === id);
    expect(told).toMatchObject({ accountId: account, actorId: 'account-admin', reason: 'admin', userName: '' });
    expect(told).not.toHaveProperty('externalId');
  });

  it('stays out by every name they had, and leaves the account denied', async () => {
    const acme = await TestOrganization.of(host);
    const account = await acme.accountOf('N-other');
    const { id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    await acme.accountOf('E-1', { signedInAccountId: account });
    await acme.idp.delete(`/Users/${id}`);
    await people().erase(acme.id, id);
    acme.admissions.length = 0;
    for (const nameId of ['E-1', 'ada', 'ADA', 'N-other']) {
      expect([nameId, await acme.signIn(nameId)]).toEqual([nameId, { result: 'refused', reason: 'deprovisioned' }]);
    }
    expect(await acme.signIn('E-1', { signedInAccountId: account })).toMatchObject({ reason: 'deprovisioned' });
    expect(acme.admissions).toEqual([]);
    expect(await acme.access(account)).toMatchObject({ type: 'denied', reason: 'deprovisioned' });
    expect(await acme.linkRows()).toEqual([]);
  });

  it('comes back where somebody invites the account again', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    const account = await acme.accountOf('E-1');
    await acme.idp.delete(`/Users/${id}`);
    await people().erase(acme.id, id);
    const signedInMemberSince = new Date(Date.now() + 60_000);
    expect(await acme.signIn('E-1', { signedInAccountId: account, signedInMemberSince })).toEqual({
      result: 'jit',
      accountId: account,
    });
    expect(await acme.access(account)).toEqual({ type: 'unmanaged' });
  });

  it('leaves the user name to the next one, who inherits nothing', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1', displayName: 'Ada King' });
    const account = await acme.accountOf('ada');
    await acme.idp.delete(`/Users/${id}`);
    await people().erase(acme.id, id);
    const next = await acme.idp.createUser({ userName: 'ada', externalId: 'E-2' });
    expect(next).not.toHaveProperty('displayName');
    const outcome = await acme.signIn('ada');
    expect(outcome).toMatchObject({ result: 'linked', identityId: next.id });
    expect(outcome).not.toHaveProperty('accountId', account);
    expect(await acme.access(account)).toMatchObject({ type: 'denied' });
  });

  it('takes nothing from the same person who was provisioned again', async () => {
    const acme = await TestOrganization.of(host);
    const first = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    const account = await acme.accountOf('E-1');
    await acme.idp.delete(`/Users/${first.id}`);
    const second = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    await people().erase(acme.id, first.id);
    expect(await acme.signIn('E-1')).toEqual({ result: 'linked', accountId: account, identityId: second.id });
    expect((await acme.idp.get(`/Users/${second.id}`)).body).toMatchObject({ userName: 'ada', externalId: 'E-1' });
  });

  it('is shown as erased, with a history that names nobody', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada.king', externalId: 'E-king' });
    await acme.idp.delete(`/Users/${id}`);
    await people().erase(acme.id, id, 'account-admin');
    await people().erase(acme.id, id, 'account-other');
    const details = await people().get(acme.id, id);
    expect(details).toMatchObject({ userName: '', externalId: null, attributes: {}, link: null, groups: [] });
    expect(details.erasedAt).toBeInstanceOf(Date);
    const { entries } = await people().history(acme.id, id, { limit: 10 });
    expect(entries.map(({ type, by }) => [type, by.type, by.actorId])).toEqual([
      ['scim.user.erased', 'admin', 'account-admin'],
      ['scim.user.deprovisioned', 'token', null],
      ['scim.user.provisioned', 'token', null],
    ]);
    expect(JSON.stringify([details, entries])).not.toMatch(/king/i);
  });

  it('is looked for once more in what other processes logged meanwhile', async () => {
    const acme = await TestOrganization.of(host);
    const name = text();
    const { id } = await acme.idp.createUser({ userName: name });
    await acme.idp.delete(`/Users/${id}`);
    await people().erase(acme.id, id);
    await acme.idp.filterUsers(`userName eq "${name}"`);
    await whenWritten();
    expect(await findTexts(host.dataSource, [name])).toEqual(['scim_log']);
    await upkeep().tick();
    expect(await findTexts(host.dataSource, [name])).toEqual([]);
  });
});

describe('an erasure', () => {
  it.each([
    ['provisioned', async () => undefined],
    ['active', (acme: TestOrganization) => acme.accountOf('E-1')],
  ])('is refused while the person is %s, who would come back with the next request', async (state, prepare) => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    await prepare(acme);
    await expect(people().erase(acme.id, id)).rejects.toMatchObject({ status: 409 });
    expect(await acme.identity(id)).toMatchObject({ state, userName: 'ada', erasedAt: null });
  });

  it('asks the host before it removes somebody who is suspended', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    const account = await acme.accountOf('E-1');
    await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]);
    host.organizations.protectedAccounts.add(account);
    await expect(people().erase(acme.id, id)).rejects.toMatchObject({ status: 409, message: 'Last owner.' });
    expect(await acme.identity(id)).toMatchObject({ state: 'suspended', userName: 'ada' });
    host.organizations.protectedAccounts.delete(account);
    await people().erase(acme.id, id);
    expect(await acme.identity(id)).toMatchObject({ state: 'deprovisioned', userName: '', accountId: account });
  });

  it('knows nobody of another organization, and nobody by another id', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada' });
    await acme.idp.delete(`/Users/${id}`);
    for (const [organization, unknown] of [
      [randomUUID(), id],
      [acme.id, randomUUID()],
      [acme.id, 'ada'],
    ] as const) {
      await expect(people().erase(organization, unknown)).rejects.toMatchObject({ status: 404 });
    }
    expect(await acme.identity(id)).toMatchObject({ userName: 'ada' });
  });

  it('happens once where two admins want it at the same moment', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada' });
    await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]);
    await Promise.all(Array.from({ length: 4 }, () => people().erase(acme.id, id)));
    const types = await acme.eventTypes(id);
    expect(types).toEqual(['provisioned', 'deactivated', 'deprovisioned', 'erased']);
  });
});

describe('people who were removed long ago', () => {
  const removedSince = (organizationId: string, age: string, ids: readonly string[]): Promise<unknown> =>
    host.dataSource.query(
      `update scim_identity set state_changed_at = now() - $3::interval where organization_id = $1 and id = any ($2::uuid[])`,
      [organizationId, ids, age],
    );

  it('are erased once each by any number of processes, and nobody before the time', async () => {
    const acme = await TestOrganization.of(host);
    const ids: string[] = [];
    for (let number = 0; number < 25; number += 1) {
      const { id } = await acme.idp.createUser({ userName: `user-${number}` });
      await acme.idp.delete(`/Users/${id}`);
      ids.push(id);
    }
    const [kept = '', broken = '', ...old] = ids;
    await removedSince(acme.id, '31 days', [broken, ...old]);
    await removedSince(acme.id, '29 days 23 hours', [kept]);
    // One that cannot be erased holds back nobody.
    await host.dataSource.query(
      `insert into scim_outbox (id, organization_id, aggregate_type, aggregate_id, aggregate_seq, type, payload)
       values (gen_random_uuid(), $1, 'user', $2, 3, 'scim.user.updated', '{}')`,
      [acme.id, broken],
    );
    const counts = await Promise.all([upkeep().tick(), upkeep().tick(), upkeep().tick()]);
    expect(counts.reduce((sum, count) => sum + count)).toBe(old.length);
    const rows: { id: string; erased: boolean }[] = await host.dataSource.query(
      `select id, erased_at is not null as erased from scim_identity where organization_id = $1`,
      [acme.id],
    );
    expect(new Set(rows.filter(({ erased }) => !erased).map(({ id }) => id))).toEqual(new Set([kept, broken]));
    const erasures = (await acme.events()).filter(({ type }) => type === UserErased.type);
    expect(erasures).toHaveLength(old.length);
    expect(erasures[0]?.payload).toMatchObject({ reason: 'retention' });
    expect(await acme.signIn('user-20')).toEqual({ result: 'refused', reason: 'deprovisioned' });
    const { entries } = await people().history(acme.id, old[0] ?? '', { limit: 1 });
    expect(entries).toMatchObject([{ by: { type: 'retention' }, reason: 'retention' }]);
  });

  it.each([0, -1, 1.5, Number.NaN, 40_000])('are not kept for %d days', (retentionDays) => {
    const options = host.app.get<ScimModuleOptions>(SCIM_OPTIONS, { strict: false });
    expect(() => identitiesOf({ ...options, identities: { retentionDays } })).toThrow('must be whole days');
    expect(identitiesOf({ ...options, identities: {} })).toEqual({ retentionDays: 90 });
    expect(identitiesOf({ ...options, identities: { retentionDays: 'never' } })).toEqual({ retentionDays: 'never' });
  });
});

describe('an organization that the host deletes', () => {
  const links = (): IdentityLinksService => host.app.get(IdentityLinksService, { strict: false });

  /** With rows wherever there can be some. */
  async function anOrganization(): Promise<TestOrganization> {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada', externalId: 'E-1' });
    await acme.accountOf('E-1');
    await acme.signIn('E-9', { allowJit: false });
    const bob = await acme.idp.createUser({ userName: 'bob', externalId: 'E-2' });
    await acme.accountOf('E-2');
    await people().unlink(acme.id, bob.id);
    const { body } = await acme.idp.post('/Groups', { displayName: 'Team', members: [{ value: id }] });
    await acme.idp.post('/Groups', { displayName: 'All', members: [{ value: body.id }] });
    const gone = await acme.idp.createUser({ userName: 'gone' });
    await acme.idp.delete(`/Users/${gone.id}`);
    await whenWritten();
    return acme;
  }

  /** Tables with rows of it, with how many. */
  async function rowsOf(organizationId: string): Promise<Record<string, number>> {
    const tables: { name: string }[] = await host.dataSource.query(
      `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'organization_id'`,
    );
    const counts: Record<string, number> = {};
    for (const { name } of tables) {
      const [{ count }] = await host.dataSource.query(
        `select count(*)::int as count from ${name} where organization_id = $1`,
        [organizationId],
      );
      if (count > 0) counts[name] = count;
    }
    return counts;
  }

  it('leaves no row anywhere, and its token is refused', async () => {
    const acme = await anOrganization();
    const globex = await anOrganization();
    const before = await rowsOf(acme.id);
    expect(Object.keys(before)).toEqual(
      expect.arrayContaining(['scim_outbox', 'scim_log', 'scim_link', 'scim_tombstone', 'scim_unlinked_account']),
    );
    const other = await rowsOf(globex.id);
    await links().organizationRemoved(acme.id);
    expect(await rowsOf(acme.id)).toEqual({});
    expect((await acme.idp.get('/Users')).status).toBe(401);
    expect(await rowsOf(globex.id)).toEqual(other);
    await links().organizationRemoved(acme.id);
    await links().organizationRemoved(randomUUID());
  });

  it('goes with the transaction of the host: its tokens at once, its rows soon after', async () => {
    const acme = await anOrganization();
    const rolledBack = host.dataSource.transaction(async (manager) => {
      await links().organizationRemoved(acme.id, manager);
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect((await acme.idp.get('/Users')).status).toBe(200);
    await host.dataSource.transaction((manager) => links().organizationRemoved(acme.id, manager));
    await upkeep().tick();
    expect((await acme.idp.get('/Users')).status).toBe(401);
    expect(await rowsOf(acme.id)).toEqual({});
  });

  it('is not forgotten before its last row is gone, also where another process is at them', async () => {
    const acme = await TestOrganization.of(host);
    await host.dataSource.query(
      `insert into scim_outbox (id, organization_id, aggregate_type, aggregate_id, aggregate_seq, type, payload)
       select gen_random_uuid(), $1, 'user', gen_random_uuid(), 1, 'scim.user.updated', '{}' from generate_series(1, 2500)`,
      [acme.id],
    );
    const other = host.dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query(
      `delete from scim_outbox where ctid = any (array(select ctid from scim_outbox where organization_id = $1 limit 2000))`,
      [acme.id],
    );
    const removal = links().organizationRemoved(acme.id);
    await Promise.race([removal, whenWaiting(host.dataSource, 1)]);
    await other.commitTransaction();
    await other.release();
    await removal;
    await upkeep().tick();
    expect(await rowsOf(acme.id)).toEqual({});
  });

  it('holds up nobody where its rows cannot be deleted', async () => {
    const [stuck, acme] = [await anOrganization(), await anOrganization()];
    await host.dataSource.query(
      `create table keeper (identity_id uuid references scim_identity (id));
       insert into keeper select id from scim_identity where organization_id = '${stuck.id}'`,
    );
    await links().organizationRemoved(stuck.id);
    await host.dataSource.transaction((manager) => links().organizationRemoved(acme.id, manager));
    await upkeep().tick();
    expect(await rowsOf(acme.id)).toEqual({});
    expect(await rowsOf(stuck.id)).toMatchObject({ scim_identity: 3 });
    await host.dataSource.query('drop table keeper');
    await upkeep().tick();
    expect(await rowsOf(stuck.id)).toEqual({});
  });
});
