import type { ScimCloudEvent } from './cloud-event.js';
import { DEFAULT_TIMEOUT_MS, type ScimEventPublisher, type ScimPublisherOptions } from './publisher.js';

/** What is used of a `JetStreamClient` (`jetstream(connection)` of `@nats-io/jetstream`). */
export interface JetStreamPublisherClient {
  publish(subject: string, payload: string, options: JetStreamMessageOptions): Promise<{ readonly seq: number }>;
}

/** As `@nats-io/jetstream` takes them. */
export interface JetStreamMessageOptions {
  msgID: string;
  timeout: number;
}

/** How events go into a stream. */
export interface JetStreamOptions extends ScimPublisherOptions {
  /** Subject of an event; the stream must take it. Default: its type, e.g. `scim.user.deactivated`. */
  readonly subject?: (event: ScimCloudEvent) => string;
  /** Milliseconds to wait for the PubAck, 100 to 25,000. Default 10,000. */
  readonly timeoutMs?: number;
}

/**
 * Publishes events to NATS JetStream, the CloudEvent as JSON, and waits for the PubAck: the stream has it then, on as many
 * servers and in such storage as the stream was made with. `Nats-Msg-Id` is the event's id, so that the stream drops what is
 * sent again within its duplicate window (two minutes unless the stream says otherwise).
 */
export function toJetStream(client: JetStreamPublisherClient, options: JetStreamOptions): ScimEventPublisher {
  const { subject = ({ type }) => type, timeoutMs = DEFAULT_TIMEOUT_MS, ...rest } = options;
  return {
    ...rest,
    timeoutMs,
    async publish(event) {
      await client.publish(subject(event), JSON.stringify(event), { msgID: event.id, timeout: timeoutMs });
    },
  };
}
