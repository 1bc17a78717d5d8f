import { ScimRelay } from '../../../src/scim/events/scim-relay.js';
import { countStatements } from '../../support/count-statements.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';
import { TestOrganization } from '../../support/test-organization.js';
import { type RelayHost, startRelayHost } from '../events/relay-host.js';
import { addGroup, addUser, bulk, idOf, patching, postBulk, statuses } from './bulk-requests.js';

describe('a database that fails in the middle of a bulk request', () => {
  let database: TestDatabase;
  let host: ModuleHost;
  let idp: ScimClient;

  beforeEach(async () => {
    database = await createTestDatabase();
    host = await startModuleHost({ databaseUrl: database.url, options: { deliverEvents: false } });
    idp = await host.client();
  });

  afterEach(async () => {
    await host.stop();
    await database.drop();
  });

  /** A trigger stands for a server that goes away: each group, or each user of a set, is met by the error of one. */
  const failOn = (table: string, condition: string, code: string): Promise<unknown> =>
    host.dataSource.query(`
      create function fail() returns trigger language plpgsql as $$
      begin raise exception 'gone' using errcode = '${code}'; end $$;
      create trigger fail before insert on ${table} for each row when (${condition}) execute function fail()`);

  it('leaves what was committed, says of the rest that it was not done, and tries no more of it', async () => {
    await failOn('scim_group', `new.display_name = 'broken'`, '57P01');
    const operations = [
      addUser('ada'),
      addGroup('fine', ['ada']),
      addGroup('broken'),
      addGroup('after'),
      addUser('bob'),
      { method: 'DELETE', path: '/Users/bulkId:ada' },
    ];
    const entries = await bulk(idp, operations);
    expect(statuses(entries)).toEqual(['201', '201', '503', '503', '503', '503']);
    expect(entries[5]?.response).toMatchObject({ status: '503', detail: expect.stringMatching(/try again/) });
    expect((await idp.get('/Groups')).body.totalResults).toBe(1);
    expect((await idp.get('/Users')).body.totalResults).toBe(1);
  });

  it('is told as 503 for the whole request where nothing was written', async () => {
    await failOn('scim_group', 'true', '57P01');
    const answer = await postBulk(idp, [addUser('x', { userName: 7 }), addGroup('a'), addUser('ada')]);
    expectScimError(answer, 503);
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    expect((await idp.get('/Users')).body.totalResults).toBe(0);
  });

  it('leaves nothing of a set that it fails in, and its events neither', async () => {
    await failOn('scim_identity', `new.user_name = 'user-400'`, '57P01');
    const entries = await bulk(
      idp,
      Array.from({ length: 600 }, (_, index) => addUser(`user-${index}`)),
    );
    expect(statuses(entries)).toEqual([...Array(250).fill('201'), ...Array(350).fill('503')]);
    const [{ rows, events }] = await host.dataSource.query(
      `select (select count(*)::int from scim_identity) as rows, (select count(*)::int from scim_outbox where aggregate_type = 'user') as events`,
    );
    expect([rows, events]).toEqual([250, 250]);
  });

  it('leaves nothing of a circle that it fails in', async () => {
    await failOn('scim_group', `new.display_name = 'b'`, '57P01');
    const entries = await bulk(idp, [addUser('ada'), addGroup('a', ['b']), addGroup('b', ['a'])]);
    expect(statuses(entries)).toEqual(['201', '503', '503']);
    expect((await idp.get('/Groups')).body.totalResults).toBe(0);
  });

  it('that is a mistake of ours meets the one operation alone, also in a set', async () => {
    await failOn('scim_identity', `new.user_name = 'odd'`, '22000');
    const entries = await bulk(idp, [addUser('ada'), addUser('odd'), addUser('bob')]);
    expect(statuses(entries)).toEqual(['201', '500', '201']);
    expect(entries[1]?.response.detail).toMatch(/request id/);
  });

  it('that is a deadlock meets nobody', async () => {
    await host.dataSource.query(`
      create table once (done boolean); create sequence tries;
      create function fail_once() returns trigger language plpgsql as $$
      begin if nextval('tries') = 1 then raise exception 'deadlock' using errcode = '40P01'; end if; return new; end $$;
      create trigger fail_once before insert on scim_identity for each statement execute function fail_once()`);
    expect(statuses(await bulk(idp, [addUser('ada'), addUser('bob')]))).toEqual(['201', '201']);
  });

  /** Users of a set are passed over by it, as those are whose names were taken until a moment ago; then alone they fail. */
  const failAlone = (condition: string, code: string): Promise<unknown> =>
    host.dataSource.query(`
      create sequence tries;
      create function fail_alone() returns trigger language plpgsql as $$
      begin
        perform nextval('tries');
        if current_query() ~* 'on conflict do nothing' then return null; end if;
        raise exception 'gone' using errcode = '${code}';
      end $$;
      create trigger fail_alone before insert on scim_identity for each row when (${condition}) execute function fail_alone()`);

  it('meets those alone whom a set passed over, and after it no more of them are tried', async () => {
    await failAlone(`new.user_name in ('a', 'c', 'd')`, '57P01');
    const entries = await bulk(
      idp,
      ['a', 'b', 'c', 'd', 'e'].map((name) => addUser(name)),
    );
    expect(statuses(entries)).toEqual(['503', '201', '503', '503', '201']);
    expect(await host.dataSource.query('select last_value::int from tries')).toEqual([{ last_value: 4 }]);
    expect((await idp.get('/Users')).body.totalResults).toBe(2);
  });

  it('for those whom a set passed over leaves nothing of what comes after the last error that there may be', async () => {
    await failAlone(`new.user_name in ('a', 'c')`, '22000');
    const operations = ['a', 'b', 'c', 'd', 'e'].map((name) => addUser(name));
    const entries = await bulk(idp, operations, { failOnErrors: 2 });
    expect(statuses(entries)).toEqual(['500', '201', '500']);
    expect((await idp.get('/Users')).body.totalResults).toBe(1);
  });

  it('ends a request with failOnErrors where it fails', async () => {
    await failOn('scim_group', 'true', '57P01');
    const entries = await bulk(idp, [addUser('ada'), addGroup('a'), addUser('bob')], { failOnErrors: 1 });
    expect(statuses(entries)).toEqual(['201', '503']);
  });
});

describe('the events of a bulk request', () => {
  let host: RelayHost;
  let idp: ScimClient;

  beforeAll(async () => {
    host = await startRelayHost({ options: { deliverEvents: true } });
    idp = await host.client();
  });

  afterAll(() => host.stop());

  it('are tried before the answer where they cut access', async () => {
    const ids = (
      await bulk(
        idp,
        ['a', 'b', 'c'].map((name) => addUser(name)),
      )
    ).map(idOf);
    for (const id of ids) await settled(id, 1);
    await bulk(idp, [
      patching(`/Users/${ids[0]}`, { op: 'replace', path: 'active', value: false }),
      { method: 'DELETE', path: `/Users/${ids[1]}` },
      patching(`/Users/${ids[2]}`, { op: 'replace', path: 'title', value: 'Dr' }),
      { method: 'PUT', path: `/Users/${ids[2]}`, data: { userName: 'c', active: false } },
    ]);
    const last = ids.map((id) => host.recorder.seen.filter(({ identityId }) => identityId === id).at(-1)?.type);
    expect(last).toEqual(['scim.user.deactivated', 'scim.user.deprovisioned', 'scim.user.deactivated']);
  });

  it('that are not waited for are delivered at once beside those that are', async () => {
    const [entry] = await bulk(idp, [addUser('leaver')]);
    await settled(idOf(entry), 1);
    const nudge = jest.spyOn(host.app.get(ScimRelay, { strict: false }), 'nudge');
    await bulk(idp, [addUser('joiner'), { method: 'DELETE', path: `/Users/${idOf(entry)}` }]);
    expect(nudge).toHaveBeenCalled();
    nudge.mockRestore();
  });

  // Each removal by itself would wait for two seconds, and all of them for longer than a test may take.
  it('are waited for once, however many handlers hang', async () => {
    const ids = (
      await bulk(
        idp,
        Array.from({ length: 40 }, (_, index) => addUser(`many-${index}`)),
      )
    ).map(idOf);
    for (const id of ids) await settled(id, 1);
    let release = (): void => {};
    const blocked = new Promise<void>((resolve) => (release = resolve));
    host.recorder.before = () => blocked;
    const entries = await bulk(
      idp,
      ids.map((id) => ({ method: 'DELETE', path: `/Users/${id}` })),
    );
    expect(new Set(statuses(entries))).toEqual(new Set(['204']));
    release();
    host.recorder.before = async () => {};
    for (const id of ids) await settled(id, 2);
  });

  async function settled(identityId: string, count: number): Promise<void> {
    for (let tries = 0; tries < 5000; tries += 1) {
      const done = (await host.deliveries(identityId)).filter(({ status }) => status !== 'pending');
      if (done.length >= count) return;
    }
    throw new Error(`The events of ${identityId} were not delivered.`);
  }
});

describe('a host that cannot say whether SCIM is allowed', () => {
  it('answers 503 before anything is done', async () => {
    const host = await startModuleHost();
    const acme = await TestOrganization.of(host);
    host.organizations.failing = true;
    expectScimError(await postBulk(acme.idp, [addUser('ada')]), 503);
    host.organizations.failing = false;
    const texts = await countStatements(host.dataSource, () => acme.idp.get('/Users'));
    expect(texts.length).toBeGreaterThan(0);
    expect((await acme.idp.get('/Users')).body.totalResults).toBe(0);
    await host.stop();
  });
});
