import { lastValueFrom, type Observable } from 'rxjs';
import type { ScimCloudEvent } from './cloud-event.js';
import type { ScimEventPublisher, ScimPublisherOptions } from './publisher.js';

/** What is used of a `ClientProxy` of `@nestjs/microservices`. */
export interface EventClient {
  emit(pattern: string, data: unknown): Observable<unknown>;
}

/** How events go to a broker. */
export interface ClientProxyOptions extends ScimPublisherOptions {
  /**
   * What the receiver's `@EventPattern` names: RabbitMQ's pattern (and routing key, with `wildcards`), Kafka's topic. Default:
   * the event's type for RabbitMQ, `scim-events` for Kafka, where only one topic keeps the order.
   */
  readonly pattern?: (event: ScimCloudEvent) => string;
  /**
   * What is sent, e.g. an `RmqRecord`. Default: the CloudEvent; for Kafka a message with the CloudEvent as its value and the
   * `partitionkey` as its key.
   */
  readonly message?: (event: ScimCloudEvent) => unknown;
  /** Milliseconds to wait for the confirmation, 100 to 25,000. Default 10,000. */
  readonly timeoutMs?: number;
  /**
   * Takes a transport that cannot confirm, or that this function does not know, all the same: events are lost when nobody
   * listens. Default false.
   */
  readonly allowLossy?: boolean;
}

const KAFKA_TOPIC = 'scim-events';
const CLOUD_EVENT_JSON = 'application/cloudevents+json';

/**
 * Publishes events through a `ClientProxy` of `@nestjs/microservices` whose broker confirms: RabbitMQ (publisher confirms of
 * a `ClientRMQ` with `persistent: true`) or Kafka (a `ClientKafka` whose `send.acks` is not 0).
 * @throws Error for every other transport (Redis, TCP, NATS, MQTT, gRPC: their `emit` completes when the message was written to
 * a socket) unless `allowLossy`, and for settings with which a confirmed message may be lost.
 */
export function toClientProxy(client: EventClient, options: ClientProxyOptions): ScimEventPublisher {
  const { allowLossy = false, pattern, message, ...rest } = options;
  const transport = transportOf(client);
  if (!allowLossy) refuseLossy(client, transport, options.consumer);
  const patternOf = pattern ?? (transport === 'ClientKafka' ? () => KAFKA_TOPIC : ({ type }) => type);
  const messageOf = message ?? (transport === 'ClientKafka' ? toKafkaMessage : (event) => event);
  return {
    ...rest,
    async publish(event) {
      await lastValueFrom(client.emit(patternOf(event), messageOf(event)), { defaultValue: undefined });
    },
  };
}

// A new one each time: Nest's serializer writes into it.
const toKafkaMessage = (event: ScimCloudEvent): object => ({
  key: event.partitionkey,
  value: event,
  headers: { 'content-type': CLOUD_EVENT_JSON },
});

function refuseLossy(client: EventClient, transport: string | undefined, consumer: string): void {
  const { persistent, send } = settingsOf(client);
  if (transport === 'ClientRMQ') {
    if (persistent === true) return;
    throw new Error(
      `${consumer}: give the ClientRMQ "persistent: true", or RabbitMQ forgets what it confirmed when it restarts.`,
    );
  }
  if (transport === 'ClientKafka') {
    if (send?.acks !== 0) return;
    throw new Error(`${consumer}: with "send.acks: 0" Kafka confirms nothing; leave it out, or say -1.`);
  }
  throw new Error(
    `${consumer}: ${transport ?? 'this client'} does not wait until a broker has the event, so events would be lost. ` +
      `Use RabbitMQ, Kafka or NATS JetStream, or say "allowLossy: true".`,
  );
}

const TRANSPORTS = [
  'ClientRMQ',
  'ClientKafka',
  'ClientRedis',
  'ClientTCP',
  'ClientNats',
  'ClientMqtt',
  'ClientGrpcProxy',
];

/** By name, because the package of the classes is not one that this one needs; a host's subclass is what it extends. */
function transportOf(client: object): string | undefined {
  for (let type: unknown = client.constructor; typeof type === 'function'; type = Object.getPrototypeOf(type)) {
    if (TRANSPORTS.includes(type.name)) return type.name;
  }
  return undefined;
}

interface Settings {
  readonly persistent?: unknown;
  readonly send?: { readonly acks?: unknown };
}

/** `options` is protected in Nest's types, and has been there since Nest 5. */
const settingsOf = (client: object): Settings => (client as { readonly options?: Settings }).options ?? {};
