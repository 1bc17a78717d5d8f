import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type Publisher, ScimConsumers } from '../events/scim-consumers.js';
import { errorText } from '../events/scim-delivery.js';
import { eventClasses, type ScimEvent } from '../events/scim-events.js';
import { within } from '../persistence/within.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { toCloudEvent } from './cloud-event.js';
import {
  DEFAULT_TIMEOUT_MS,
  type ScimEventAnnouncer,
  type ScimEventPublisher,
  type ScimPublisherOptions,
} from './publisher.js';

const SHORTEST_TIMEOUT_MS = 100;
/** A handler has 30 s, and a try must end of its own before its connection is destroyed. */
const LONGEST_TIMEOUT_MS = 25_000;

/** Makes consumers of the host's publishers, so that one machinery delivers to them and to handlers. */
@Injectable()
export class ScimPublishers implements OnModuleInit {
  private readonly logger = new Logger(ScimPublishers.name);

  constructor(
    private readonly consumers: ScimConsumers,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  onModuleInit(): void {
    for (const each of this.options.publishers ?? []) {
      this.consumers.addPublisher('announce' in each ? this.announcing(each) : this.publishing(each));
    }
  }

  private publishing(publisher: ScimEventPublisher): Publisher {
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = publisher;
    if (!(timeoutMs >= SHORTEST_TIMEOUT_MS && timeoutMs <= LONGEST_TIMEOUT_MS)) {
      const range = `${SHORTEST_TIMEOUT_MS} to ${LONGEST_TIMEOUT_MS}`;
      throw new Error(`timeoutMs of the publisher "${publisher.consumer}" must be ${range}, not ${String(timeoutMs)}.`);
    }
    return {
      metadata: metadataOf(publisher),
      handler: (event, { attempt }) => this.publish(publisher, event, { attempt, timeoutMs }),
    };
  }

  private async publish(
    publisher: ScimEventPublisher,
    event: ScimEvent,
    { attempt, timeoutMs }: { readonly attempt: number; readonly timeoutMs: number },
  ): Promise<void> {
    const abort = new AbortController();
    const late = (): Error => {
      abort.abort();
      return new Error(`no confirmation within ${timeoutMs} ms`);
    };
    try {
      const context = { event, attempt, signal: abort.signal };
      await within(publisher.publish(toCloudEvent(event, this.options.baseUrl), context), timeoutMs, late);
    } catch (error) {
      // Without its code: a receiver that refuses the connection must not be taken for the database.
      throw new Error(`Not published: ${errorText(error)}`, { cause: error });
    }
  }

  private announcing(announcer: ScimEventAnnouncer): Publisher {
    const afterDelivery = (event: ScimEvent): void => {
      new Promise<void>((resolve) => resolve(announcer.announce(event))).catch((error: unknown) => {
        this.logger.error(
          `${announcer.consumer} was told of ${event.type} ${event.id}, and failed: ${errorText(error)}`,
        );
      });
    };
    return { metadata: metadataOf(announcer), handler: async () => {}, afterDelivery };
  }
}

const metadataOf = ({
  consumer,
  events = eventClasses,
  from = 'now',
}: ScimPublisherOptions): Publisher['metadata'] => ({
  consumer,
  from,
  types: events.map(({ type }) => type),
});
