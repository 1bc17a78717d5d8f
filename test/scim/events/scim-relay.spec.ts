import type { UserEvent } from '../../../src/scim/index.js';
import type { ScimClient } from '../../support/scim-client.js';
import { type RelayHost, startRelayHost } from './relay-host.js';

let host: RelayHost;
let idp: ScimClient;

beforeAll(async () => {
  host = await startRelayHost();
  idp = await host.client();
});

afterEach(async () => {
  host.recorder.before = host.recorder.after = async () => {};
  await host.age();
  await host.drain();
});

afterAll(() => host.stop());

let made = 0;
const createUser = async (): Promise<string> => (await idp.createUser({ userName: `user-${(made += 1)}` })).id;
const setTitle = (id: string, value: string) => idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value }]);

/** A handler that fails on what `condition` picks. */
const failOn =
  (condition: (event: UserEvent) => boolean) =>
  async (event: UserEvent): Promise<void> => {
    if (condition(event)) throw new Error('the handler failed');
  };

describe('the relay', () => {
  it('delivers the events of an identity in their order, each once', async () => {
    const id = await createUser();
    for (const title of ['a', 'b', 'c']) await setTitle(id, title);
    await host.drain();
    expect(host.recorder.sequencesOf(id)).toEqual([1, 2, 3, 4]);
    expect(await host.effects(id)).toEqual([1, 2, 3, 4]);
    expect(await host.deliveries(id)).toEqual(
      ['provisioned', 'updated', 'updated', 'updated'].map((type) => ({
        type,
        status: 'delivered',
        attempts: 1,
        lastError: null,
        waits: false,
      })),
    );
    expect(await host.tick()).toBe(0);
  });

  it("holds the successors of an event whose handler fails, and nobody else's", async () => {
    const [failing, other] = [await createUser(), await createUser()];
    host.recorder.before = failOn(({ identityId, sequence }) => identityId === failing && sequence === 2);
    for (const id of [failing, other]) for (const title of ['a', 'b']) await setTitle(id, title);
    await host.drain();
    expect(await host.effects(failing)).toEqual([1]);
    expect(await host.effects(other)).toEqual([1, 2, 3]);
    expect((await host.deliveries(failing)).slice(1)).toEqual([
      { type: 'updated', status: 'pending', attempts: 1, lastError: 'the handler failed', waits: true },
      { type: 'updated', status: 'pending', attempts: 0, lastError: null, waits: true },
    ]);
    expect(await host.tick()).toBe(0);

    host.recorder.before = async () => {};
    await host.age();
    await host.drain();
    expect(await host.effects(failing)).toEqual([1, 2, 3]);
  });

  it('undoes what a handler wrote before it failed, and tells it the number of the try', async () => {
    const id = await createUser();
    host.recorder.attempts.length = 0;
    host.recorder.after = failOn(({ identityId }) => identityId === id);
    await host.tick();
    expect(await host.effects(id)).toEqual([]);
    host.recorder.after = async () => {};
    await host.age();
    await host.tick();
    expect(await host.effects(id)).toEqual([1]);
    expect(host.recorder.attempts).toEqual([1, 2]);
    expect(await host.deliveries(id)).toMatchObject([{ status: 'delivered', attempts: 2 }]);
  });

  it('puts an ordinary event aside after twelve tries, and goes on with the next', async () => {
    const id = await createUser();
    await setTitle(id, 'a');
    host.recorder.before = failOn(({ identityId, sequence }) => identityId === id && sequence === 1);
    for (let tries = 1; tries <= 12; tries += 1) {
      expect(await host.deliveries(id)).toMatchObject([{ status: 'pending', attempts: tries - 1 }, { attempts: 0 }]);
      await host.age();
      await host.tick();
    }
    expect(await host.deliveries(id)).toMatchObject([
      { status: 'dead', attempts: 12, lastError: 'the handler failed' },
      { status: 'pending' },
    ]);
    await host.drain();
    expect(await host.effects(id)).toEqual([2]);
  });

  it.each([
    ['deactivated', (id: string) => idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }])],
    ['deprovisioned', (id: string) => idp.delete(`/Users/${id}`)],
  ])('never gives up on %s', async (type, send) => {
    const id = await createUser();
    await host.drain();
    await send(id);
    host.recorder.before = failOn(({ identityId }) => identityId === id);
    for (let tries = 0; tries < 15; tries += 1) {
      await host.age();
      await host.tick();
    }
    expect((await host.deliveries(id)).at(-1)).toMatchObject({ type, status: 'pending', attempts: 15, waits: true });
    host.recorder.before = async () => {};
    await host.age();
    await host.tick();
    expect(await host.effects(id)).toEqual([1, 2]);
  });

  it('lets a removal overtake what fails, and makes that void', async () => {
    const id = await createUser();
    await host.drain();
    host.recorder.before = failOn(({ type }) => type === 'scim.user.updated');
    for (const title of ['a', 'b']) await setTitle(id, title);
    await host.drain();
    await idp.delete(`/Users/${id}`);
    await host.drain();
    host.recorder.before = async () => {};
    await host.age();
    await host.drain();
    expect(await host.effects(id)).toEqual([1, 4]);
    expect((await host.deliveries(id)).map(({ type, status }) => [type, status])).toEqual([
      ['provisioned', 'delivered'],
      ['updated', 'superseded'],
      ['updated', 'superseded'],
      ['deprovisioned', 'delivered'],
    ]);
  });

  it('makes nothing void before the removal was handled', async () => {
    const id = await createUser();
    host.recorder.before = failOn(({ type }) => type === 'scim.user.deprovisioned');
    await idp.delete(`/Users/${id}`);
    await host.drain();
    expect(await host.deliveries(id)).toMatchObject([{ status: 'delivered' }, { status: 'pending', attempts: 1 }]);
    expect(await host.effects(id)).toEqual([1]);
  });

  it('keeps its hands off a delivery that somebody else is at', async () => {
    const id = await createUser();
    const other = host.dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query('select from scim_outbox_delivery where aggregate_id = $1 for update', [id]);
    await host.tick();
    expect(host.recorder.sequencesOf(id)).toEqual([]);
    await other.rollbackTransaction();
    await other.release();
    await host.tick();
    expect(host.recorder.sequencesOf(id)).toEqual([1]);
  });

  it("keeps a bounded text of a handler's error", async () => {
    const id = await createUser();
    host.recorder.before = async () => {
      throw new Error('x'.repeat(5000));
    };
    await host.tick();
    expect((await host.deliveries(id))[0]?.lastError).toHaveLength(2000);
  });

  it('does not count a try that the database cut short', async () => {
    const id = await createUser();
    host.recorder.before = async ({ identityId }) => {
      if (identityId !== id) return;
      await host.dataSource.query(
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`,
      );
    };
    await host.tick();
    expect(await host.deliveries(id)).toMatchObject([{ status: 'pending', attempts: 0, lastError: null }]);
    host.recorder.before = async () => {};
    await host.age();
    await host.drain();
    expect(await host.effects(id)).toEqual([1]);
  });

  it('lets a removal wait for an older event whose handler is at work, without a connection', async () => {
    const id = await createUser();
    await setTitle(id, 'a');
    const other = host.dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query(
      `select from scim_outbox_delivery where aggregate_id = $1 order by event_seq limit 1 for update`,
      [id],
    );
    await idp.delete(`/Users/${id}`);
    expect(await host.tick()).toBe(0);
    expect(await host.deliveries(id)).toMatchObject([
      { status: 'pending' },
      { status: 'pending' },
      { type: 'deprovisioned', status: 'pending', attempts: 0 },
    ]);
    await other.rollbackTransaction();
    await other.release();
    await host.tick();
    expect((await host.deliveries(id)).map(({ status }) => status)).toEqual(['superseded', 'superseded', 'delivered']);
  });

  it('leaves events alone that only a newer release knows', async () => {
    const id = await createUser();
    await host.drain();
    await host.dataSource.query(
      `with event as (
         insert into scim_outbox (id, organization_id, aggregate_type, aggregate_id, aggregate_seq, type, payload)
         values (gen_random_uuid(), $1, 'user', $2, 2, 'scim.user.erased', '{}') returning seq)
       insert into scim_outbox_delivery (event_seq, consumer, aggregate_id, terminal)
       select seq, 'test.record', $2, false from event`,
      [idp.organizationId, id],
    );
    expect(await host.tick()).toBe(0);
    expect((await host.deliveries(id)).at(-1)).toMatchObject({ status: 'pending', attempts: 0 });
    await host.dataSource.query(`delete from scim_outbox where type = 'scim.user.erased'`);
  });
});

describe('the alert', () => {
  const logged: string[] = [];

  beforeAll(() => {
    const note = (...parts: unknown[]): void => void logged.push(parts.map(String).join(' '));
    host.app.useLogger({ log: note, error: note, warn: note });
  });

  afterAll(() => host.app.useLogger(false));

  const failing = async (id: string, tries: number): Promise<string[]> => {
    logged.length = 0;
    host.recorder.before = failOn(({ identityId }) => identityId === id);
    for (let tried = 0; tried < tries; tried += 1) {
      await host.age();
      await host.tick();
    }
    return logged.map((line) => /^\[scim-alert\]/.exec(line)?.[0] ?? '');
  };

  it('is raised for an ordinary event when it is given up, and not before', async () => {
    const id = await createUser();
    expect(await failing(id, 12)).toEqual([...Array(11).fill(''), '[scim-alert]']);
    expect(logged.at(-1)).toContain('given up');
  });

  it('is raised for an event that takes access away at the fifth failure, and at each that follows', async () => {
    const id = await createUser();
    await host.drain();
    await idp.delete(`/Users/${id}`);
    expect(await failing(id, 6)).toEqual(['', '', '', '', '[scim-alert]', '[scim-alert]']);
    expect(logged.at(-1)).toContain(id);
  });
});
