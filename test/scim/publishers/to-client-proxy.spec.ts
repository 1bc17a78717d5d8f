import { ClientKafka, ClientNats, ClientProxy, ClientRMQ, ClientTCP, type ReadPacket } from '@nestjs/microservices';
import { type ScimCloudEvent, toClientProxy, UserProvisioned } from '../../../src/scim/index.js';

const consumer = 'test.broker';
const event: ScimCloudEvent = {
  specversion: '1.0',
  id: 'event-1',
  source: 'https://app.example.com',
  type: 'scim.user.provisioned',
  subject: 'Users/identity-1',
  time: '2030-01-02T03:04:05.000Z',
  datacontenttype: 'application/json',
  organizationid: 'acme',
  partitionkey: 'identity-1',
  sequence: '0000000001',
  data: { identityId: 'identity-1' },
};
const context = { event: new UserProvisioned({} as never), attempt: 1, signal: new AbortController().signal };

/** What Nest hands to a broker, without one. */
class Rabbit extends ClientRMQ {
  readonly packets: ReadPacket[] = [];
  confirm: () => Promise<void> = async () => {};

  override async connect(): Promise<void> {}

  protected override async dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    this.packets.push(packet);
    return (await this.confirm()) as T;
  }
}

class Kafka extends ClientKafka {
  readonly sent: unknown[] = [];

  override async connect(): Promise<never> {
    this._producer = { send: async (record: unknown) => void this.sent.push(record) } as never;
    return undefined as never;
  }
}

class OfTheHost extends ClientProxy {
  async connect(): Promise<void> {}
  async close(): Promise<void> {}
  unwrap = (): never => undefined as never;
  protected publish = (): (() => void) => () => {};
  protected dispatchEvent = async (): Promise<never> => undefined as never;
}

const named = (name: string): ClientProxy => {
  const client = class extends OfTheHost {};
  Object.defineProperty(client, 'name', { value: name });
  return new client();
};

describe('toClientProxy', () => {
  it.each([
    ['ClientTCP', () => new ClientTCP({})],
    ['ClientNats', () => new ClientNats({})],
    // Nest ends the process where their package is missing.
    ['ClientRedis', () => named('ClientRedis')],
    ['ClientMqtt', () => named('ClientMqtt')],
    ['this client', () => new OfTheHost()],
  ])('refuses %s, which does not wait for a broker, unless the host allows loss', (name, make) => {
    expect(() => toClientProxy(make(), { consumer })).toThrow(`${consumer}: ${name} does not wait`);
    expect(toClientProxy(make(), { consumer, allowLossy: true })).toMatchObject({ consumer });
  });

  it('refuses settings with which a confirmed message may be lost', () => {
    expect(() => toClientProxy(new ClientRMQ({}), { consumer })).toThrow('persistent: true');
    expect(() => toClientProxy(new ClientKafka({ send: { acks: 0 } }), { consumer })).toThrow('send.acks: 0');
  });

  it('sends the CloudEvent under its type, and waits until it is confirmed', async () => {
    const client = new Rabbit({ persistent: true });
    let confirm = (): void => {};
    client.confirm = () => new Promise((resolve) => (confirm = resolve));
    let published = false;
    const work = toClientProxy(client, { consumer })
      .publish(event, context)
      .then(() => (published = true));
    while (client.packets.length === 0) await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(published).toBe(false);
    confirm();
    await work;
    expect(client.packets).toEqual([{ pattern: 'scim.user.provisioned', data: event }]);
  });

  it('fails where the broker refuses', async () => {
    const client = new Rabbit({ persistent: true });
    client.confirm = () => Promise.reject(new Error('message nacked'));
    await expect(toClientProxy(client, { consumer }).publish(event, context)).rejects.toThrow('message nacked');
  });

  it('sends what the host makes of it', async () => {
    const client = new Rabbit({ persistent: true });
    const publisher = toClientProxy(client, {
      consumer,
      pattern: ({ organizationid }) => `people.${organizationid}`,
      message: ({ id }) => ({ id }),
    });
    await publisher.publish(event, context);
    expect(client.packets).toEqual([{ pattern: 'people.acme', data: { id: 'event-1' } }]);
  });

  it('gives Kafka one topic, and the key that keeps the order', async () => {
    const client = new Kafka({ producerOnlyMode: true });
    await toClientProxy(client, { consumer }).publish(event, context);
    expect(client.sent).toEqual([
      {
        topic: 'scim-events',
        messages: [
          {
            key: 'identity-1',
            value: JSON.stringify(event),
            headers: { 'content-type': 'application/cloudevents+json' },
          },
        ],
      },
    ]);
  });
});
