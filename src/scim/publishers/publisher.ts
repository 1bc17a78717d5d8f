import type { ScimEvent, ScimEventClass } from '../events/scim-events.js';
import type { ScimCloudEvent } from './cloud-event.js';

/** For a try, unless a publisher says otherwise. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/** What every way out of the outbox says of itself. */
export interface ScimPublisherOptions {
  /**
   * Its name, as that of an `@OnScimEvent` handler: the same in every process and release, unique in the host. Deliveries are
   * made for it.
   */
  readonly consumer: string;
  /** Default: all. */
  readonly events?: readonly ScimEventClass[];
  /** What it gets that is new: what is written from then on, or all that is kept before, as in `OnScimEventOptions`. Default `now`. */
  readonly from?: 'now' | 'beginning';
}

/** What a publisher gets beside the envelope. */
export interface ScimPublishContext {
  /** The same event as handlers see it. */
  readonly event: ScimEvent;
  /** 1 at the first try. */
  readonly attempt: number;
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;
}

/**
 * Carries events to a receiver outside the process: at least once, in order per `partitionkey`, retried like a handler. Pass it
 * in `ScimModuleOptions.publishers`.
 */
export interface ScimEventPublisher extends ScimPublisherOptions {
  /** Milliseconds that a try may take, 100 to 25,000. Default 10,000. A connection of the host's pool is held meanwhile. */
  readonly timeoutMs?: number;
  /** Resolves only when the receiver has confirmed that it keeps the event; rejects otherwise, and is called again later. */
  publish(event: ScimCloudEvent, context: ScimPublishContext): Promise<void>;
}

/**
 * Tells something in the process of an event, after its delivery is acknowledged and committed: once at most, in one process.
 * Nothing that must happen may hang on it. Pass it in `ScimModuleOptions.publishers`.
 */
export interface ScimEventAnnouncer extends ScimPublisherOptions {
  /** What it throws, or rejects with, is logged, and that is all. */
  announce(event: ScimEvent): void | Promise<void>;
}
