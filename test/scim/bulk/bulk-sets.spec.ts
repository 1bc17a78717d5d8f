import { randomUUID } from 'node:crypto';
import { IdentityBatches } from '../../../src/scim/identities/identity-batches.js';
import { readResource } from '../../../src/scim/protocol/read-resource.js';
import { userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { countStatements } from '../../support/count-statements.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { newAccount, TestOrganization } from '../../support/test-organization.js';
import { whenDelivered } from '../../support/when-delivered.js';
import { EFFECT_TABLE, Recorder } from '../events/recorder.js';
import { addGroup, addUser, bulk, idOf, managerOf, type Operation, statuses, withManager } from './bulk-requests.js';

let host: ModuleHost;
let acme: TestOrganization;

beforeAll(async () => {
  host = await startModuleHost({ providers: [Recorder] });
  await host.dataSource.query(EFFECT_TABLE);
});

beforeEach(async () => {
  acme = await TestOrganization.of(host);
});

afterAll(() => host.stop());

const users = (count: number, name = 'user'): Operation[] =>
  Array.from({ length: count }, (_, index) => addUser(`${name}-${index}`, { externalId: `${name}-id-${index}` }));

const total = async (): Promise<number> => (await acme.idp.get('/Users')).body.totalResults;

/** Identities of the organization whose events are not one `provisioned`, and events without identity. */
const strays = (): Promise<unknown[]> =>
  host.dataSource.query(
    `select i.id, o.aggregate_id from scim_identity i
     full join (select * from scim_outbox where organization_id = $1 and aggregate_type = 'user') o on o.aggregate_id = i.id
     where coalesce(i.organization_id, $1) = $1 and (o.type is distinct from 'scim.user.provisioned' or i.event_seq <> o.aggregate_seq)`,
    [acme.id],
  );

describe('creations of users that come together', () => {
  it('are written in few statements, 1,000 in five, each with its event', async () => {
    await acme.idp.get('/Users');
    let entries: Awaited<ReturnType<typeof bulk>> = [];
    const texts = await countStatements(host.dataSource, async () => {
      entries = await bulk(acme.idp, users(1000));
    });
    const own = texts.filter((text) => /scim_identity|scim_link/.test(text));
    expect(own.filter((text) => text.includes('INSERT INTO scim_identity'))).toHaveLength(4);
    expect(own).toHaveLength(5);
    expect(new Set(statuses(entries))).toEqual(new Set(['201']));
    expect(await total()).toBe(1000);
    expect(await strays()).toEqual([]);
    const ids = new Set(entries.map(idOf));
    expect(ids.size).toBe(1000);
    const { body } = await acme.idp.get(`/Users/${idOf(entries[777])}`);
    expect(body).toMatchObject({ userName: 'user-777', externalId: 'user-id-777', active: true });
    expect(body.meta.version).toBe(entries[777]?.version);
  });

  it('are the same rows and events as those of single requests', async () => {
    const person = {
      userName: 'Ada@Example.com',
      externalId: 'a-1',
      name: { familyName: 'Løvelace', givenName: 'Ada' },
      emails: [{ value: 'ADA@example.com', type: 'work', primary: true }],
      active: true,
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'R&D' },
    };
    const single = await TestOrganization.of(host);
    const alone = await single.idp.createUser(person);
    const [entry] = await bulk(acme.idp, [addUser('x', person), addUser('other')]);
    const { id, meta, ...shown } = (await acme.idp.get(`/Users/${idOf(entry)}`)).body;
    const { id: _id, meta: _meta, ...shownAlone } = alone;
    expect(shown).toEqual(shownAlone);
    expect({ ...meta, created: 0, lastModified: 0, location: 0 }).toEqual({
      ...alone.meta,
      created: 0,
      lastModified: 0,
      location: 0,
    });
    const columns = ({ organizationId: _o, connectionId: _c, ...row }: Awaited<ReturnType<typeof acme.identity>>) => ({
      ...row,
      id: 0,
      createdAt: 0,
      modifiedAt: 0,
      stateChangedAt: 0,
    });
    expect(columns(await acme.identity(id))).toEqual(columns(await single.identity(alone.id)));
    const event = ({ type, payload, personal, sequence }: Awaited<ReturnType<typeof acme.events>>[number]) => ({
      type,
      payload,
      personal,
      sequence,
    });
    expect((await acme.events(id)).map(event)).toEqual((await single.events(alone.id)).map(event));
  });

  it('are told to every handler', async () => {
    const recorder = host.app.get(Recorder, { strict: false });
    const entries = await bulk(acme.idp, users(30));
    await whenDelivered(host.dataSource);
    for (const entry of entries) expect(recorder.sequencesOf(idOf(entry))).toEqual([1]);
  });

  it('meet conflicts one by one, as single requests would, the first of two alike wins', async () => {
    await acme.idp.createUser({ userName: 'taken', externalId: 'taken-id' });
    const operations = [
      addUser('1', { userName: 'TAKEN' }),
      addUser('2', { externalId: 'taken-id' }),
      addUser('3', { userName: 'same', externalId: 'x' }),
      addUser('4', { userName: 'Same', externalId: 'y' }),
      addUser('5', { userName: 'free', externalId: 'x' }),
      addUser('6', { userName: 'Free', externalId: 'y' }),
    ];
    const entries = await bulk(acme.idp, operations);
    expect(entries.map(({ status, response }) => [status, response?.scimType, response?.detail])).toEqual([
      ['409', 'uniqueness', 'There is already a User with the userName "TAKEN".'],
      ['409', 'uniqueness', 'There is already a User with the externalId "taken-id".'],
      ['201', undefined, undefined],
      ['409', 'uniqueness', 'There is already a User with the userName "Same".'],
      ['409', 'uniqueness', 'There is already a User with the externalId "x".'],
      ['201', undefined, undefined],
    ]);
    const single = await TestOrganization.of(host);
    await single.idp.createUser({ userName: 'taken', externalId: 'taken-id' });
    for (const [index, { data }] of operations.entries()) {
      const answer = await single.idp.post('/Users', data);
      expect(String(answer.status)).toBe(entries[index]?.status);
      if (answer.status !== 201) expect(answer.body).toEqual(entries[index]?.response);
    }
    expect(await strays()).toEqual([]);
  });

  it('with failOnErrors leave nothing of what came after the last error', async () => {
    await acme.idp.createUser({ userName: 'user-5' });
    await acme.idp.createUser({ userName: 'user-300' });
    const entries = await bulk(acme.idp, users(600), { failOnErrors: 2 });
    expect(entries).toHaveLength(301);
    expect(statuses(entries).filter((status) => status === '409')).toHaveLength(2);
    expect(entries.at(-1)?.status).toBe('409');
    expect(await total()).toBe(301);
    expect(await strays()).toEqual([]);
  });

  it('with failOnErrors that is not reached are all made', async () => {
    await acme.idp.createUser({ userName: 'user-5' });
    const entries = await bulk(acme.idp, users(300), { failOnErrors: 2 });
    expect(entries).toHaveLength(300);
    expect(await total()).toBe(300);
  });

  it('link whom a login proved, suspend who is inactive, and keep the order', async () => {
    const account = await acme.accountOf('proven-id');
    const other = await acme.accountOf('leaver');
    const entries = await bulk(acme.idp, [
      addUser('one'),
      addUser('proven', { externalId: 'proven-id' }),
      addUser('twin', { userName: 'proven' }),
      addUser('leaver', { active: false }),
      addUser('two'),
    ]);
    expect(statuses(entries)).toEqual(['201', '201', '409', '201', '201']);
    expect(await acme.identity(idOf(entries[0]))).toMatchObject({ state: 'provisioned', accountId: null });
    expect(await acme.identity(idOf(entries[1]))).toMatchObject({ state: 'active', accountId: account });
    expect(await acme.identity(idOf(entries[3]))).toMatchObject({ state: 'suspended', accountId: other });
    expect(await acme.eventTypes(idOf(entries[1]))).toEqual(['provisioned', 'linked']);
    expect(await acme.eventTypes(idOf(entries[3]))).toEqual(['provisioned', 'linked', 'deactivated']);
  });

  it('are refused the host where it protects an account', async () => {
    const account = await acme.signIn('owner', {}, async () => ({ accountId: newAccount() }));
    if (account.result === 'refused') throw new Error(account.reason);
    host.organizations.protectedAccounts.add(account.accountId);
    const entries = await bulk(acme.idp, [addUser('one'), addUser('owner', { active: false }), addUser('two')]);
    expect(statuses(entries)).toEqual(['201', '409', '201']);
  });

  it('give removed people their logins back', async () => {
    const [first] = await bulk(acme.idp, [addUser('ada', { externalId: 'ada-id' }), addUser('bob')]);
    await acme.accountOf('ada-id');
    await acme.idp.delete(`/Users/${idOf(first)}`);
    expect((await acme.signIn('ada-id')).result).toBe('refused');
    const [again] = await bulk(acme.idp, [addUser('ada', { externalId: 'ada-id' }), addUser('cy')]);
    expect(again?.status).toBe('201');
    const [{ count }] = await host.dataSource.query(
      'select count(*)::int from scim_tombstone where organization_id = $1',
      [acme.id],
    );
    expect(count).toBe(0);
  });

  it('wait for the one that they refer to', async () => {
    const chain = Array.from({ length: 20 }, (_, index) =>
      index === 0 ? addUser('0') : withManager(`${index}`, `${index - 1}`),
    );
    const entries = await bulk(acme.idp, [...chain].reverse());
    expect(new Set(statuses(entries))).toEqual(new Set(['201']));
    const ids = entries.map(idOf).reverse();
    for (const [index, id] of ids.entries()) {
      if (index > 0) expect(await managerOf(acme.idp, id)).toBe(ids[index - 1]);
    }
  });

  it('stand between other operations', async () => {
    const entries = await bulk(acme.idp, [
      ...users(3),
      addGroup('team', ['user-0', 'later-1']),
      ...users(3, 'later'),
      { method: 'DELETE', path: '/Users/bulkId:later-2' },
      addUser('again', { userName: 'later-2', externalId: 'later-id-2' }),
    ]);
    expect(statuses(entries)).toEqual([...Array(7).fill('201'), '204', '201']);
    expect(await total()).toBe(6);
  });

  it('are told of a set that was written, whatever is the matter with the next one', async () => {
    const people = Array.from({ length: 252 }, (_, index) => ({
      id: randomUUID(),
      resource: readResource({ userName: `user-${index}`, displayName: 'x' }, userResourceType),
    }));
    const broken = new Proxy(people[250]?.resource ?? {}, {
      ownKeys: () => {
        throw new Error('a mistake of ours');
      },
    });
    const batch = people.map((person, place) => (place === 250 ? { ...person, resource: broken } : person));
    const batches = host.app.get(IdentityBatches, { strict: false });
    const context = { tokenId: randomUUID(), requestId: 'x', later: [], mostErrors: Infinity };
    const outcomes = await batches.create(acme.id, batch, context);
    expect(outcomes.map((outcome) => 'error' in outcome)).toEqual(people.map((_, place) => place === 250));
    expect(await total()).toBe(251);
  });

  it('survive two requests that make the same people in opposite orders', async () => {
    const people = users(300);
    const [one, two] = await Promise.all([bulk(acme.idp, people), bulk(acme.idp, [...people].reverse())]);
    const made = [...statuses(one), ...statuses(two)];
    expect(made.filter((status) => status === '201')).toHaveLength(300);
    expect(made.filter((status) => status === '409')).toHaveLength(300);
    expect(await total()).toBe(300);
    expect(await strays()).toEqual([]);
  });
});
