import { SetMetadata } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ScimEventClass } from './scim-events.js';

export const ON_SCIM_EVENT = Symbol.for('scim:on-event');

/** What a handler gets beside the event. */
export interface ScimEventContext {
  /**
   * Writes through it commit together with the delivery's acknowledgement: their effect happens exactly once. After the
   * 30 s it is dead, and throws.
   */
  readonly manager: EntityManager;
  /** 1 at the first try. */
  readonly attempt: number;
}

/** How a handler is known. */
export interface OnScimEventOptions {
  /**
   * Name of the handler, the same in every process and release, unique in the host: the durable record of what it
   * has seen is kept under it. Convention: `module.what-it-does`.
   */
  readonly consumer: string;
  /**
   * What a consumer gets that no process had before: `now`, what is written from its registration on, or `beginning`, all
   * events that are still kept (`events.retentionDays`) before those, in their order. Once it is registered this says nothing
   * more. Default `now`.
   */
  readonly from?: 'now' | 'beginning';
}

/** What the decorator leaves on a method. */
export interface ScimHandlerMetadata extends OnScimEventOptions {
  readonly types: readonly string[];
}

/**
 * Makes a provider's method a handler of SCIM events: `(event, { manager, attempt }) => Promise<void>`.
 *
 * It is awaited after the change is committed, inside a transaction of its own, at least once, in order per identity.
 * When it throws, the transaction is rolled back and it is called again later (see docs/events.md). It has 30 s.
 */
export const OnScimEvent = (
  events: ScimEventClass | readonly ScimEventClass[],
  options: OnScimEventOptions,
): MethodDecorator => {
  const classes = Array.isArray(events) ? (events as readonly ScimEventClass[]) : [events as ScimEventClass];
  const metadata: ScimHandlerMetadata = { ...options, types: classes.map(({ type }) => type) };
  return SetMetadata(ON_SCIM_EVENT, metadata);
};
