import { ScimRelay } from '../../../src/scim/events/scim-relay.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { type RelayHost, startRelayHost } from './relay-host.js';

let database: TestDatabase;
let hosts: readonly RelayHost[];

beforeAll(async () => {
  database = await createTestDatabase();
  const first = await startRelayHost({ databaseUrl: database.url });
  hosts = [first, await startRelayHost({ databaseUrl: database.url })];
});

afterAll(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await database.drop();
});

describe('two relays on one database', () => {
  it('deliver each event once, in the order of its identity', async () => {
    const [one, two] = hosts as [RelayHost, RelayHost];
    const idp = await one.client();
    const ids = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, index) => (await idp.createUser({ userName: `user-${index}` })).id as string,
      ),
    );
    for (const title of ['a', 'b']) {
      await Promise.all(ids.map((id) => idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: title }])));
    }
    for (let due = 1; due > 0;) {
      due = (await Promise.all([one.tick(), two.tick(), one.tick(), two.tick()])).reduce((sum, tried) => sum + tried);
    }
    for (const id of ids) expect(await one.effects(id)).toEqual([1, 2, 3]);
    expect(one.recorder.seen.length + two.recorder.seen.length).toBe(60);
  });

  it('leave an event to the other where its handler is still at it', async () => {
    const [one, two] = hosts as [RelayHost, RelayHost];
    const idp = await one.client();
    const { id } = await idp.createUser({ userName: 'ada' });
    let release = (): void => {};
    let enter = (): void => {};
    const entered = new Promise<void>((resolve) => (enter = resolve));
    one.recorder.before = () => new Promise<void>((resolve) => ((release = resolve), enter()));
    const busy = one.tick();
    await entered;
    await two.tick();
    expect(two.recorder.sequencesOf(id)).toEqual([]);
    one.recorder.before = async () => {};
    release();
    await busy;
    await two.drain();
    expect(await one.effects(id)).toEqual([1]);
  });

  it('let a request wait for the other where that one has its event', async () => {
    const [, two] = hosts as [RelayHost, RelayHost];
    const three = await startRelayHost({ databaseUrl: database.url, options: { deliverEvents: true } });
    const relay = three.app.get(ScimRelay, { strict: false });
    // Only requests deliver here from now on.
    await relay.onModuleDestroy();
    const { id } = await (await two.client()).createUser({ userName: 'ada' });
    let release = (): void => {};
    let enter = (): void => {};
    const entered = new Promise<void>((resolve) => (enter = resolve));
    two.recorder.before = () => new Promise<void>((resolve) => ((release = resolve), enter()));
    const busy = two.tick();
    await entered;
    const [{ eventSeq }] = await two.dataSource.query(
      `select event_seq as "eventSeq" from scim_outbox_delivery where aggregate_id = $1`,
      [id],
    );
    let answered = false;
    const effects = relay.deliverNow([{ eventSeq, consumer: 'test.record' }]).then(() => {
      answered = true;
      return two.effects(id);
    });
    for (let looks = 0; looks < 10; looks += 1) await two.effects(id);
    expect(answered).toBe(false);
    two.recorder.before = async () => {};
    release();
    expect(await effects).toEqual([1]);
    expect(three.recorder.seen).toEqual([]);
    await busy;
    await three.stop();
  });
});
