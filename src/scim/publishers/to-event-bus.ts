import type { ScimEvent } from '../events/scim-events.js';
import type { ScimEventAnnouncer, ScimPublisherOptions } from './publisher.js';

/** What is used of the `EventBus` of `@nestjs/cqrs`. */
export interface EventBusLike {
  publish(event: ScimEvent): unknown;
}

/**
 * Publishes each event on the `EventBus` of `@nestjs/cqrs`, as an instance of its class: `@EventsHandler(UserDeactivated)`.
 * Best effort: once at most, in the process that delivered it; what a handler throws goes to the `UnhandledExceptionBus`.
 * What must happen belongs into an `@OnScimEvent` handler.
 */
export const toEventBus = (bus: EventBusLike, options: ScimPublisherOptions): ScimEventAnnouncer => ({
  ...options,
  announce: (event) => {
    bus.publish(event);
  },
});
