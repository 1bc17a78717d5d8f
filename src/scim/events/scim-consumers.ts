import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { registerConsumer } from '../persistence/outbox-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { ON_SCIM_EVENT, type ScimEventContext, type ScimHandlerMetadata } from './on-scim-event.js';
import type { ScimEventClass } from './scim-events.js';

export type ScimHandler = (event: InstanceType<ScimEventClass>, context: ScimEventContext) => Promise<void>;

/** The handlers of this process, found by their decorator, and their registration for every process that writes events. */
@Injectable()
export class ScimConsumers implements OnApplicationBootstrap {
  private readonly handlers = new Map<string, ScimHandler>();

  constructor(
    private readonly database: ScimDatabase,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const found = [...this.findHandlers()];
    for (const { metadata, handler } of found) {
      if (this.handlers.has(metadata.consumer)) {
        throw new Error(`Two handlers of SCIM events are named "${metadata.consumer}"; a consumer name is unique.`);
      }
      this.handlers.set(metadata.consumer, handler);
    }
    // Only once all are right: a registration outlives a start that fails.
    for (const { metadata } of found) await this.database.run(registerConsumer, [metadata.consumer, metadata.types]);
  }

  get names(): string[] {
    return [...this.handlers.keys()];
  }

  handlerOf(consumer: string): ScimHandler | undefined {
    return this.handlers.get(consumer);
  }

  private *findHandlers(): Generator<{ metadata: ScimHandlerMetadata; handler: ScimHandler }> {
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
