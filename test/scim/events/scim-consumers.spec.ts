import { Injectable, Scope } from '@nestjs/common';
import {
  OnScimEvent,
  ScimEventsService,
  TokenCreated,
  UserDeactivated,
  type UserEvent,
  UserProvisioned,
  UserReactivated,
  UsersService,
  UserUpdated,
} from '../../../src/scim/index.js';
import { ScimEventUpkeep } from '../../../src/scim/events/scim-event-upkeep.js';
import { ScimPastEvents } from '../../../src/scim/events/scim-past-events.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { when } from '../../support/when.js';
import { Recorder } from './recorder.js';
import { startRelayHost } from './relay-host.js';

const PATCH_URN = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

class Late {
  readonly seen: string[] = [];

  @OnScimEvent(UserProvisioned, { consumer: 'test.late' })
  async note({ identityId }: UserProvisioned): Promise<void> {
    this.seen.push(identityId);
  }
}

class Namesake {
  @OnScimEvent(TokenCreated, { consumer: 'test.late' })
  async note(): Promise<void> {}
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  @OnScimEvent(UserProvisioned, { consumer: 'test.per-request' })
  async note(): Promise<void> {}
}

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const start = (
  ...providers: NonNullable<Parameters<typeof startModuleHost>[0]>['providers'] & object
): Promise<ModuleHost> => startModuleHost({ databaseUrl: database.url, providers, options: { deliverEvents: false } });

describe('consumers', () => {
  it('get what is written after they were registered, and nothing of the past', async () => {
    const first = await startRelayHost({ databaseUrl: database.url });
    const idp = await first.client();
    const { id: old } = await idp.createUser({ userName: 'old' });
    const second = await startRelayHost({ databaseUrl: database.url, providers: [Late, Recorder] });
    // Written by the process that does not know the handler.
    const { id } = await idp.createUser({ userName: 'new' });
    await second.drain();
    expect(second.app.get(Late).seen).toEqual([id]);
    expect(second.recorder.sequencesOf(old)).toEqual([1]);
    expect(await second.deliveries(old, 'test.late')).toEqual([]);
    expect(await second.deliveries(id, 'test.late')).toMatchObject([{ status: 'delivered' }]);
    await first.stop();
    await second.stop();
  });

  it('get the past before all else where they ask for it, though transactions commit late, and each event once', async () => {
    const writer = await startRelayHost({ databaseUrl: database.url });
    const idp = await writer.client();
    const { id } = await idp.createUser({ userName: 'past' });
    const setTitle = (value: string) => idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value }]);
    await setTitle('a');
    for (const active of [false, true])
      await idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: active }]);
    // It wrote before the handler came, and commits after.
    const runner = writer.dataSource.createQueryRunner();
    await runner.startTransaction();
    const late = { schemas: [PATCH_URN], Operations: [{ op: 'replace', path: 'title', value: 'late' }] };
    const users = writer.app.get(UsersService, { strict: false });
    await users.patch(idp.organizationId, id, late, { manager: runner.manager });

    class Curious {
      readonly seen: number[] = [];

      @OnScimEvent([UserProvisioned, UserUpdated, UserDeactivated, UserReactivated], {
        consumer: 'test.curious',
        from: 'beginning',
      })
      async note({ identityId, sequence }: UserEvent): Promise<void> {
        if (identityId === id) this.seen.push(sequence);
      }
    }
    const hosts = await Promise.all(
      [1, 2].map(() => startRelayHost({ databaseUrl: database.url, providers: [Curious, Recorder] })),
    );
    const past = hosts.map((host) => host.app.get(ScimPastEvents, { strict: false }));
    const sequences = (): number[] => hosts.flatMap((host) => host.app.get(Curious).seen).sort();
    const giveAndDrain = async (): Promise<void> => {
      await Promise.all(past.map((each) => each.tick()));
      for (const host of hosts) await host.drain();
    };
    await giveAndDrain();
    expect(sequences()).toEqual([]);
    await runner.commitTransaction();
    await runner.release();
    await setTitle('now');
    // A transaction of another test, on the same server, is waited for as well.
    await when('the past is given', async () => (await giveAndDrain(), sequences().length > 0));
    expect(sequences()).toEqual([1, 2, 3, 4, 5, 6]);
    await giveAndDrain();
    expect((await writer.deliveries(id, 'test.curious')).map(({ status, attempts }) => [status, attempts])).toEqual(
      Array(6).fill(['delivered', 1]),
    );
    for (const host of [writer, ...hosts]) await host.stop();
  });

  it('are waited for by events of a process that has no handlers', async () => {
    const writer = await start();
    const { id } = await (await writer.client()).createUser({ userName: 'ada' });
    await writer.stop();
    const worker = await startRelayHost({ databaseUrl: database.url, providers: [Late, Recorder] });
    await worker.drain();
    expect(worker.app.get(Late).seen).toContain(id);
    await worker.stop();
  });

  it('get only the events they name', async () => {
    const host = await startRelayHost({ databaseUrl: database.url, providers: [Late, Recorder] });
    const idp = await host.client();
    const { id } = await idp.createUser({ userName: 'ada' });
    await idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: 'Dr' }]);
    await host.drain();
    expect(await host.deliveries(id, 'test.late')).toMatchObject([{ type: 'provisioned' }]);
    expect(await host.deliveries(id)).toMatchObject([{ type: 'provisioned' }, { type: 'updated' }]);
    await host.stop();
  });

  it('may name other events in a later release', async () => {
    class Widened {
      @OnScimEvent([UserProvisioned, UserUpdated], { consumer: 'test.late' })
      async note(): Promise<void> {}
    }
    const host = await start(Widened);
    const rows = await host.dataSource.query(`select event_types from scim_consumer where name = 'test.late'`);
    expect(rows).toEqual([{ event_types: ['scim.user.provisioned', 'scim.user.updated'] }]);
    await host.stop();
  });

  it('keep the events of an older release, whose processes may run on', async () => {
    const host = await start(Late);
    const rows = await host.dataSource.query(`select event_types from scim_consumer where name = 'test.late'`);
    expect(rows).toEqual([{ event_types: ['scim.user.provisioned', 'scim.user.updated'] }]);
    await host.stop();
  });

  it('do not get an event that they no longer name, and it holds nothing back', async () => {
    class Narrow {
      readonly seen: string[] = [];

      @OnScimEvent([UserProvisioned, UserReactivated], { consumer: 'test.late' })
      async note({ type }: UserProvisioned | UserReactivated): Promise<void> {
        this.seen.push(type);
      }
    }
    const host = await startRelayHost({ databaseUrl: database.url, providers: [Narrow, Recorder] });
    const idp = await host.client();
    const { id } = await idp.createUser({ userName: 'ada' });
    await idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: 'Dr' }]);
    for (const value of [false, true]) await idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value }]);
    await host.drain();
    const deliveries = await host.deliveries(id, 'test.late');
    const { seen } = host.app.get(Narrow);
    await host.stop();
    expect(deliveries.map(({ type, status }) => [type, status])).toEqual([
      ['provisioned', 'delivered'],
      ['updated', 'delivered'],
      ['reactivated', 'delivered'],
    ]);
    expect(seen.slice(-2)).toEqual(['scim.user.provisioned', 'scim.user.reactivated']);
  });

  it('of an older release leave to the newer what only that one names', async () => {
    class Older {
      @OnScimEvent(UserProvisioned, { consumer: 'test.rolling' })
      async note(): Promise<void> {}
    }
    class Newer {
      readonly seen: string[] = [];

      @OnScimEvent([UserProvisioned, UserUpdated], { consumer: 'test.rolling' })
      async note({ type }: UserProvisioned | UserUpdated): Promise<void> {
        this.seen.push(type);
      }
    }
    const older = await startRelayHost({ databaseUrl: database.url, providers: [Older, Recorder] });
    const newer = await startRelayHost({ databaseUrl: database.url, providers: [Newer, Recorder] });
    const idp = await older.client();
    const { id } = await idp.createUser({ userName: 'ada' });
    await idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: 'Dr' }]);
    await older.drain();
    expect(await older.deliveries(id, 'test.rolling')).toMatchObject([{ status: 'delivered' }, { status: 'pending' }]);
    await newer.drain();
    expect(newer.app.get(Newer).seen).toEqual(['scim.user.updated']);
    await older.stop();
    await newer.stop();
  });

  it('are retired by their name when no handler has it any more, and come back with one', async () => {
    class Renamed {
      @OnScimEvent(UserProvisioned, { consumer: 'test.old-name' })
      async note(): Promise<void> {}
    }
    const before = await startRelayHost({ databaseUrl: database.url, providers: [Renamed, Recorder] });
    const idp = await before.client();
    const { id } = await idp.createUser({ userName: 'ada' });
    const { id: dead } = await idp.createUser({ userName: 'abe' });
    await before.dataSource.query(`update scim_outbox_delivery set status = 'dead' where aggregate_id = $1`, [dead]);
    await expect(before.app.get(ScimEventsService, { strict: false }).retire('test.old-name')).rejects.toThrow(
      'handler',
    );
    await before.stop();

    const after = await startRelayHost({ databaseUrl: database.url });
    const service = after.app.get(ScimEventsService, { strict: false });
    expect(await service.retire('test.old-name')).toBe(2);
    expect(await service.retire('test.old-name')).toBe(0);
    expect(await service.retire('test.unknown')).toBe(0);
    for (const one of [id, dead]) {
      expect(await after.deliveries(one, 'test.old-name')).toMatchObject([{ status: 'superseded' }]);
    }
    const { id: later } = await (await after.client()).createUser({ userName: 'bob' });
    expect(await after.deliveries(later, 'test.old-name')).toEqual([]);
    // As a transaction writes it that began before and is committed now.
    await after.dataSource.query(
      `insert into scim_outbox_delivery (event_seq, consumer, aggregate_id, terminal)
       select seq, 'test.old-name', aggregate_id, false from scim_outbox where aggregate_id = $1`,
      [later],
    );
    await after.app.get(ScimEventUpkeep, { strict: false }).tick();
    expect(await after.deliveries(later, 'test.old-name')).toMatchObject([{ status: 'superseded' }]);
    await after.stop();

    const again = await startRelayHost({ databaseUrl: database.url, providers: [Renamed, Recorder] });
    const { id: last } = await (await again.client()).createUser({ userName: 'cleo' });
    expect(await again.deliveries(last, 'test.old-name')).toHaveLength(1);
    await again.stop();
  });

  it('are one where one object goes by two tokens', async () => {
    const host = await start(Late, { provide: 'ALIAS', useExisting: Late });
    await host.stop();
  });

  it('refuse to start with a name that two handlers have', async () => {
    await expect(start(Late, Namesake)).rejects.toThrow('"test.late"');
  });

  it('refuse to start on a provider that lives for a request only, which would never be called', async () => {
    await expect(start(PerRequest)).rejects.toThrow('"test.per-request"');
  });
});
