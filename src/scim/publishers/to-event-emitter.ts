import type { ScimEventAnnouncer, ScimPublisherOptions } from './publisher.js';

/** What is used of an `EventEmitter2`, the one that `@nestjs/event-emitter` provides. */
export interface AsyncEventEmitter {
  emitAsync(event: string, ...values: unknown[]): Promise<unknown>;
}

/**
 * Emits each event on an `EventEmitter2`, under its type (`scim.user.deactivated`), with the event as handlers see it; with
 * `wildcard: true` a listener may name `scim.user.*`. Best effort: once at most, in the process that delivered it; `@OnEvent`
 * swallows what a listener throws. What must happen belongs into an `@OnScimEvent` handler.
 */
export const toEventEmitter = (emitter: AsyncEventEmitter, options: ScimPublisherOptions): ScimEventAnnouncer => ({
  ...options,
  announce: async (event) => {
    await emitter.emitAsync(event.type, event);
  },
});
