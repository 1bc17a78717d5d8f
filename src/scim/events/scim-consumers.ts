import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { registerConsumer } from '../persistence/outbox-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { ON_SCIM_EVENT, type ScimEventContext, type ScimHandlerMetadata } from './on-scim-event.js';
import { eventTypes, type ScimEvent } from './scim-events.js';

export type ScimHandler = (event: ScimEvent, context: ScimEventContext) => Promise<void>;

/** A method with its decorator's words, or a publisher. */
interface Consumer {
  readonly metadata: ScimHandlerMetadata;
  readonly handler: ScimHandler;
}

/** A consumer that carries events out of the module: no request waits for it, and it takes no lane from handlers. */
export interface Publisher extends Consumer {
  /** Called when the acknowledgement is committed: what it does happens once at most. */
  readonly afterDelivery?: (event: ScimEvent) => void;
}

interface Registered extends Consumer {
  /**
   * What this process takes for the consumer: the types its handler names, and those that older releases named, which it
   * acknowledges. Not what a newer release added since: that one's processes take it.
   */
  readonly takes: readonly string[];
}

/** What the registration of a consumer yields. */
interface RegisteredRow {
  readonly eventTypes: readonly string[];
  readonly awaitsPast: boolean;
}

/** Deliveries that a process takes, as statements want them: pairs, item by item. */
export interface Taken {
  readonly consumers: readonly string[];
  readonly types: readonly string[];
}

/** The handlers of this process, found by their decorator, and their registration for every process that writes events. */
@Injectable()
export class ScimConsumers implements OnApplicationBootstrap {
  private readonly registered = new Map<string, Registered>();
  private readonly publishers = new Map<string, Publisher>();
  private readonly awaiting = new Set<string>();

  constructor(
    private readonly database: ScimDatabase,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const found = new Map<string, Consumer>(this.publishers);
    for (const each of this.findHandlers()) {
      const { consumer } = each.metadata;
      if (found.has(consumer)) {
        throw new Error(`Two handlers of SCIM events are named "${consumer}"; a consumer name is unique.`);
      }
      found.set(consumer, each);
    }
    // Only once all are right: a registration outlives a start that fails.
    for (const [name, each] of found) {
      const { types, from } = each.metadata;
      const [row] = await this.database.run<RegisteredRow>(registerConsumer, [name, types, from === 'beginning']);
      const takes = (row?.eventTypes ?? []).filter((type) => eventTypes.has(type));
      if (row?.awaitsPast) this.awaiting.add(name);
      this.registered.set(name, { ...each, takes });
    }
  }

  /** Consumers that get nothing before they have the past they asked for. */
  get awaitingPast(): readonly string[] {
    return [...this.awaiting];
  }

  endAwaiting(consumer: string): void {
    this.awaiting.delete(consumer);
  }

  /** Before the application is up. @throws Error for a name that another one has. */
  addPublisher(publisher: Publisher): void {
    const { consumer } = publisher.metadata;
    if (this.publishers.has(consumer)) {
      throw new Error(`Two publishers of SCIM events are named "${consumer}"; a consumer name is unique.`);
    }
    this.publishers.set(consumer, publisher);
  }

  isPublisher(consumer: string): boolean {
    return this.publishers.has(consumer);
  }

  isRegistered(consumer: string): boolean {
    return this.registered.has(consumer);
  }

  /** What this process takes for the consumers that `isWanted` picks. */
  taken(isWanted: (consumer: string) => boolean = () => true): Taken {
    const pairs = [...this.registered]
      .filter(([name]) => !this.awaiting.has(name) && isWanted(name))
      .flatMap(([name, { takes }]) => takes.map((type) => ({ name, type })));
    return { consumers: pairs.map(({ name }) => name), types: pairs.map(({ type }) => type) };
  }

  /** Undefined for a type that the handler does not name any more. */
  handlerOf(consumer: string, type: string): ScimHandler | undefined {
    const registered = this.registered.get(consumer);
    return registered?.metadata.types.includes(type) ? registered.handler : undefined;
  }

  /** What is to be called once a delivery is acknowledged, and the acknowledgement committed. */
  afterDelivery(consumer: string, type: string): Publisher['afterDelivery'] {
    const publisher = this.publishers.get(consumer);
    return publisher?.metadata.types.includes(type) ? publisher.afterDelivery : undefined;
  }

  private *findHandlers(): Generator<Consumer> {
    const found = new Set<object>();
    for (const provider of this.discovery.getProviders()) {
      const instance: unknown = provider.instance;
      // One object may be provided by several tokens.
      if (typeof instance !== 'object' || instance === null || found.has(instance)) continue;
      found.add(instance);
      const methods = instance as Readonly<Record<string, unknown>>;
      for (const name of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance))) {
        const method = methods[name];
        if (typeof method !== 'function') continue;
        const metadata = Reflect.getMetadata(ON_SCIM_EVENT, method) as ScimHandlerMetadata | undefined;
        if (metadata === undefined) continue;
        if (!provider.isDependencyTreeStatic()) {
          throw new Error(
            `The handler "${metadata.consumer}" is on a request-scoped provider: no request will call it.`,
          );
        }
        yield { metadata, handler: method.bind(instance) as ScimHandler };
      }
    }
  }
}
