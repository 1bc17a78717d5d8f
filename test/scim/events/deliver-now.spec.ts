import { OnScimEvent, UserDeprovisioned, UserProvisioned, UsersService } from '../../../src/scim/index.js';
import { createTestDatabase, endConnections, type TestDatabase } from '../../support/database.js';
import type { ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { TestOrganization } from '../../support/test-organization.js';
import { when } from '../../support/when.js';
import { whenDelivered } from '../../support/when-delivered.js';
import { Recorder } from './recorder.js';
import { type RelayHost, startRelayHost } from './relay-host.js';

let host: RelayHost;
let idp: ScimClient;

/** Publishers whose receivers answer when they are told to. */
let answers = Promise.resolve();
let answerNow = (): void => {};
const publishers = ['test.outside', 'test.farther'].map((consumer) => ({ consumer, publish: () => answers }));

beforeAll(async () => {
  host = await startRelayHost({ options: { deliverEvents: true, publishers } });
  idp = await host.client();
});

afterEach(() => {
  answerNow();
  host.recorder.before = host.recorder.after = async () => {};
});

afterAll(() => host.stop());

/** Resolves when the recorder has handled the event, and it and those before it are done with (a deactivation may overtake). */
async function seen(identityId: string, sequence: number): Promise<void> {
  await when(`event ${sequence} of ${identityId} is delivered`, async () => {
    const done = (await host.deliveries(identityId)).filter(({ status }) => status !== 'pending');
    return host.recorder.sequencesOf(identityId).includes(sequence) && done.length >= sequence;
  });
}

const paths: readonly (readonly [string, (id: string) => Promise<ScimAnswer>])[] = [
  ['deactivation by PATCH', (id) => idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }])],
  ['deactivation by PUT', (id) => idp.put(`/Users/${id}`, { userName: `put-${id}`, active: false })],
  ['removal', (id) => idp.delete(`/Users/${id}`)],
];

describe('a request that takes access away', () => {
  it.each(paths)('is answered after the handlers were tried: %s', async (_what, send) => {
    const { id } = await idp.createUser({ userName: `now-${_what}` });
    const { status } = await send(id);
    expect(status).toBeLessThan(300);
    const types = host.recorder.seen.filter(({ identityId }) => identityId === id).map(({ type }) => type);
    expect(types.at(-1)).toBe(_what === 'removal' ? 'scim.user.deprovisioned' : 'scim.user.deactivated');
  });

  it.each(paths)('is answered in the same way where a handler fails, which is tried again: %s', async (_what, send) => {
    const { id } = await idp.createUser({ userName: `failing-${_what}` });
    await seen(id, 1);
    host.recorder.before = async () => {
      throw new Error('the handler failed');
    };
    expect((await send(id)).status).toBeLessThan(300);
    // Once at least: the loop tries it again in its time.
    const tried = (await host.deliveries(id)).at(-1);
    expect(tried).toMatchObject({ status: 'pending', lastError: 'the handler failed' });
    host.recorder.before = async () => {};
    await host.age();
    await whenDelivered(host.dataSource);
    const { status, attempts = 0 } = (await host.deliveries(id)).at(-1) ?? {};
    expect(status).toBe('delivered');
    expect(attempts).toBeGreaterThan(tried?.attempts ?? 0);
  });

  it('is answered after two seconds where a handler takes longer, which goes on', async () => {
    const { id } = await idp.createUser({ userName: 'slow' });
    await seen(id, 1);
    let release = (): void => {};
    const blocked = new Promise<void>((resolve) => (release = resolve));
    host.recorder.before = (event) => (event.identityId === id ? blocked : Promise.resolve());
    const { status } = await idp.delete(`/Users/${id}`);
    expect(status).toBe(204);
    expect(host.recorder.sequencesOf(id)).toEqual([1]);
    expect((await host.deliveries(id)).at(-1)).toMatchObject({ status: 'pending', attempts: 0 });
    release();
    await seen(id, 2);
  });

  it('does not wait for the handlers of other people', async () => {
    const { id: other } = await idp.createUser({ userName: 'stuck' });
    const { id } = await idp.createUser({ userName: 'quick' });
    await Promise.all([seen(other, 1), seen(id, 1)]);
    let release = (): void => {};
    const blocked = new Promise<void>((resolve) => (release = resolve));
    host.recorder.before = (event) => (event.identityId === other ? blocked : Promise.resolve());
    await idp.patch(`/Users/${other}`, [{ op: 'replace', path: 'title', value: 'Dr' }]);
    await idp.delete(`/Users/${id}`);
    await seen(id, 2);
    expect(host.recorder.sequencesOf(other)).toEqual([1]);
    release();
    await seen(other, 2);
  });

  it('does not wait for publishers, and those that hang take nothing from the handlers', async () => {
    answers = new Promise<void>((resolve) => (answerNow = resolve));
    const ids: string[] = [];
    for (let index = 0; index < 8; index += 1) ids.push((await idp.createUser({ userName: `outside-${index}` })).id);
    for (const id of ids) await seen(id, 1);
    const removals = ids.map((id) => idp.delete(`/Users/${id}`).then(() => 'answered'));
    // With publishers to wait for, none would be answered before two seconds are over.
    const waiting = host.dataSource.query('select pg_sleep(1.9)').then(() => 'waited for publishers');
    expect(await Promise.race([...removals, waiting])).toBe('answered');
    await Promise.all([...removals, waiting]);
    for (const id of ids) await seen(id, 2);
    for (const id of ids) expect((await host.deliveries(id, 'test.outside')).at(-1)?.status).toBe('pending');
  });

  it('shares four handlers with all others, however many requests there are', async () => {
    const ids = await Promise.all(
      Array.from(
        { length: 12 },
        async (_, index) => (await idp.createUser({ userName: `many-${index}` })).id as string,
      ),
    );
    for (const id of ids) await seen(id, 1);
    let active = 0;
    let most = 0;
    host.recorder.before = async () => {
      most = Math.max(most, (active += 1));
      await host.dataSource.query('select pg_sleep(0.02)');
      active -= 1;
    };
    await Promise.all(ids.map((id) => idp.delete(`/Users/${id}`)));
    for (const id of ids) await seen(id, 2);
    expect(most).toBeLessThanOrEqual(4);
  });
});

class Quick {
  readonly seen: string[] = [];

  @OnScimEvent([UserProvisioned, UserDeprovisioned], { consumer: 'test.quick' })
  async note({ identityId }: UserProvisioned | UserDeprovisioned): Promise<void> {
    this.seen.push(identityId);
  }
}

describe('a handler that hangs', () => {
  let database: TestDatabase;
  let other: RelayHost;
  let release = (): void => {};

  beforeAll(async () => {
    database = await createTestDatabase();
    const options = { deliverEvents: true };
    other = await startRelayHost({ databaseUrl: database.url, providers: [Recorder, Quick], options });
    const blocked = new Promise<void>((resolve) => (release = resolve));
    other.recorder.before = () => blocked;
  });

  afterAll(() => database.drop());

  it('holds no other handler, in whatever number it hangs', async () => {
    const client = await other.client();
    const quick = other.app.get(Quick);
    const ids: string[] = [];
    for (let index = 0; index < 12; index += 1) ids.push((await client.createUser({ userName: `u-${index}` })).id);
    await when('the quick one has all', async () => {
      await other.effects(ids[0] ?? '');
      return quick.seen.length >= ids.length;
    });
    expect([...quick.seen].sort()).toEqual([...ids].sort());
    expect(other.recorder.seen).toEqual([]);
  });

  it('is waited for when the host stops, and its work is not lost', async () => {
    const { recorder } = other;
    const stopped = other.app.close();
    release();
    await stopped;
    const handled = recorder.seen.map(({ id }) => id);
    expect(handled.length).toBeGreaterThan(0);
    const again = await startRelayHost({ databaseUrl: database.url });
    const rows = await again.dataSource.query('select event_id from effect where event_id = any ($1::uuid[])', [
      handled,
    ]);
    expect(rows).toHaveLength(handled.length);
    await again.stop();
  });
});

describe('other requests', () => {
  it('are answered at once, and their events are delivered soon without being asked for', async () => {
    let release = (): void => {};
    const blocked = new Promise<void>((resolve) => (release = resolve));
    host.recorder.before = () => blocked;
    const { id } = await idp.createUser({ userName: 'ada' });
    expect(host.recorder.sequencesOf(id)).toEqual([]);
    release();
    await seen(id, 1);
  });

  it('deliver a first login before the host goes on', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada' });
    await seen(id, 1);
    await acme.accountOf('ada');
    expect(host.recorder.sequencesOf(id)).toEqual([1, 2]);
  });
});

describe('a write in a transaction of the host', () => {
  const service = (): UsersService => host.app.get(UsersService, { strict: false });

  it('is told of after the commit, not before', async () => {
    const { organizationId } = idp;
    await whenDelivered(host.dataSource);
    const id = await host.dataSource.transaction(async (manager) => {
      const user = await service().create(organizationId, { userName: 'host' }, { manager });
      await service().patch(
        organizationId,
        String(user['id']),
        {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
          Operations: [{ op: 'replace', path: 'active', value: false }],
        },
        { manager },
      );
      expect(await host.tick()).toBe(0);
      return String(user['id']);
    });
    await seen(id, 2);
  });

  it('leaves no event behind where the host rolls back', async () => {
    const acme = await TestOrganization.of(host);
    const { id } = await acme.idp.createUser({ userName: 'ada' });
    const work = host.dataSource.transaction(async (manager) => {
      await service().create(acme.id, { userName: 'bob' }, { manager });
      await service().delete(acme.id, id, { manager });
      throw new Error('the host changed its mind');
    });
    await expect(work).rejects.toThrow('changed its mind');
    expect(await acme.eventTypes()).toEqual(['provisioned']);
    expect((await acme.idp.get('/Users')).body.totalResults).toBe(1);
  });
});

describe('the loop', () => {
  it('goes on after all connections were ended', async () => {
    for (let times = 0; times < 3; times += 1) {
      await endConnections(host.databaseUrl);
      const { id } = await createAgain(`survivor-${times}`);
      await seen(id, 1);
    }
  });

  /** As an identity provider does, which meets connections that are ended and do not know it yet. */
  async function createAgain(userName: string): Promise<{ id: string }> {
    for (let tries = 0; ; tries += 1) {
      const answer = await idp.post('/Users', { userName: `${userName}-${tries}` });
      if (answer.status === 201) return answer.body;
      expect(answer.status).toBe(503);
    }
  }
});
