import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { randomBytes, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { CqrsModule, EventBus, EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { ScimConsumers } from '../../../src/scim/events/scim-consumers.js';
import { readWebhookSecret, signWebhook } from '../../../src/scim/publishers/sign-webhook.js';
import { ScimPublishers } from '../../../src/scim/publishers/scim-publishers.js';
import {
  type ScimCloudEvent,
  type ScimEvent,
  type ScimEventPublisher,
  type ScimPublishContext,
  toEventBus,
  toEventEmitter,
  toWebhook,
  UserDeactivated,
  UserProvisioned,
  UserUpdated,
} from '../../../src/scim/index.js';
import type { ScimClient } from '../../support/scim-client.js';
import { Recorder } from '../events/recorder.js';
import { type RelayHost, startRelayHost } from '../events/relay-host.js';

/** A host's own publisher, which does what a test tells it. */
class Courier implements ScimEventPublisher {
  readonly consumer = 'test.courier';
  readonly timeoutMs = 500;
  readonly published: ScimCloudEvent[] = [];
  readonly contexts: ScimPublishContext[] = [];
  before: (event: ScimCloudEvent) => Promise<void> = async () => {};

  async publish(event: ScimCloudEvent, context: ScimPublishContext): Promise<void> {
    this.contexts.push(context);
    await this.before(event);
    this.published.push(event);
  }

  typesOf(key: string): string[] {
    return this.published.filter(({ partitionkey }) => partitionkey === key).map(({ type }) => type);
  }
}

class Listener {
  readonly heard: ScimEvent[] = [];
  failing = false;
  /** Called while the emitter waits. */
  hears: (event: ScimEvent) => void = () => {};

  @OnEvent('scim.user.*')
  listen(event: ScimEvent): void {
    this.heard.push(event);
    this.hears(event);
    if (this.failing) throw new Error('the listener failed');
  }
}

@EventsHandler(UserDeactivated)
class DeactivatedHandler implements IEventHandler<UserDeactivated> {
  static readonly handled: UserDeactivated[] = [];

  handle(event: UserDeactivated): void {
    DeactivatedHandler.handled.push(event);
  }
}

interface Delivery {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const courier = new Courier();
const secrets = [randomBytes(32), randomBytes(24)].map((key) => `whsec_${key.toString('base64')}`) as [string, string];
const received: Delivery[] = [];
const answers: number[] = [];
let receiver: Server;
let host: RelayHost;
let idp: ScimClient;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      received.push({ path: request.url, headers: request.headers, body });
      response.writeHead(answers.shift() ?? 204, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  host = await startRelayHost({
    imports: [EventEmitterModule.forRoot({ wildcard: true }), CqrsModule.forRoot()],
    providers: [Recorder, Listener, DeactivatedHandler],
    publishers: {
      inject: [EventEmitter2, EventBus],
      useFactory: (emitter: EventEmitter2, bus: EventBus) => [
        courier,
        toEventEmitter(emitter, { consumer: 'test.emitter' }),
        toEventBus(bus, { consumer: 'test.bus', events: [UserDeactivated] }),
        toWebhook({
          consumer: 'test.webhook',
          url: `http://127.0.0.1:${port}/scim?from=test`,
          secrets,
          headers: { authorization: 'Bearer of-the-receiver' },
          events: [UserProvisioned, UserDeactivated],
          allowPrivateNetwork: true,
        }),
        toWebhook({
          consumer: 'test.nobody',
          // Nobody listens there; a port that is free now may be another test's a moment later.
          url: 'http://127.0.0.1:1/',
          secrets,
          events: [UserUpdated],
          allowPrivateNetwork: true,
        }),
      ],
    },
  });
  idp = await host.client();
});

beforeEach(() => {
  received.length = 0;
});

afterEach(async () => {
  courier.before = async () => {};
  answers.length = 0;
  host.app.get(Listener).failing = false;
  host.app.get(Listener).hears = () => {};
  await host.dataSource.query(`delete from scim_outbox_delivery where status = 'pending' and consumer = 'test.nobody'`);
  await host.age();
  await host.drain();
});

afterAll(async () => {
  await host.stop();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const createUser = async (): Promise<string> => (await idp.createUser({ userName: `user-${randomUUID()}` })).id;
const setTitle = (id: string, value: string) => idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value }]);
const deactivate = (id: string) => idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]);

describe('a publisher', () => {
  it('gets every event as a CloudEvent, in order, each once, by a delivery of its own', async () => {
    const id = await createUser();
    await setTitle(id, 'Dr');
    await host.drain();
    await deactivate(id);
    await host.drain();
    const events = courier.published.filter(({ partitionkey }) => partitionkey === id);
    expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['scim.user.provisioned', '0000000001'],
      ['scim.user.updated', '0000000002'],
      ['scim.user.deactivated', '0000000003'],
    ]);
    expect(events[0]).toMatchObject({
      specversion: '1.0',
      source: 'https://app.example.com',
      subject: `Users/${id}`,
      organizationid: idp.organizationId,
      data: { identityId: id, state: 'provisioned' },
    });
    expect((await host.deliveries(id, courier.consumer)).map(({ status }) => status)).toEqual(
      Array.from({ length: 3 }, () => 'delivered'),
    );
    expect(courier.contexts.at(-1)?.event).toBeInstanceOf(UserDeactivated);
  });

  it("that fails is tried again, and holds nothing but its own identity's later events", async () => {
    const [failing, other] = [await createUser(), await createUser()];
    courier.before = async ({ partitionkey }) => {
      if (partitionkey === failing) throw new Error('the receiver is down');
    };
    for (const id of [failing, other]) await setTitle(id, 'Dr');
    await host.drain();
    expect(courier.typesOf(failing)).toEqual([]);
    expect(courier.typesOf(other)).toEqual(['scim.user.provisioned', 'scim.user.updated']);
    expect(host.recorder.sequencesOf(failing)).toEqual([1, 2]);
    expect(await host.deliveries(failing, courier.consumer)).toMatchObject([
      { type: 'provisioned', status: 'pending', attempts: 1, lastError: 'Not published: the receiver is down' },
      { type: 'updated', status: 'pending', attempts: 0 },
    ]);
    courier.before = async () => {};
    courier.contexts.length = 0;
    await host.age();
    await host.drain();
    expect(courier.typesOf(failing)).toEqual(['scim.user.provisioned', 'scim.user.updated']);
    expect(courier.contexts.map(({ attempt }) => attempt)).toEqual([2, 1]);
  });

  it('that is not confirmed in its time is told to stop, and tried again', async () => {
    const id = await createUser();
    courier.before = () => new Promise(() => {});
    await host.drain();
    expect(courier.contexts.at(-1)?.signal.aborted).toBe(true);
    expect(await host.deliveries(id, courier.consumer)).toMatchObject([
      { status: 'pending', attempts: 1, lastError: 'Not published: no confirmation within 500 ms' },
    ]);
  });

  it('whose receiver refuses the connection has used a try up: that is not the database', async () => {
    const id = await createUser();
    await setTitle(id, 'Dr');
    await host.drain();
    expect(await host.deliveries(id, 'test.nobody')).toMatchObject([
      { status: 'pending', attempts: 1, lastError: expect.stringContaining('Not published: connect ECONNREFUSED') },
    ]);
  });

  it('is refused with the name of another, or a time that makes no sense', () => {
    const consumers = host.app.get(ScimConsumers, { strict: false });
    const add = (publisher: ScimEventPublisher): void =>
      new ScimPublishers(consumers, { baseUrl: '', publishers: [publisher] } as never).onModuleInit();
    expect(() => add(courier)).toThrow('Two publishers of SCIM events are named "test.courier"');
    for (const timeoutMs of [0, 99, 25_001, Number.NaN]) {
      expect(() => add({ consumer: 'test.other', timeoutMs, publish: async () => {} })).toThrow('100 to 25000');
    }
    expect(consumers.isPublisher('test.other')).toBe(false);
  });
});

describe('an event that takes access away', () => {
  it('goes to a publisher before what waits there, which it makes void', async () => {
    const id = await createUser();
    await deactivate(id);
    await host.drain();
    expect(courier.typesOf(id)).toEqual(['scim.user.deactivated']);
    expect(await host.deliveries(id, courier.consumer)).toMatchObject([
      { type: 'provisioned', status: 'superseded' },
      { type: 'deactivated', status: 'delivered' },
    ]);
  });
});

describe('toEventEmitter', () => {
  it('emits once the acknowledgement is committed', async () => {
    const id = await createUser();
    const listener = host.app.get(Listener);
    const statuses: Promise<unknown>[] = [];
    listener.hears = () => void statuses.push(host.deliveries(id, 'test.emitter'));
    await host.drain();
    expect(await statuses[0]).toMatchObject([{ status: 'delivered' }]);
    expect(listener.heard.at(-1)).toBeInstanceOf(UserProvisioned);
    expect(listener.heard.at(-1)).toMatchObject({ identityId: id, organizationId: idp.organizationId });
  });

  it('has done its part, whatever a listener throws', async () => {
    const id = await createUser();
    host.app.get(Listener).failing = true;
    await host.drain();
    expect(await host.deliveries(id, 'test.emitter')).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });
});

describe('toEventBus', () => {
  it('publishes instances of the classes that handlers name', async () => {
    const id = await createUser();
    await setTitle(id, 'Dr');
    await deactivate(id);
    await host.drain();
    const handled = DeactivatedHandler.handled.filter(({ identityId }) => identityId === id);
    expect(handled).toEqual([expect.objectContaining({ type: 'scim.user.deactivated', state: 'suspended' })]);
    expect(handled[0]).toBeInstanceOf(UserDeactivated);
    expect(await host.deliveries(id, 'test.bus')).toMatchObject([{ type: 'deactivated', status: 'delivered' }]);
  });
});

describe('toWebhook', () => {
  it('posts the CloudEvent with a signature for each secret', async () => {
    const id = await createUser();
    await host.drain();
    expect(received).toHaveLength(1);
    const [{ path, headers, body } = { path: '', headers: {}, body: '' }] = received;
    const event = JSON.parse(body) as ScimCloudEvent;
    expect(path).toBe('/scim?from=test');
    expect(event).toMatchObject({ type: 'scim.user.provisioned', subject: `Users/${id}` });
    expect(headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      'webhook-id': event.id,
      authorization: 'Bearer of-the-receiver',
    });
    const message = { id: event.id, timestamp: Number(headers['webhook-timestamp']), body };
    expect(headers['webhook-signature']).toBe(signWebhook(message, secrets.map(readWebhookSecret)));
  });

  it.each([
    [500, 'the receiver answered 500'],
    [302, 'the receiver answered 302: redirects are not followed'],
    [410, 'the receiver answered 410: it wants no more events; take the webhook out and retire its consumer'],
  ])('takes an answer %i for a failure, and sends the event again under the same id', async (status, text) => {
    answers.push(status);
    const id = await createUser();
    await host.drain();
    expect(received.map(({ path }) => path)).toEqual(['/scim?from=test']);
    expect(await host.deliveries(id, 'test.webhook')).toMatchObject([
      { status: 'pending', attempts: 1, lastError: `Not published: ${text}` },
    ]);
    await host.age();
    await host.drain();
    const [first, second] = received.map(({ headers }) => headers['webhook-id']);
    expect([received.length, second]).toEqual([2, first]);
    expect(await host.deliveries(id, 'test.webhook')).toMatchObject([{ status: 'delivered', attempts: 2 }]);
  });

  const settings = { consumer: 'test.hook', secrets };
  it.each([
    ['http:', { url: 'http://hooks.example.com/' }, 'begins with https:'],
    ['another scheme', { url: 'file:///etc/passwd', allowPrivateNetwork: true }, 'begins with https:'],
    ['what is no URL', { url: 'hooks' }, 'URL is none'],
    ['a private address', { url: 'https://10.0.0.1/' }, '10.0.0.1 is a private address'],
    ['a private address in other clothes', { url: 'https://0x7f000001/' }, '127.0.0.1 is a private address'],
    ['a private IPv6 address', { url: 'https://[::ffff:127.0.0.1]/' }, 'is a private address'],
    ['no secret', { url: 'https://hooks.example.com/', secrets: [] as never }, 'needs a secret'],
    [
      'a header that HTTP cannot carry',
      { url: 'https://hooks.example.com/', headers: { authorization: 'Bearer one\ntwo' } },
      'Invalid character in header content ["authorization"]',
    ],
  ])('refuses %s', (_what, options, text) => {
    expect(() => toWebhook({ ...settings, ...options })).toThrow(text);
  });

  it('refuses a name that stands for a private address when it connects', async () => {
    const { port } = receiver.address() as AddressInfo;
    const publisher = toWebhook({ ...settings, url: `https://localhost:${port}/` });
    const event = { id: 'event-1' } as ScimCloudEvent;
    const context = { event: {} as ScimEvent, attempt: 1, signal: new AbortController().signal };
    await expect(publisher.publish(event, context)).rejects.toThrow('localhost is at a private address');
    expect(received).toEqual([]);
  });
});
