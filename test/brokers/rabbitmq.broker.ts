import { ClientRMQ, type RmqOptions } from '@nestjs/microservices';
import {
  type AmqpConnectionManager,
  type ChannelWrapper,
  connect as connectAndReconnect,
} from 'amqp-connection-manager';
import amqp, { type Channel, type ConfirmChannel } from 'amqplib';
import {
  GroupCreated,
  GroupDeleted,
  GroupUpdated,
  type ScimCloudEvent,
  type ScimEventPublisher,
  toClientProxy,
  UserProvisioned,
  UserUpdated,
} from '../../src/scim/index.js';
import { BrokerHost, type Received, sequencesOf, toReceived } from './broker-host.js';
import { RABBITMQ, type RabbitMq, startRabbitMq } from './rabbitmq-server.js';
import { describeWith, LIMIT_MS } from './server-process.js';

const QUEUE = 'scim-events';
const SMALL_QUEUE = 'scim-small';
const TOPICS = 'scim-topics';
const CAUGHT = 'scim-caught';
const MANDATORY_QUEUE = 'scim-mandatory';

/**
 * As docs/publishers.md shows it: a publisher of the host's own, for messages that must not be dropped where no queue takes
 * them. RabbitMQ sends such a one back before it confirms it.
 */
class MandatoryPublisher implements ScimEventPublisher {
  readonly consumer = 'test.mandatory';
  readonly events = [GroupCreated];
  private readonly returned = new Set<string>();
  private readonly channel: ChannelWrapper;

  constructor(connection: AmqpConnectionManager) {
    const setup = (channel: ConfirmChannel): void => {
      channel.on('return', ({ properties }) => this.returned.add(properties.messageId));
    };
    this.channel = connection.createChannel({ publishTimeout: 5000, setup });
  }

  async publish(event: ScimCloudEvent): Promise<void> {
    this.returned.delete(event.id);
    const options = { mandatory: true, persistent: true, messageId: event.id };
    await this.channel.publish('', MANDATORY_QUEUE, Buffer.from(JSON.stringify(event)), options);
    if (this.returned.has(event.id)) throw new Error(`no queue takes ${event.type}`);
  }
}

describeWith(RABBITMQ, 'rabbitmq-server')('RabbitMQ through a ClientProxy', () => {
  let broker: RabbitMq;
  let host: BrokerHost;
  const clients: ClientRMQ[] = [];
  let direct: AmqpConnectionManager;

  const client = (options: RmqOptions['options']): ClientRMQ => {
    const socketOptions = { reconnectTimeInSeconds: 1, heartbeatIntervalInSeconds: 2 };
    const made = new ClientRMQ({ urls: [broker.url], persistent: true, socketOptions, ...options });
    clients.push(made);
    return made;
  };

  beforeAll(async () => {
    broker = await startRabbitMq();
    direct = connectAndReconnect(broker.url, { reconnectTimeInSeconds: 1, heartbeatIntervalInSeconds: 2 });
    await withChannel(async (channel) => {
      await channel.assertExchange(CAUGHT, 'fanout');
      await channel.assertQueue(CAUGHT);
      await channel.bindQueue(CAUGHT, CAUGHT, '');
    });
    host = await BrokerHost.start([
      toClientProxy(client({ queue: QUEUE }), {
        consumer: 'test.queue',
        events: [UserProvisioned, UserUpdated],
        timeoutMs: 2000,
      }),
      toClientProxy(
        client({
          wildcards: true,
          exchange: TOPICS,
          queue: TOPICS,
          exchangeArguments: { 'alternate-exchange': CAUGHT },
        }),
        { consumer: 'test.topics', events: [GroupUpdated] },
      ),
      toClientProxy(
        client({
          queue: SMALL_QUEUE,
          queueOptions: { arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' } },
        }),
        { consumer: 'test.small', events: [GroupDeleted] },
      ),
      new MandatoryPublisher(direct),
    ]);
  }, LIMIT_MS);

  afterAll(async () => {
    await host?.stop();
    await Promise.all(clients.map((each) => each.close().catch(() => undefined)));
    await direct?.close();
    await broker?.discard();
  }, LIMIT_MS);

  const withChannel = async <T>(work: (channel: Channel) => Promise<T>): Promise<T> => {
    const connection = await amqp.connect(broker.url);
    try {
      return await work(await connection.createChannel());
    } finally {
      await connection.close();
    }
  };

  /** Takes everything out of a queue. */
  const take = (queue: string): Promise<ScimCloudEvent[]> =>
    withChannel(async (channel) => {
      const events: ScimCloudEvent[] = [];
      for (let message = await channel.get(queue); message; message = await channel.get(queue)) {
        channel.ack(message);
        const content = JSON.parse(message.content.toString());
        // A ClientProxy wraps it into Nest's packet.
        events.push(content.pattern ? content.data : content);
      }
      return events;
    });

  const receive = async (): Promise<Received[]> => (await take(QUEUE)).map(toReceived);

  it(
    'gets every event once, in order, as the packet that @EventPattern reads',
    async () => {
      const ids = await host.makeUsers(5);
      await host.drain();
      const received = await receive();
      expect(received).toHaveLength(15);
      for (const id of ids) expect(sequencesOf(received, id)).toEqual([1, 2, 3]);
      for (const id of ids) {
        const statuses = (await host.deliveries(id, 'test.queue')).map(({ status, attempts }) => [status, attempts]);
        expect(statuses).toEqual(Array.from({ length: 3 }, () => ['delivered', 1]));
      }
    },
    LIMIT_MS,
  );

  it(
    'that sends back what no queue takes is offered it again',
    async () => {
      const id = await host.makeGroup();
      await host.drain();
      expect(await host.deliveries(id, 'test.mandatory')).toMatchObject([
        { status: 'pending', attempts: 1, lastError: 'Not published: no queue takes scim.group.created' },
      ]);
      await withChannel((channel) => channel.assertQueue(MANDATORY_QUEUE));
      await host.settle();
      expect(await take(MANDATORY_QUEUE)).toMatchObject([{ type: 'scim.group.created', partitionkey: id }]);
    },
    LIMIT_MS,
  );

  it(
    'keeps what it confirmed when it is killed',
    async () => {
      const [id = ''] = await host.makeUsers(1);
      await host.drain();
      await broker.process.end('SIGKILL');
      await broker.process.start();
      expect(sequencesOf(await receive(), id)).toEqual([1, 2, 3]);
      await host.settle();
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
        expect(await host.deliveries(id, 'test.queue')).toMatchObject([
          { status: 'pending', lastError: expect.stringContaining('Not published: ') },
          { status: 'pending', attempts: 0 },
          { status: 'pending', attempts: 0 },
        ]);
      }
      await broker.process.start();
      await host.settle();
      const received = await receive();
      for (const id of ids) expect(sequencesOf(received, id)).toEqual([1, 2, 3]);
    },
    LIMIT_MS,
  );

  it(
    'loses nothing and keeps the order where it is killed in the middle, and sends twice only what was not confirmed',
    async () => {
      await host.forget();
      const ids = await host.makeUsers(30);
      const delivering = host.drain();
      await host.whenDelivered(30, 'test.queue');
      await broker.process.end('SIGKILL');
      expect(await host.countOpen()).toBeGreaterThan(0);
      await broker.process.start();
      await delivering;
      await host.settle();
      const received = await receive();
      for (const id of ids) expect(sequencesOf(received, id)).toEqual([1, 2, 3]);
      // A lane each, at most, was under way.
      const twice = received.length - new Set(received.map(({ id }) => id)).size;
      console.log(`killed in the middle: ${received.length} messages of 90 events, ${twice} of them sent twice`);
    },
    LIMIT_MS,
  );

  it(
    'that is frozen has no event acknowledged, and gets it when it wakes up',
    async () => {
      broker.process.signal('SIGSTOP');
      const [id = ''] = await host.makeUsers(1);
      await host.drain();
      broker.process.signal('SIGCONT');
      expect((await host.deliveries(id, 'test.queue'))[0]).toMatchObject({
        status: 'pending',
        lastError: expect.stringContaining('Not published: '),
      });
      await host.settle();
      const received = await receive();
      console.log(`frozen: ${received.length} messages of 3 events`);
      expect(sequencesOf(received, id)).toEqual([1, 2, 3]);
    },
    LIMIT_MS,
  );

  it(
    'that refuses a message has it offered again',
    async () => {
      const removed = [await host.makeGroup(), await host.makeGroup()];
      await host.settle();
      for (const id of removed) await host.idp.delete(`/Groups/${id}`);
      await host.drain();
      const deliveries = await Promise.all(removed.map((id) => host.deliveries(id, 'test.small')));
      const statuses = deliveries.flat().map(({ status }) => status);
      expect(statuses.sort()).toEqual(['delivered', 'pending']);
      const [first] = await take(SMALL_QUEUE);
      await host.settle();
      const [second] = await take(SMALL_QUEUE);
      expect([first?.partitionkey, second?.partitionkey].sort()).toEqual([...removed].sort());
    },
    LIMIT_MS,
  );

  it(
    'drops what no queue takes, unless the exchange has an alternate one',
    async () => {
      const id = await host.makeGroup();
      await host.idp.patch(`/Groups/${id}`, [{ op: 'replace', path: 'displayName', value: `renamed-${id}` }]);
      await host.settle();
      expect(await take(CAUGHT)).toMatchObject([{ type: 'scim.group.updated', partitionkey: id }]);
    },
    LIMIT_MS,
  );
});
