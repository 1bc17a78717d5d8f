import { randomUUID } from 'node:crypto';
import { freePort } from '../support/free-port.js';
import { HostClient, type HostAnswer } from '../support/host-client.js';
import { startHost, type TestHost } from '../support/host.js';
import { bulk } from '../scim/bulk/bulk-requests.js';
import { whenDelivered } from '../support/when-delivered.js';
import { aPerson, foundOrganization, openOrganization, type Organization, useHost } from './organization.js';

const started = useHost();
let acme: Organization;

beforeEach(async () => {
  acme = await foundOrganization(started.host);
});

const api = ({ slug }: Organization): string => `/api/organizations/${slug}`;
const settle = (): Promise<void> => whenDelivered(started.host.dataSource);
const newBrowser = (): HostClient => new HostClient(started.host.url);

/** Somebody whom the IdP provisioned and who has signed in. */
interface Person {
  readonly id: string;
  readonly accountId: string;
  readonly nameId: string;
  readonly user: Record<string, unknown>;
  readonly browser: HostClient;
}

async function join(fields: object = {}, organization = acme, browser = newBrowser()): Promise<Person> {
  const user = { ...aPerson(), ...fields };
  const { id } = await organization.idp.createUser(user);
  const page = await browser.signInBySso(organization.slug, user.externalId);
  expect(page.status).toBe(200);
  const { accountId } = (await browser.get('/api/me')).body;
  return { id, accountId, nameId: user.externalId, user, browser };
}

const setActive = (id: string, value: boolean, { idp } = acme) =>
  idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value }]);

async function newApiKey(browser: HostClient, organization = acme): Promise<{ id: string; header: object }> {
  const { body } = await browser.json('POST', `${api(organization)}/api-keys`, {});
  return { id: body.id, header: { authorization: `ApiKey ${body.key}` } };
}

const opens = async ({ header }: { header: object }, url = started.host.url): Promise<number> =>
  (await new HostClient(url).get('/api/me', header as Record<string, string>)).status;

const memberOf = async (accountId: string, organization = acme) =>
  (await organization.members()).find((member) => member.accountId === accountId);

const change = (accountId: string, changes: object, organization = acme): Promise<HostAnswer> =>
  organization.owner.json('PATCH', `${api(organization)}/members/${accountId}`, changes);

async function invite(email: string, fields: object = {}, organization = acme): Promise<{ id: string; token: string }> {
  const path = `${api(organization)}/invitations`;
  const { status, body } = await organization.owner.json('POST', path, { email, ...fields });
  expect(status).toBe(201);
  return { id: body.id, token: new URL(body.url).hash.slice(1) };
}

const accept = (token: string, fields: object = {}, browser = newBrowser()): Promise<HostAnswer> =>
  browser.json('POST', '/api/invitations/accept', { token, ...fields });

const NEW = { displayName: 'Mira', password: 'correct horse' };

const invitationStates = async (): Promise<string[]> =>
  (await acme.owner.get(`${api(acme)}/invitations`)).body.invitations.map(
    ({ state, cancelledBy }: { state: string; cancelledBy?: string }) =>
      cancelledBy ? `${state} by ${cancelledBy}` : state,
  );

const anAddress = (name = 'mira'): string => `${name}-${randomUUID().slice(0, 8)}@acme.example`;

describe('access that SCIM takes', () => {
  /** A second instance of the same host on the same database. */
  let other: TestHost;
  let otherUrl: string;
  beforeAll(async () => {
    const { databaseUrl, url: publicUrl } = started.host;
    const port = await freePort();
    otherUrl = `http://127.0.0.1:${port}`;
    other = await startHost({ databaseUrl, publicUrl, port });
  });
  afterAll(() => other.stop());

  it('is gone on every instance before any handler of the event has run', async () => {
    const { id, accountId, browser } = await join();
    const elsewhere = browser.at(otherUrl);
    const key = await newApiKey(browser);
    expect([await opens(key), await opens(key, otherUrl), (await elsewhere.get('/api/me')).status]).toEqual([
      200, 200, 200,
    ]);
    // The handlers wait for these rows; the change itself does not.
    const runner = started.host.dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query('SELECT FROM membership WHERE account_id = $1 FOR UPDATE', [accountId]);
    await runner.query('SELECT FROM session WHERE account_id = $1 FOR UPDATE', [accountId]);
    const change = setActive(id, false);
    const deadline = performance.now() + 10_000;
    while ((await browser.get('/api/me')).status === 200 && performance.now() < deadline);
    const statuses = [
      (await elsewhere.get('/api/me')).status,
      (await browser.json('POST', '/api/session/renew')).status,
      (await elsewhere.json('POST', '/api/session/renew')).status,
      await opens(key),
      await opens(key, otherUrl),
    ];
    const [{ status }] = await runner.query('SELECT status FROM membership WHERE account_id = $1', [accountId]);
    await runner.commitTransaction();
    await runner.release();
    expect(statuses).toEqual([401, 401, 401, 401, 401]);
    expect(status).toBe('active');
    expect((await change).status).toBe(200);
  });

  it('is gone as long as a suspension lasts, whenever the membership began', async () => {
    const { id, accountId, browser } = await join();
    const key = await newApiKey(browser);
    await setActive(id, false);
    await settle();
    // As a suspension leaves it that is written while the membership is being made.
    await started.host.dataSource.query(
      `UPDATE membership SET status = 'active', suspended_by = NULL, created_at = now() + interval '1 s' WHERE account_id = $1`,
      [accountId],
    );
    expect(await opens(key)).toBe(401);
  });

  it('comes back without the sessions, and without what an owner or the person took', async () => {
    const { id, accountId, nameId, browser } = await join();
    const [kept, revoked, own] = [await newApiKey(browser), await newApiKey(browser), await newApiKey(browser)];
    expect((await acme.owner.json('DELETE', `${api(acme)}/api-keys/${revoked.id}`)).status).toBe(204);
    await setActive(id, false);
    await settle();
    expect(await memberOf(accountId)).toMatchObject({ status: 'suspended', suspendedBy: 'scim' });
    expect((await browser.signInBySso(acme.slug, nameId)).status).toBe(403);
    await setActive(id, true);
    await settle();
    expect(await memberOf(accountId)).toMatchObject({ status: 'active', identityId: id });
    expect((await browser.get('/api/me')).status).toBe(401);
    expect([await opens(kept), await opens(revoked), await opens(own)]).toEqual([200, 401, 200]);
    await browser.signInBySso(acme.slug, nameId);
    expect((await browser.get('/api/me')).body.accountId).toBe(accountId);
    expect((await browser.json('DELETE', `${api(acme)}/api-keys/${own.id}`)).status).toBe(204);
    expect([await opens(kept), await opens(own)]).toEqual([200, 401]);
  });

  it('stays taken where an owner took it too, whoever gives it back first', async () => {
    const { id, accountId } = await join();
    await change(accountId, { status: 'suspended' });
    await setActive(id, false);
    await setActive(id, true);
    await settle();
    expect(await memberOf(accountId)).toMatchObject({ status: 'suspended', suspendedBy: 'owner' });
    await setActive(id, false);
    await settle();
    expect((await change(accountId, { status: 'active' })).status).toBe(204);
    expect(await memberOf(accountId)).toMatchObject({ status: 'suspended', suspendedBy: 'scim' });
    await setActive(id, true);
    await settle();
    expect((await memberOf(accountId)).status).toBe('active');
  });

  it('is no session of a login that was on its way, nor a renewed one', async () => {
    const { id, nameId, browser } = await join();
    const parameters = await browser.beginSso(acme.slug);
    await setActive(id, false);
    expect((await browser.finishSso(acme.slug, parameters, nameId)).status).toBe(403);
    await setActive(id, true);
    await settle();
    await browser.signInBySso(acme.slug, nameId);
    const stolen = browser.at(otherUrl);
    expect((await browser.json('POST', '/api/session/renew')).status).toBe(204);
    expect((await stolen.get('/api/me')).status).toBe(200);
  });

  it('is the password of a member, too, in this organization and in no other', async () => {
    const email = anAddress();
    const { token } = await invite(email);
    const browser = newBrowser();
    const { accountId } = (await accept(token, NEW, browser)).body;
    const { id } = await join({}, acme, browser);
    expect(await memberOf(accountId)).toMatchObject({ identityId: id, role: 'member' });
    const login = { email, password: NEW.password };
    const globex = await foundOrganization(started.host);
    await accept((await invite(email, {}, globex)).token, { password: NEW.password });

    await setActive(id, false);
    const refused = await newBrowser().json('POST', '/api/login', { ...login, organization: acme.slug });
    expect(refused.status).toBe(403);
    const elsewhere = await newBrowser().json('POST', '/api/login', login);
    expect([elsewhere.status, elsewhere.body.organization.slug]).toEqual([200, globex.slug]);
    await setActive(id, true);
    await settle();
    const back = await newBrowser().json('POST', '/api/login', { ...login, organization: acme.slug });
    expect([back.status, back.body.accountId]).toEqual([200, accountId]);
  });
});

describe('an invitation', () => {
  it('makes a member with an account of its own, once, and takes a seat when it is accepted', async () => {
    const email = anAddress();
    const before = await acme.seatsUsed();
    const { token } = await invite(email.toUpperCase(), { role: 'owner' });
    expect(await acme.seatsUsed()).toBe(before);
    const browser = newBrowser();
    const joined = await accept(token, NEW, browser);
    expect([joined.status, joined.body.organization.slug]).toEqual([200, acme.slug]);
    expect((await browser.get('/api/me')).body).toMatchObject({ email, role: 'owner', displayName: 'Mira' });
    expect(await acme.seatsUsed()).toBe(before + 1);
    expect((await accept(token, NEW)).status).toBe(410);
    expect((await newBrowser().json('POST', '/api/login', { email, password: NEW.password })).status).toBe(200);
    expect(await invitationStates()).toEqual(['accepted']);
  });

  it('that is over says so whatever the password is, and tells nobody whether it is right', async () => {
    const email = anAddress();
    const used = await invite(email);
    expect((await accept(used.token, NEW)).status).toBe(200);
    const cancelled = await invite(email);
    await acme.owner.json('DELETE', `${api(acme)}/invitations/${cancelled.id}`);
    const old = await invite(email);
    await started.host.dataSource.query('UPDATE invitation SET expires_at = now() WHERE id = $1', [old.id]);
    for (const { token } of [used, cancelled, old]) {
      const [right, wrong] = [await accept(token, NEW), await accept(token, { ...NEW, password: 'wrong horse' })];
      expect([right.status, wrong.status, wrong.body]).toEqual([410, 410, right.body]);
    }
  });

  it('is no second way to try the passwords of an account', async () => {
    const email = anAddress();
    await accept((await invite(email)).token, NEW);
    const { token } = await invite(email);
    for (let tried = 0; tried < 10; tried += 1) {
      expect((await accept(token, { password: `guess ${tried}` })).status).toBe(401);
    }
    const refused = await accept(token, { password: NEW.password });
    expect([refused.status, refused.body.message]).toEqual([429, expect.stringContaining('Try again in')]);
    const login = { email, password: NEW.password };
    expect((await newBrowser().json('POST', '/api/login', login)).status).toBe(429);
  });

  it('is refused without its token, a name, a password, a seat, or the password of the account there is', async () => {
    const email = anAddress();
    const { token } = await invite(email);
    expect((await accept('nonsense', NEW)).status).toBe(404);
    expect((await accept(token)).status).toBe(400);
    expect((await accept(token, { displayName: 'Mira', password: 'short' })).status).toBe(400);
    await started.host.dataSource.query('UPDATE organization SET seat_limit = 1 WHERE slug = $1', [acme.slug]);
    const full = await accept(token, NEW);
    expect([full.status, full.body.message]).toEqual([409, expect.stringContaining('seat')]);
    expect(await started.host.dataSource.query('SELECT FROM account WHERE email = $1', [email])).toEqual([]);
    const owner = await invite(`owner@${acme.slug}.example`);
    expect((await accept(owner.token, NEW)).status).toBe(401);
    expect((await accept(owner.token)).status).toBe(401);
    const again = newBrowser();
    // The length is asked of new passwords only.
    expect((await accept(owner.token, { password: 'demo' }, again)).status).toBe(200);
    expect((await again.get('/api/me')).body.role).toBe('owner');
    expect((await accept((await invite(anAddress())).token, {}, acme.owner)).status).toBe(200);
    expect((await acme.owner.get('/api/me')).body.role).toBe('owner');
  });

  it('is accepted once, of many at the same moment, and makes one account of one address', async () => {
    const email = anAddress();
    const { token } = await invite(email);
    const answers = await Promise.all([1, 2, 3, 4].map(() => accept(token, NEW)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410, 410]);
    const [both, other] = [anAddress(), await foundOrganization(started.host)];
    const tokens = [(await invite(both)).token, (await invite(both, {}, other)).token];
    const statuses = (await Promise.all(tokens.map((each) => accept(each, NEW)))).map(({ status }) => status);
    expect([...statuses].sort()[0]).toBe(200);
    expect([200, 409]).toContain([...statuses].sort()[1]);
    for (const each of tokens) expect([200, 410]).toContain((await accept(each, NEW)).status);
    const accounts = await started.host.dataSource.query('SELECT FROM account WHERE email = $1', [both]);
    expect(accounts).toHaveLength(1);
  });

  it('ends when it is cancelled, replaced or too old', async () => {
    const email = anAddress();
    const first = await invite(email);
    const second = await invite(email);
    expect((await accept(first.token, NEW)).status).toBe(410);
    expect((await acme.owner.json('DELETE', `${api(acme)}/invitations/${second.id}`)).status).toBe(204);
    expect((await acme.owner.json('DELETE', `${api(acme)}/invitations/${second.id}`)).status).toBe(404);
    expect((await accept(second.token, NEW)).status).toBe(410);
    const third = await invite(email);
    await started.host.dataSource.query('UPDATE invitation SET expires_at = now() WHERE id = $1', [third.id]);
    expect((await accept(third.token, NEW)).status).toBe(410);
    expect(await invitationStates()).toEqual(['expired', 'cancelled by owner', 'cancelled by owner']);
    const stranger = await openOrganization(started.host, 'globex');
    const path = `/api/organizations/globex/invitations/${third.id}`;
    expect((await stranger.owner.json('DELETE', path)).status).toBe(404);
  });

  it.each([
    ['user name', 'mira', (email: string) => ({ userName: email.toUpperCase() })],
    [
      'e-mail address',
      'mira',
      (email: string) => ({ emails: [{ value: 'other@acme.example' }, { value: email.toUpperCase() }] }),
    ],
    // Upper-cased it has no final sigma any more.
    ['e-mail address in Greek', 'νίκος', (email: string) => ({ emails: [{ value: email.toUpperCase() }] })],
  ])(
    'ends with the suspension of a person with its address as %s, and comes back with the person',
    async (_what, name, fields) => {
      const email = anAddress(name);
      const { id } = await acme.idp.createUser({ ...aPerson(), ...fields(email) });
      const { token } = await invite(email);
      await setActive(id, false);
      const refused = await accept(token, NEW);
      expect([refused.status, refused.body.message]).toEqual([403, expect.stringContaining('switched off')]);
      await settle();
      expect(await invitationStates()).toEqual(['cancelled by scim']);
      expect((await accept(token, NEW)).status).toBe(403);
      const again = await acme.owner.json('POST', `${api(acme)}/invitations`, { email });
      expect([again.status, again.body.message]).toEqual([409, expect.stringContaining('suspended')]);
      await setActive(id, true);
      await settle();
      expect(await invitationStates()).toEqual(['pending']);
      expect((await accept(token, NEW)).status).toBe(200);
    },
  );

  it('is refused by what SCIM says of its person, suspended or removed, where every handler failed, too', async () => {
    const email = anAddress();
    const { id } = await acme.idp.createUser({ ...aPerson(), userName: email });
    const theirs = await invite(email);
    // As if no handler had ended it.
    const reopen = (): Promise<unknown> =>
      started.host.dataSource.query('UPDATE invitation SET ended_by = NULL, identity_id = NULL WHERE id = $1', [
        theirs.id,
      ]);
    for (const takeOut of [() => setActive(id, false), () => acme.idp.delete(`/Users/${id}`)]) {
      await takeOut();
      await settle();
      await reopen();
      expect((await accept(theirs.token, NEW)).status).toBe(403);
    }
    expect((await accept((await invite(email)).token, NEW)).status).toBe(200);
  });

  it('is not given back by SCIM where an owner cancelled it', async () => {
    const email = anAddress();
    const { id } = await acme.idp.createUser({ ...aPerson(), userName: email });
    const invitation = await invite(email);
    await setActive(id, false);
    await settle();
    expect((await acme.owner.json('DELETE', `${api(acme)}/invitations/${invitation.id}`)).status).toBe(204);
    await setActive(id, true);
    await settle();
    expect(await invitationStates()).toEqual(['cancelled by owner']);
    expect((await accept(invitation.token, NEW)).status).toBe(410);
  });

  it('ends with the removal of its person, for good; a later one lets them back in', async () => {
    const email = anAddress();
    const { id } = await acme.idp.createUser({ ...aPerson(), userName: email });
    const before = await invite(email);
    await acme.idp.delete(`/Users/${id}`);
    expect((await accept(before.token, NEW)).status).toBe(403);
    await settle();
    const after = await invite(email);
    const second = await acme.idp.createUser({ ...aPerson(), userName: email });
    expect((await accept(before.token, NEW)).status).toBe(410);
    expect(await invitationStates()).toEqual(['pending', 'cancelled by scim']);
    await acme.idp.delete(`/Users/${second.id}`);
    await settle();
    expect((await accept(after.token, NEW)).status).toBe(403);
    const last = await invite(email);
    expect((await accept(last.token, NEW)).status).toBe(200);
  });

  it('of a provisioned person is refused to the account that SCIM keeps out, whatever its address', async () => {
    const { id, browser } = await join();
    const globex = await foundOrganization(started.host);
    await accept((await invite(anAddress(), {}, globex)).token, {}, browser);
    const { token } = await invite(anAddress());
    await setActive(id, false);
    expect((await accept(token, {}, browser)).status).toBe(403);
    await setActive(id, true);
    expect((await accept(token, {}, browser)).status).toBe(200);
  });

  it('brings an account back whose person was removed, which a late event of the removal does not undo', async () => {
    const { dataSource } = started.host;
    const email = anAddress();
    const first = await invite(email);
    const browser = newBrowser();
    const { accountId } = (await accept(first.token, NEW, browser)).body;
    const { id } = await join({}, acme, browser);
    const [membership] = await dataSource.query('SELECT * FROM membership WHERE account_id = $1', [accountId]);
    await acme.idp.delete(`/Users/${id}`);
    await settle();
    expect(await memberOf(accountId)).toBeUndefined();
    // As if no handler had come to it yet.
    await dataSource.query(`INSERT INTO membership SELECT * FROM jsonb_populate_record(null::membership, $1)`, [
      JSON.stringify(membership),
    ]);
    const { token } = await invite(email);
    const back = newBrowser();
    expect((await accept(token, { password: NEW.password }, back)).body.accountId).toBe(accountId);
    const key = await newApiKey(back);
    await dataSource.query(
      `UPDATE scim_outbox_delivery SET status = 'pending', attempts = 0, next_at = now(), finished_at = NULL
       WHERE event_seq IN (SELECT seq FROM scim_outbox WHERE aggregate_id = $1 AND type = 'scim.user.deprovisioned')`,
      [id],
    );
    await settle();
    expect([(await back.get('/api/me')).status, await opens(key)]).toEqual([200, 200]);
    expect(await memberOf(accountId)).toMatchObject({ status: 'active', role: 'member' });
  });

  it('links nobody: the person is provisioned, and linked by a login from the account that joined', async () => {
    const email = anAddress();
    const { token } = await invite(email);
    const browser = newBrowser();
    const { accountId } = (await accept(token, NEW, browser)).body;
    const user = { ...aPerson(), userName: email, emails: [{ value: email }] };
    const { id } = await acme.idp.createUser(user);
    expect((await acme.identities())[0]).toMatchObject({ id, state: 'provisioned', accountId: null });
    await change(accountId, { role: 'owner' });
    await browser.signInBySso(acme.slug, user.externalId);
    expect((await browser.get('/api/me')).body).toMatchObject({ accountId, role: 'owner' });
    expect((await acme.identities())[0]).toMatchObject({ id, state: 'active', accountId });
  });
});

describe('whom SCIM may not remove', () => {
  /** Each way of saying that somebody is out, and how its answer reads. */
  const REMOVALS: readonly ((
    person: Person,
  ) => Promise<{ status: number; body: { detail?: string; scimType?: string } }>)[] = [
    ({ id }) => acme.idp.delete(`/Users/${id}`),
    ({ id }) => setActive(id, false),
    ({ id }) => acme.idp.patch(`/Users/${id}`, [{ op: 'Replace', value: { Active: 'False' } }]),
    ({ id, user }) => acme.idp.put(`/Users/${id}`, { ...user, active: false }),
    ({ id }) => inBulk({ method: 'DELETE', path: `/Users/${id}` }),
    ({ id, user }) => inBulk({ method: 'PUT', path: `/Users/${id}`, data: { ...user, active: false } }),
  ];

  async function inBulk(operation: object): Promise<{ status: number; body: { detail?: string; scimType?: string } }> {
    const [entry] = await bulk(acme.idp, [operation]);
    return { status: Number(entry?.status), body: entry?.response };
  }

  const joinAsOwner = async (): Promise<Person> => {
    const person = await join();
    expect((await change(person.accountId, { role: 'owner' })).status).toBe(204);
    return person;
  };

  it('is the last owner, by whatever request, and anybody as soon as there is another owner', async () => {
    const last = await join({}, acme, acme.owner);
    for (const remove of REMOVALS) {
      const { status, body } = await remove(last);
      expect({ status, ...body }).toMatchObject({ status: '409', detail: expect.stringContaining('owner') });
      expect(body.scimType).toBeUndefined();
    }
    const events = await started.host.dataSource.query('SELECT type FROM scim_outbox WHERE aggregate_id = $1', [
      last.id,
    ]);
    expect(events.map(({ type }: { type: string }) => type)).toEqual(['scim.user.provisioned', 'scim.user.linked']);
    expect((await acme.owner.get('/api/me')).body.role).toBe('owner');
    for (const changes of [{ role: 'member' }, { status: 'suspended' }])
      expect((await change(last.accountId, changes)).status).toBe(409);
    const second = await joinAsOwner();
    expect((await REMOVALS[1]?.(last))?.status).toBe(200);
    expect((await acme.owner.get('/api/me')).status).toBe(401);
    expect((await second.browser.get('/api/me')).body.role).toBe('owner');
  });

  it('of two owners who are removed at once is one, whatever the two requests are', async () => {
    const { dataSource } = started.host;
    // DELETE, PATCH, PUT and Bulk, each with each.
    const kinds = [0, 1, 3, 4].flatMap((index) => REMOVALS[index] ?? []);
    const pairs = kinds.flatMap((one, index) => kinds.slice(index).map((other) => [one, other] as const));
    const { accountId: founder } = (await acme.owner.get('/api/me')).body;
    const people = [await joinAsOwner(), await joinAsOwner()];
    await change(founder, { role: 'member' });
    const outcomes: (readonly number[])[] = [];
    for (const [one, other] of pairs) {
      const answers = await Promise.all([one(people[0] as Person), other(people[1] as Person)]);
      outcomes.push(answers.map(({ status }) => status).sort());
      const owners = await dataSource.query(
        `SELECT count(*)::int AS count FROM membership m JOIN organization o ON o.id = m.organization_id
         WHERE o.slug = $1 AND m.role = 'owner' AND m.status = 'active'`,
        [acme.slug],
      );
      expect(owners).toEqual([{ count: 1 }]);
      const gone = answers.findIndex(({ status }) => status < 300);
      const { browser } = people[1 - gone] as Person;
      people[gone] = await join();
      const role = await browser.json('PATCH', `${api(acme)}/members/${people[gone].accountId}`, { role: 'owner' });
      expect(role.status).toBe(204);
    }
    for (const [fewer = 0, more] of outcomes) expect([[200, 204].includes(fewer), more]).toEqual([true, 409]);
    expect(outcomes).toHaveLength(10);
  }, 90_000);

  it('is somebody whom an owner protects', async () => {
    const person = await join();
    expect((await change(person.accountId, { protected: true })).status).toBe(204);
    expect(await memberOf(person.accountId)).toMatchObject({ protected: true });
    for (const remove of REMOVALS) expect(await remove(person)).toMatchObject({ status: 409 });
    expect((await person.browser.get('/api/me')).status).toBe(200);
    expect((await acme.idp.get(`/Users/${person.id}`)).body.active).toBe(true);
    await change(person.accountId, { protected: false });
    expect((await setActive(person.id, false)).status).toBe(200);
    expect((await person.browser.get('/api/me')).status).toBe(401);
  });

  it('is no owner by a group or an attribute, and owners stay what they are whatever becomes of their groups', async () => {
    const named = { roles: [{ value: 'owner', primary: true }], entitlements: [{ value: 'owner' }], userType: 'owner' };
    expect((await (await join(named)).browser.get('/api/me')).body.role).toBe('member');
    const owner = await joinAsOwner();
    const { id } = (await acme.idp.post('/Groups', { displayName: 'owner', members: [{ value: owner.id }] })).body;
    await acme.owner.json('PUT', `${api(acme)}/group-mappings`, { mappings: [{ group: id, team: 'owner' }] });
    await settle();
    expect((await owner.browser.get('/api/me')).body).toMatchObject({ role: 'owner', teams: ['owner'] });
    await acme.idp.patch(`/Groups/${id}`, [{ op: 'remove', path: 'members' }]);
    await acme.idp.delete(`/Groups/${id}`);
    await settle();
    expect((await owner.browser.get('/api/me')).body).toMatchObject({ role: 'owner', teams: [] });
  });
});

describe('what ends by a person and not by the identity provider', () => {
  it('is a membership that an owner ends: the identity waits for the next login, which brings the account back', async () => {
    const person = await join();
    const key = await newApiKey(person.browser);
    expect((await acme.owner.json('DELETE', `${api(acme)}/members/${person.accountId}`)).status).toBe(204);
    expect((await acme.owner.json('DELETE', `${api(acme)}/members/${person.accountId}`)).status).toBe(404);
    expect([(await person.browser.get('/api/me')).status, await opens(key)]).toEqual([401, 401]);
    expect((await acme.identities())[0]).toMatchObject({ id: person.id, state: 'provisioned', accountId: null });
    const { accountId: owner } = (await acme.owner.get('/api/me')).body;
    expect((await acme.owner.json('DELETE', `${api(acme)}/members/${owner}`)).status).toBe(409);
    await settle();
    await person.browser.signInBySso(acme.slug, person.nameId);
    expect((await person.browser.get('/api/me')).body.accountId).toBe(person.accountId);
  });

  it('is a link: the account is out, and in again by an invitation', async () => {
    const email = anAddress();
    const browser = newBrowser();
    const { accountId } = (await accept((await invite(email)).token, NEW, browser)).body;
    const { id } = await join({}, acme, browser);
    const unlinked = await acme.owner.json('POST', `${api(acme)}/scim/identities/${id}/unlink`);
    expect([unlinked.status, unlinked.body.state]).toEqual([200, 'provisioned']);
    expect((await browser.get('/api/me')).status).toBe(401);
    await settle();
    expect(await memberOf(accountId)).toBeUndefined();
    const back = newBrowser();
    expect((await accept((await invite(email)).token, { password: NEW.password }, back)).status).toBe(200);
    expect((await back.get('/api/me')).body.accountId).toBe(accountId);
  });

  it('is all that is known of a removed person, the address of their invitation and the name of their account included', async () => {
    const email = anAddress();
    const { accountId, id } = await join({ userName: email, displayName: 'Mira Unforgettable' });
    await invite(email);
    await acme.idp.delete(`/Users/${id}`);
    await settle();
    await started.host.dataSource.query(
      `INSERT INTO sso_pending_login (hash, connection_id, browser_hash, login)
       SELECT $1, id, 'a browser', '{"nameId":"mira"}' FROM sso_connection WHERE organization_id = (SELECT id FROM organization WHERE slug = $2)`,
      [email, acme.slug],
    );
    const erased = await acme.owner.json('POST', `${api(acme)}/scim/identities/${id}/erase`);
    expect(erased.status).toBe(200);
    await settle();
    const pending = await started.host.dataSource.query('SELECT hash FROM sso_pending_login WHERE hash = $1', [email]);
    expect(pending).toEqual([]);
    const invitations = (await acme.owner.get(`${api(acme)}/invitations`)).body.invitations;
    expect(invitations).toMatchObject([{ email: '', state: 'cancelled', cancelledBy: 'scim' }]);
    const accounts = await started.host.dataSource.query('SELECT display_name AS name FROM account WHERE id = $1', [
      accountId,
    ]);
    expect(accounts).toEqual([{ name: 'Erased' }]);
  });

  it('is an address that the removal takes in the same moment, too', async () => {
    const email = anAddress();
    const browser = newBrowser();
    await accept((await invite(email)).token, NEW, browser);
    const { id } = await join({}, acme, browser);
    await setActive(id, false);
    await settle();
    const again = await invite(email);
    // The handler of the removal waits for this row.
    const { dataSource } = started.host;
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query('SELECT FROM invitation WHERE id = $1 FOR UPDATE', [again.id]);
    // A suspended person is removed first: two events of one transaction.
    const erasure = acme.owner.json('POST', `${api(acme)}/scim/identities/${id}/erase`);
    const isErased = async (): Promise<boolean> => {
      const delivered = await dataSource.query(
        `SELECT FROM scim_outbox o JOIN scim_outbox_delivery d ON d.event_seq = o.seq
         WHERE o.aggregate_id = $1 AND o.type = 'scim.user.erased' AND d.consumer = 'auth.erase-name' AND d.status = 'delivered'`,
        [id],
      );
      return delivered.length > 0;
    };
    const deadline = performance.now() + 10_000;
    while (!(await isErased()) && performance.now() < deadline);
    await runner.commitTransaction();
    await runner.release();
    expect((await erasure).status).toBe(200);
    await settle();
    const [last] = (await acme.owner.get(`${api(acme)}/invitations`)).body.invitations;
    expect(last).toMatchObject({ email: '', state: 'cancelled', cancelledBy: 'scim' });
  });

  it('is the name of the account also where the membership of the person waits to be taken', async () => {
    const { dataSource } = started.host;
    const { accountId, id } = await join({ displayName: 'Mira Unforgettable' });
    const [membership] = await dataSource.query('SELECT * FROM membership WHERE account_id = $1', [accountId]);
    await acme.idp.delete(`/Users/${id}`);
    await settle();
    // As if no handler had come to it yet.
    await dataSource.query(`INSERT INTO membership SELECT * FROM jsonb_populate_record(null::membership, $1)`, [
      JSON.stringify(membership),
    ]);
    expect((await acme.owner.json('POST', `${api(acme)}/scim/identities/${id}/erase`)).status).toBe(200);
    await settle();
    const accounts = await dataSource.query('SELECT display_name AS name FROM account WHERE id = $1', [accountId]);
    expect(accounts).toEqual([{ name: 'Erased' }]);
  });
});

describe('a person who returns', () => {
  it('by activation is who they were: same user, same account, same groups and teams', async () => {
    const person = await join();
    const group = (await acme.idp.post('/Groups', { displayName: 'Ops', members: [{ value: person.id }] })).body;
    await acme.owner.json('PUT', `${api(acme)}/group-mappings`, { mappings: [{ group: group.id, team: 'Ops' }] });
    const before = (await acme.idp.get(`/Users/${person.id}`)).body;
    expect(before.groups).toMatchObject([{ value: group.id }]);
    await setActive(person.id, false);
    expect((await acme.idp.get(`/Groups/${group.id}`)).body.members).toMatchObject([{ value: person.id }]);
    await setActive(person.id, true);
    await settle();
    const { meta: _before, ...same } = before;
    expect((await acme.idp.get(`/Users/${person.id}`)).body).toMatchObject(same);
    await person.browser.signInBySso(acme.slug, person.nameId);
    expect((await person.browser.get('/api/me')).body).toMatchObject({ accountId: person.accountId, teams: ['Ops'] });
  });

  it('by a new user of the same external id has the account, and nothing else of before', async () => {
    const person = await join();
    const group = (await acme.idp.post('/Groups', { displayName: 'Ops', members: [{ value: person.id }] })).body;
    const key = await newApiKey(person.browser);
    await acme.idp.delete(`/Users/${person.id}`);
    await settle();
    const again = await acme.idp.createUser({ ...person.user, userName: anAddress() });
    expect(again.id).not.toBe(person.id);
    expect((await acme.idp.get(`/Groups/${group.id}`)).body.members ?? []).toEqual([]);
    await person.browser.signInBySso(acme.slug, person.nameId);
    expect((await person.browser.get('/api/me')).body).toMatchObject({ accountId: person.accountId, role: 'member' });
    expect(await opens(key)).toBe(401);
  });

  it("to one of two organizations was never gone from the other: sessions and API keys are an organization's", async () => {
    const globex = await foundOrganization(started.host);
    const here = await join();
    const key = await newApiKey(here.browser);
    // A second browser of the same person, which is signed in here when the login there begins.
    const browser = newBrowser();
    await browser.signInBySso(acme.slug, here.nameId);
    await accept((await invite(anAddress(), {}, globex)).token, {}, browser);
    const there = await join({}, globex, browser);
    expect(there.accountId).toBe(here.accountId);
    const theirKey = await newApiKey(browser, globex);

    await setActive(there.id, false, globex);
    await settle();
    expect([(await browser.get('/api/me')).status, await opens(theirKey)]).toEqual([401, 401]);
    expect([(await here.browser.get('/api/me')).body.accountId, await opens(key)]).toEqual([here.accountId, 200]);
    expect(await memberOf(here.accountId)).toMatchObject({ status: 'active' });
    expect((await acme.idp.get(`/Users/${here.id}`)).body.active).toBe(true);
    await globex.idp.delete(`/Users/${there.id}`);
    await settle();
    expect(await memberOf(here.accountId, globex)).toBeUndefined();
    expect((await here.browser.get('/api/me')).status).toBe(200);
  });
});
