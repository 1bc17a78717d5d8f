import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import {
  acknowledgeDelivery,
  type DeliveryKey,
  type DueDelivery,
  findDeliveries,
  findDueDeliveries,
  recordFailedDelivery,
  supersedeOlderDeliveries,
} from '../persistence/outbox-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { readEvent } from './read-event.js';
import { retryDelay } from './retry-delay.js';
import { ScimConsumers, type ScimHandler } from './scim-consumers.js';

const BATCH = 100;
const LANES = 4;
const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
const HANDLER_TIMEOUT_MS = 30_000;
/** How long a request waits for its own deliveries: with the longest handler an IdP's request still takes well under 5 s. */
const REQUEST_WAIT_MS = 2000;

/**
 * Delivers the outbox to this process's handlers: at least once, in order per identity and consumer.
 * Any number of processes may run it; a delivery's row lock is what keeps two from handling it.
 */
@Injectable()
export class ScimRelay implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ScimRelay.name);
  private loop: Promise<void> | undefined;
  private stopping = false;
  /** Set while the loop is busy: its next pause is skipped. */
  private nudged = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly database: ScimDatabase,
    private readonly consumers: ScimConsumers,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  onApplicationBootstrap(): void {
    if (this.options.deliverEvents !== false) this.loop = this.runLoop();
  }

  /** Before the host's DataSource is closed. */
  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    this.wake?.();
    await this.loop;
  }

  /** There is something to deliver: do not wait for the next poll. */
  nudge(): void {
    this.nudged = true;
    this.wake?.();
  }

  /**
   * Tries deliveries that the caller's transaction made, at once, and resolves when each was tried or 2 s have passed.
   * Never throws: what failed is retried by the loop.
   */
  async deliverNow(keys: readonly DeliveryKey[]): Promise<void> {
    if (keys.length === 0 || this.options.deliverEvents === false) return;
    const work = this.deliverKeys(keys).catch((error: unknown) =>
      this.logger.error(`Delivery was put off: ${text(error)}`),
    );
    await Promise.race([work, pause(REQUEST_WAIT_MS)]);
  }

  /** Delivers what is due, once round. Returns how many deliveries were tried. */
  async tick(): Promise<number> {
    const due = await this.database.run<DueDelivery>(findDueDeliveries, [this.consumers.names, BATCH]);
    const queue = [...due];
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next && !this.stopping; next = queue.shift()) await this.deliver(next);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return due.length;
  }

  private async deliverKeys(keys: readonly DeliveryKey[]): Promise<void> {
    const seqs = [...new Set(keys.map(({ eventSeq }) => eventSeq))];
    const deliveries = await this.database.run<DueDelivery>(findDeliveries, [seqs, this.consumers.names]);
    for (const delivery of deliveries) await this.deliver(delivery);
  }

  private async deliver(delivery: DueDelivery): Promise<void> {
    const handler = this.consumers.handlerOf(delivery.consumer);
    if (!handler) return;
    try {
      await this.handle(delivery, handler);
    } catch (error) {
      await this.recordFailure(delivery, error);
    }
  }

  private async handle(delivery: DueDelivery, handler: ScimHandler): Promise<void> {
    const { eventSeq, consumer, terminal, aggregateId, attempts } = delivery;
    await this.database.transaction(async (manager) => {
      if (terminal) await this.database.run(supersedeOlderDeliveries, [aggregateId, consumer, eventSeq], manager);
      const claimed = await this.database.run(acknowledgeDelivery, [eventSeq, consumer], manager);
      if (claimed.length === 0) return;
      const event = readEvent(delivery);
      await withTimeout(handler(event, { manager, attempt: attempts + 1 }), HANDLER_TIMEOUT_MS);
    });
  }

  private async recordFailure(delivery: DueDelivery, error: unknown): Promise<void> {
    const { eventSeq, consumer, terminal, type, aggregateId, organizationId } = delivery;
    const attempts = delivery.attempts + 1;
    const delay = retryDelay(attempts, terminal, Math.random());
    const outcome = delay === null ? 'given up' : `next try in ${Math.round(delay / 1000)} s`;
    this.logger.error(
      `${consumer} failed on ${type} of ${aggregateId} in organization ${organizationId} (try ${attempts}, ${outcome}): ${text(error)}`,
    );
    try {
      await this.database.run(recordFailedDelivery, [eventSeq, consumer, text(error).slice(0, 2000), delay]);
    } catch (failure) {
      // The delivery is still pending, so it is tried again anyway.
      this.logger.error(`The failure could not be recorded: ${text(failure)}`);
    }
  }

  private async runLoop(): Promise<void> {
    let pauseMs = SHORTEST_PAUSE_MS;
    while (!this.stopping) {
      let tried = 0;
      this.nudged = false;
      try {
        tried = await this.tick();
      } catch (error) {
        pauseMs = LONGEST_PAUSE_MS;
        this.logger.error(`Events wait: ${text(error)}`);
      }
      pauseMs = tried > 0 ? SHORTEST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      if (tried < BATCH && !this.stopping && !this.nudged) await this.sleep(pauseMs);
    }
  }

  private async sleep(ms: number): Promise<void> {
    const wakened = new Promise<void>((resolve) => (this.wake = resolve));
    await Promise.race([wakened, pause(ms)]);
    this.wake = undefined;
  }
}

async function withTimeout(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The handler did not finish within ${ms / 1000} s.`)), ms);
    timer.unref();
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

// Unreferenced: waiting keeps no process alive.
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

const text = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
