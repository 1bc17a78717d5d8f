import { DiscardPolicy, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import {
  GroupCreated,
  GroupDeleted,
  type ScimCloudEvent,
  toJetStream,
  UserProvisioned,
  UserUpdated,
} from '../../src/scim/index.js';
import { BrokerHost, type Received, sequencesOf, toReceived } from './broker-host.js';
import { NATS, type Nats, startNats } from './nats-server.js';
import { describeWith, LIMIT_MS } from './server-process.js';

const STREAM = 'people';
const SMALL = 'small';

describeWith(NATS, 'nats-server')('NATS JetStream', () => {
  let broker: Nats;
  let connection: NatsConnection;
  let manager: JetStreamManager;
  let host: BrokerHost;

  beforeAll(async () => {
    broker = await startNats();
    connection = await connect({ servers: broker.url, maxReconnectAttempts: -1, reconnectTimeWait: 200 });
    manager = await jetstreamManager(connection);
    await manager.streams.add({ name: STREAM, subjects: ['scim.user.*'] });
    const client = jetstream(connection);
    host = await BrokerHost.start([
      toJetStream(client, { consumer: 'test.stream', events: [UserProvisioned, UserUpdated], timeoutMs: 1000 }),
      toJetStream(client, { consumer: 'test.nowhere', events: [GroupCreated], timeoutMs: 1000 }),
      toJetStream(client, {
        consumer: 'test.small',
        events: [GroupDeleted],
        subject: ({ organizationid }) => `removed.${organizationid}`,
        timeoutMs: 1000,
      }),
    ]);
  }, LIMIT_MS);

  afterAll(async () => {
    await host?.stop();
    await connection?.close();
    await broker?.discard();
  }, LIMIT_MS);

  /** Takes everything out of a stream. */
  const take = async (stream: string): Promise<ScimCloudEvent[]> => {
    const { state } = await manager.streams.info(stream);
    const events: ScimCloudEvent[] = [];
    for (let seq = Math.max(state.first_seq, 1); seq <= state.last_seq; seq += 1) {
      const message = await manager.streams.getMessage(stream, { seq });
      if (message) events.push(message.json<ScimCloudEvent>());
    }
    await manager.streams.purge(stream);
    return events;
  };

  const receive = async (): Promise<Received[]> => (await take(STREAM)).map(toReceived);

  it(
    'gets every event once, in order, under its type',
    async () => {
      const ids = await host.makeUsers(5);
      await host.drain();
      const events = await take(STREAM);
      expect(events).toHaveLength(15);
      for (const id of ids) {
        expect(events.filter(({ partitionkey }) => partitionkey === id).map(({ type }) => type)).toEqual([
          'scim.user.provisioned',
          'scim.user.updated',
          'scim.user.updated',
        ]);
      }
    },
    LIMIT_MS,
  );

  it(
    'drops what is sent again, which its id tells',
    async () => {
      const publisher = toJetStream(jetstream(connection), { consumer: 'test.again' });
      const event = { id: 'event-1', type: 'scim.user.updated', partitionkey: 'a', sequence: '0000000001' };
      const context = { event: {} as never, attempt: 1, signal: new AbortController().signal };
      for (let times = 0; times < 3; times += 1) await publisher.publish(event as ScimCloudEvent, context);
      expect(await receive()).toEqual([{ id: 'event-1', key: 'a', sequence: 1 }]);
    },
    LIMIT_MS,
  );

  it(
    'does not confirm what no stream takes, which waits until one does',
    async () => {
      const id = await host.makeGroup();
      await host.drain();
      expect(await host.deliveries(id, 'test.nowhere')).toMatchObject([
        { status: 'pending', attempts: 1, lastError: expect.stringContaining('Not published: ') },
      ]);
      await manager.streams.add({ name: 'groups', subjects: ['scim.group.*'] });
      await host.settle();
      expect(await take('groups')).toMatchObject([{ type: 'scim.group.created', partitionkey: id }]);
    },
    LIMIT_MS,
  );

  it(
    'that refuses a message, because its stream is full, has it offered again',
    async () => {
      await manager.streams.add({ name: SMALL, subjects: ['removed.*'], max_msgs: 1, discard: DiscardPolicy.New });
      const removed = [await host.makeGroup(), await host.makeGroup()];
      await host.settle();
      for (const id of removed) await host.idp.delete(`/Groups/${id}`);
      await host.drain();
      const deliveries = await Promise.all(removed.map((id) => host.deliveries(id, 'test.small')));
      expect(
        deliveries
          .flat()
          .map(({ status }) => status)
          .sort(),
      ).toEqual(['delivered', 'pending']);
      const [first] = await take(SMALL);
      await host.settle();
      const [second] = await take(SMALL);
      expect([first?.partitionkey, second?.partitionkey].sort()).toEqual([...removed].sort());
    },
    LIMIT_MS,
  );

  it(
    'gets later what happened while it was stopped',
    async () => {
      await broker.process.end('SIGTERM');
      const ids = await host.makeUsers(3);
      await host.drain();
      for (const id of ids) {
        expect(await host.deliveries(id, 'test.stream')).toMatchObject([
          { status: 'pending', lastError: expect.stringContaining('Not published: ') },
          { status: 'pending', attempts: 0 },
          { status: 'pending', attempts: 0 },
        ]);
      }
      await broker.process.start();
      await host.settle();
      const received = await receive();
      expect(received).toHaveLength(9);
      for (const id of ids) expect(sequencesOf(received, id)).toEqual([1, 2, 3]);
    },
    LIMIT_MS,
  );

  it(
    'loses nothing, keeps the order and has nothing twice where it is killed in the middle',
    async () => {
      await host.forget();
      const ids = await host.makeUsers(30);
      const delivering = host.drain();
      await host.whenDelivered(30, 'test.stream');
      await broker.process.end('SIGKILL');
      expect(await host.countOpen()).toBeGreaterThan(0);
      await broker.process.start();
      await delivering;
      await host.settle();
      const received = await receive();
      console.log(`killed in the middle: ${received.length} messages of 90 events`);
      expect(received).toHaveLength(90);
      for (const id of ids) expect(sequencesOf(received, id)).toEqual([1, 2, 3]);
    },
    LIMIT_MS,
  );

  it(
    'that is frozen has no event acknowledged, and gets it once when it wakes up',
    async () => {
      broker.process.signal('SIGSTOP');
      const [id = ''] = await host.makeUsers(1);
      await host.drain();
      broker.process.signal('SIGCONT');
      expect((await host.deliveries(id, 'test.stream'))[0]).toMatchObject({
        status: 'pending',
        lastError: expect.stringContaining('Not published: '),
      });
      await host.settle();
      const received = await receive();
      expect(received).toHaveLength(3);
      expect(sequencesOf(received, id)).toEqual([1, 2, 3]);
    },
    LIMIT_MS,
  );
});
