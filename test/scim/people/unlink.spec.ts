import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  IdentityLinksService,
  OnScimEvent,
  type RemovedAccount,
  ScimIdentitiesService,
  UserDeactivated,
  UserLinked,
  UserUnlinked,
} from '../../../src/scim/index.js';
import { ScimRelay } from '../../../src/scim/events/scim-relay.js';
import { ScimEntitlements } from '../../../src/scim/tokens/scim-entitlements.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { newAccount, TestOrganization } from '../../support/test-organization.js';

const ADA = { userName: 'ada', externalId: 'E-1' };
const deactivate = [{ op: 'replace', path: 'active', value: false }];
const MINUTE = 60_000;

/** What a host would do with memberships: here it notes whom it was told of. */
@Injectable()
class Memberships {
  readonly told: string[] = [];
  failing = false;

  @OnScimEvent([UserLinked, UserUnlinked, UserDeactivated], { consumer: 'memberships.follow' })
  async follow({ type, accountId }: UserLinked | UserUnlinked | UserDeactivated): Promise<void> {
    if (type === UserUnlinked.type && this.failing) throw new Error('not now');
    this.told.push(`${type.replace('scim.user.', '')} ${accountId}`);
  }
}

let host: ModuleHost;

beforeAll(async () => {
  host = await startModuleHost({ providers: [Memberships], options: { deliverEvents: false } });
});

afterAll(() => host.stop());

const people = (): ScimIdentitiesService => host.app.get(ScimIdentitiesService, { strict: false });
const links = (): IdentityLinksService => host.app.get(IdentityLinksService, { strict: false });

/** Somebody whose first login came from a colleague's browser, and got the colleague's account. */
async function wronglyLinked() {
  const acme = await TestOrganization.of(host);
  const { id, meta } = await acme.idp.createUser(ADA);
  const colleague = newAccount();
  await acme.accountOf('E-1', { signedInAccountId: colleague });
  return { acme, id, colleague, version: meta.version };
}

describe('the end of a link', () => {
  it('takes the access of the account, and the next login links anew', async () => {
    const { acme, id, colleague, version } = await wronglyLinked();
    const since = Date.now();
    await people().unlink(acme.id, id, 'account-admin');
    expect(await acme.identity(id)).toMatchObject({ state: 'provisioned', accountId: null, linkedBy: null });
    const access = await acme.access(colleague);
    expect(access).toEqual({ type: 'denied', reason: 'unlinked', since: expect.any(Date) });
    expect(access.type === 'denied' && access.since.getTime()).toBeGreaterThanOrEqual(since - MINUTE);
    const [, , unlinked] = await acme.events(id);
    expect(unlinked).toMatchObject({
      type: 'scim.user.unlinked',
      payload: { accountId: colleague, reason: 'admin', actorId: 'account-admin', state: 'provisioned' },
    });
    // Nothing that SCIM shows has changed, and the external id may change again.
    expect((await acme.idp.get(`/Users/${id}`)).headers.etag).toBe(version);
    const account = await acme.accountOf('E-1');
    expect(account).not.toBe(colleague);
    expect(await acme.identity(id)).toMatchObject({ state: 'active', accountId: account, linkedBy: 'externalId' });
    expect(await acme.access(account)).toEqual({ type: 'allowed', identityId: id });
    expect(await acme.access(colleague)).toMatchObject({ reason: 'unlinked' });
    expect(await acme.eventTypes(id)).toEqual(['provisioned', 'linked', 'unlinked', 'linked']);
  });

  it('gives the external id back to the identity provider', async () => {
    const { acme, id } = await wronglyLinked();
    await people().unlink(acme.id, id);
    const answer = await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'externalId', value: 'E-2' }]);
    expect(answer.status).toBe(200);
    expect(await acme.signIn('E-2')).toMatchObject({ result: 'linked', identityId: id });
  });

  it('is not undone by a login that the account began before', async () => {
    const { acme, id, colleague } = await wronglyLinked();
    const begun = { signedInAccountId: colleague, signedInMemberSince: new Date(Date.now() - MINUTE) };
    await people().unlink(acme.id, id);
    expect(await acme.accountOf('E-1', begun)).not.toBe(colleague);
    expect(await acme.access(colleague)).toMatchObject({ reason: 'unlinked' });
  });

  it('is over for an account that was invited again, or comes in by a login of its own', async () => {
    const { acme, id, colleague } = await wronglyLinked();
    await people().unlink(acme.id, id);
    const invited = { signedInAccountId: colleague, signedInMemberSince: new Date(Date.now() + MINUTE) };
    expect(await acme.accountOf('N-colleague', invited)).toBe(colleague);
    expect(await acme.access(colleague)).toEqual({ type: 'unmanaged' });
    await acme.accountOf('E-1');
    const second = await wronglyLinked();
    await people().unlink(second.acme.id, second.id);
    await second.acme.idp.createUser({ userName: 'colleague', externalId: 'E-colleague' });
    expect(await second.acme.accountOf('E-colleague', { ...invited, signedInAccountId: second.colleague })).toBe(
      second.colleague,
    );
    expect(await second.acme.access(second.colleague)).toMatchObject({ type: 'allowed' });
  });

  it('leaves a suspended person suspended', async () => {
    const { acme, id, colleague } = await wronglyLinked();
    await acme.idp.patch(`/Users/${id}`, deactivate);
    await people().unlink(acme.id, id);
    expect(await acme.identity(id)).toMatchObject({ state: 'suspended', accountId: null });
    expect(await acme.access(colleague)).toMatchObject({ type: 'denied', reason: 'unlinked' });
    expect(await acme.signIn('E-1')).toEqual({ result: 'refused', reason: 'suspended' });
    await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: true }]);
    expect(await acme.identity(id)).toMatchObject({ state: 'provisioned' });
    expect(await acme.accountOf('E-1')).not.toBe(colleague);
  });

  it('is refused where the host protects the account, and changes nothing then', async () => {
    const { acme, id, colleague } = await wronglyLinked();
    host.organizations.protectedAccounts.add(colleague);
    const before = await acme.identity(id);
    await expect(people().unlink(acme.id, id)).rejects.toMatchObject({ status: 409, message: 'Last owner.' });
    expect(await acme.identity(id)).toEqual(before);
    expect(await acme.access(colleague)).toMatchObject({ type: 'allowed' });
    expect(await acme.linkRows()).toHaveLength(1);
  });

  it('is nothing where there is no link, happens once, and not to whom is removed or unknown', async () => {
    const { acme, id, colleague } = await wronglyLinked();
    await Promise.all(Array.from({ length: 4 }, () => people().unlink(acme.id, id)));
    await people().unlink(acme.id, id);
    expect(await acme.eventTypes(id)).toEqual(['provisioned', 'linked', 'unlinked']);
    expect(await acme.access(colleague)).toMatchObject({ reason: 'unlinked' });
    for (const [organization, unknown] of [
      [randomUUID(), id],
      [acme.id, randomUUID()],
      [acme.id, 'ada'],
    ] as const) {
      await expect(people().unlink(organization, unknown)).rejects.toMatchObject({ status: 404 });
    }
    await acme.idp.delete(`/Users/${id}`);
    await expect(people().unlink(acme.id, id)).rejects.toMatchObject({ status: 409 });
  });

  it('is told even where the next account of the person is cut off before', async () => {
    const memberships = host.app.get(Memberships, { strict: false });
    const relay = host.app.get(ScimRelay, { strict: false });
    const { acme, id, colleague } = await wronglyLinked();
    await relay.tick();
    memberships.told.length = 0;
    memberships.failing = true;
    await people().unlink(acme.id, id);
    await relay.tick();
    const account = await acme.accountOf('E-1');
    await acme.idp.patch(`/Users/${id}`, deactivate);
    await relay.tick();
    // Others of this file's people are told of, too.
    const told = (): string[] => memberships.told.filter((one) => one.includes(account) || one.includes(colleague));
    // The deactivation overtakes the end of the other account's link, and makes void what is about its own only.
    expect(told()).toEqual([`deactivated ${account}`]);
    memberships.failing = false;
    await host.dataSource.query(`update scim_outbox_delivery set next_at = now() where aggregate_id = $1`, [id]);
    await relay.tick();
    expect(told()).toEqual([`deactivated ${account}`, `unlinked ${colleague}`]);
  });
});

describe('an account or membership that the host removes itself', () => {
  const removed = (account: RemovedAccount): Promise<void> => links().accountRemoved(account);

  it('waits for the next login with a new account where the account is gone, in every organization', async () => {
    const acme = await TestOrganization.of(host);
    const globex = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(ADA);
    const other = await globex.idp.createUser(ADA);
    const account = await acme.accountOf('E-1');
    await globex.accountOf('E-1', { signedInAccountId: account });
    host.organizations.protectedAccounts.add(account);
    await removed({ accountId: account, actorId: 'account-support' });
    for (const [organization, identityId] of [
      [acme, id],
      [globex, other.id],
    ] as const) {
      expect(await organization.identity(identityId)).toMatchObject({ state: 'provisioned', accountId: null });
      expect(await organization.access(account)).toEqual({ type: 'unmanaged' });
      expect(await organization.linkRows()).toEqual([]);
      expect((await organization.events(identityId)).at(-1)).toMatchObject({
        type: 'scim.user.unlinked',
        payload: { accountId: account, reason: 'account-removed', actorId: 'account-support' },
      });
      expect(await organization.accountOf('E-1')).not.toBe(account);
    }
    await removed({ accountId: account });
    await removed({ accountId: newAccount() });
  });

  it('keeps out whom SCIM keeps out, by a second NameID of the account, too', async () => {
    const acme = await TestOrganization.of(host);
    const account = await acme.accountOf('N-2');
    const { id } = await acme.idp.createUser(ADA);
    await acme.accountOf('E-1', { signedInAccountId: account });
    await acme.idp.delete(`/Users/${id}`);
    await removed({ accountId: account });
    expect(await acme.linkRows()).toEqual([]);
    for (const nameId of ['E-1', 'ada', 'N-2']) {
      expect([nameId, await acme.signIn(nameId)]).toEqual([nameId, { result: 'refused', reason: 'deprovisioned' }]);
    }
  });

  it('leads back to the same account after the end of a membership', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(ADA);
    const account = await acme.accountOf('E-1');
    await removed({ accountId: account, organizationId: acme.id });
    expect(await acme.identity(id)).toMatchObject({ state: 'provisioned', accountId: null });
    expect(await acme.access(account)).toEqual({ type: 'unmanaged' });
    expect((await acme.events(id)).at(-1)?.payload).toMatchObject({ reason: 'membership-removed' });
    expect(await acme.signIn('E-1')).toEqual({ result: 'linked', accountId: account, identityId: id });
  });

  it('is cut off with the person, though no login came after it', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(ADA);
    const account = await acme.accountOf('E-1');
    await removed({ accountId: account, organizationId: acme.id });
    await acme.idp.patch(`/Users/${id}`, deactivate);
    expect(await acme.access(account)).toMatchObject({ type: 'denied', reason: 'suspended' });
  });

  it('links a person anew whose NameID is none of their names any more', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada' });
    const account = await acme.accountOf('ada');
    await acme.idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'userName', value: 'ada.king' }]);
    await removed({ accountId: account, organizationId: acme.id });
    expect(await acme.linkRows()).toEqual([]);
    expect(await acme.signIn('ada.king')).toMatchObject({ result: 'linked', identityId: id });
  });

  it('is released without a question to the host, which may know nothing of the organization any more', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(ADA);
    const account = await acme.accountOf('E-1');
    host.app.get(ScimEntitlements, { strict: false }).forget(acme.id);
    host.organizations.failing = true;
    try {
      await removed({ accountId: account });
    } finally {
      host.organizations.failing = false;
    }
    expect(await acme.identity(id)).toMatchObject({ state: 'provisioned', accountId: null });
  });

  it('goes with the transaction of the host', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser(ADA);
    const account = await acme.accountOf('E-1');
    const before = await acme.identity(id);
    const rolledBack = host.dataSource.transaction(async (manager) => {
      await links().accountRemoved({ accountId: account }, manager);
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect(await acme.identity(id)).toEqual(before);
    await host.dataSource.transaction((manager) => links().accountRemoved({ accountId: account }, manager));
    expect(await acme.identity(id)).toMatchObject({ accountId: null });
  });
});
