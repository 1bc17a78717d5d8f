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
    for (const { metadata, handler } of this.findHandlers()) {
      if (this.handlers.has(metadata.consumer)) {
        throw new Error(`Two handlers of SCIM events are named "${metadata.consumer}"; a consumer name is unique.`);
      }
      this.handlers.set(metadata.consumer, handler);
      await this.database.run(registerConsumer, [metadata.consumer, metadata.types]);
    }
  }

  get names(): string[] {
    return [...this.handlers.keys()];
  }

  handlerOf(consumer: string): ScimHandler | undefined {
    return this.handlers.get(consumer);
  }

  private *findHandlers(): Generator<{ metadata: ScimHandlerMetadata; handler: ScimHandler }> {
    for (const provider of this.discovery.getProviders()) {
      const instance: unknown = provider.isDependencyTreeStatic() ? provider.instance : undefined;
      if (typeof instance !== 'object' || instance === null) continue;
      const methods = instance as Readonly<Record<string, unknown>>;
      for (const name of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance))) {
        const method = methods[name];
        if (typeof method !== 'function') continue;
        const metadata: unknown = Reflect.getMetadata(ON_SCIM_EVENT, method);
        if (metadata === undefined) continue;
        yield { metadata: metadata as ScimHandlerMetadata, handler: method.bind(instance) as ScimHandler };
      }
    }
  }
}
