import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import {
  type DeliveryKey,
  type DueDelivery,
  findDeliveries,
  findDueDeliveries,
} from '../persistence/outbox-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { LANES, Lanes, PUBLISHER_LANES } from './lanes.js';
import { ScimConsumers } from './scim-consumers.js';
import { errorText, ScimDelivery } from './scim-delivery.js';

const BATCH = 100;
const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
/**
 * How long the loop waits for a batch: deliveries that take longer go on beside the next one. Shorter than a second, because
 * what takes access away comes first in the next batch.
 */
const ROUND_MS = 500;
/** How long a request waits for its own deliveries: with the longest handler an IdP's request still takes well under 5 s. */
const REQUEST_WAIT_MS = 2000;
/** How long a stop waits for handlers; orchestrators commonly kill after 30 s. What is not done is rolled back and tried again. */
const STOP_WAIT_MS = 10_000;

/**
 * Delivers the outbox to this process's handlers: at least once, in order per identity and consumer.
 * Any number of processes may run it; a delivery's row lock is what keeps two from handling it.
 */
@Injectable()
export class ScimRelay implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger(ScimRelay.name);
  private readonly handlerLanes = new Lanes(LANES);
  private readonly publisherLanes = new Lanes(PUBLISHER_LANES);
  private loop: Promise<void> | undefined;
  private stopping = false;
  /** Set while the loop is busy: its next pause is skipped. */
  private nudged = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly database: ScimDatabase,
    private readonly consumers: ScimConsumers,
    private readonly delivery: ScimDelivery,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  onApplicationBootstrap(): void {
    if (this.options.deliverEvents !== false) this.loop = this.runLoop();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    this.wake?.();
    await this.settle();
  }

  /** The server took requests until now, and the host's DataSource may be closed next. */
  async onApplicationShutdown(): Promise<void> {
    await this.settle();
  }

  /** There is something to deliver: do not wait for the next poll. */
  nudge(): void {
    this.nudged = true;
    this.wake?.();
  }

  /**
   * Tries deliveries to handlers that the caller's transaction made, at once, and resolves when each was tried, by this
   * process or another, or 2 s have passed. Never throws: what failed, what it did not come to, and what goes to publishers,
   * which cut no access, is left to the loop.
   */
  async deliverNow(keys: readonly DeliveryKey[]): Promise<void> {
    if (keys.length === 0 || this.options.deliverEvents === false) return;
    if (keys.some(({ consumer }) => this.consumers.isPublisher(consumer))) this.nudge();
    const work = this.deliverKeys(keys, performance.now() + REQUEST_WAIT_MS).catch((error: unknown) => {
      this.logger.error(`Delivery was put off: ${errorText(error)}`);
      return false;
    });
    const allTried = await Promise.race([work, pause(REQUEST_WAIT_MS)]);
    if (allTried !== true) this.nudge();
  }

  /** Delivers what is due, once round. Returns how many deliveries were tried. */
  tick(): Promise<number> {
    return this.deliverDue();
  }

  /** A round that takes longer than `limitMs` begins nothing more; what it began goes on. */
  private async deliverDue(limitMs?: number): Promise<number> {
    const { consumers, types } = this.consumers.taken((consumer) => this.lanesOf(consumer).hasRoomFor(consumer));
    if (consumers.length === 0) return 0;
    const queue = await this.database.run<DueDelivery>(findDueDeliveries, [consumers, types, BATCH]);
    let tried = 0;
    const work = async (): Promise<void> => {
      for (let next = this.begin(queue); next; next = this.begin(queue)) if (await this.finish(next)) tried += 1;
    };
    const round = Promise.all(Array.from({ length: LANES + PUBLISHER_LANES }, work));
    await (limitMs === undefined ? round : Promise.race([round, pause(limitMs)]));
    queue.length = 0;
    return tried;
  }

  private lanesOf(consumer: string): Lanes {
    return this.consumers.isPublisher(consumer) ? this.publisherLanes : this.handlerLanes;
  }

  /** Takes the first delivery that gets a lane out of the queue. */
  private begin(queue: DueDelivery[]): DueDelivery | undefined {
    const index = this.stopping ? -1 : queue.findIndex((delivery) => this.lanesOf(delivery.consumer).enter(delivery));
    return index < 0 ? undefined : queue.splice(index, 1)[0];
  }

  private async finish(delivery: DueDelivery): Promise<boolean> {
    try {
      return await this.delivery.attempt(delivery);
    } finally {
      this.lanesOf(delivery.consumer).leave(delivery);
    }
  }

  /** Whether each was tried before the deadline. */
  private async deliverKeys(keys: readonly DeliveryKey[], deadline: number): Promise<boolean> {
    const { consumers, types } = this.consumers.taken((consumer) => !this.consumers.isPublisher(consumer));
    const seqs = [...new Set(keys.map(({ eventSeq }) => eventSeq))];
    const find = (): Promise<DueDelivery[]> => this.database.run<DueDelivery>(findDeliveries, [consumers, types, seqs]);
    for (let untried = await find(); untried.length > 0;) {
      untried = await this.deliverEach(untried, deadline);
      if (untried.length === 0) break;
      if (performance.now() >= deadline) return false;
      // Another process has it, or an older one: tried is what is gone, or counts one try more.
      await pause(SHORTEST_PAUSE_MS);
      const open = await find();
      untried = untried.flatMap((delivery) => open.filter((now) => isSame(now, delivery)));
    }
    return true;
  }

  /** One consumer's in their order, those of different consumers beside one another. Returns those that were not tried. */
  private async deliverEach(deliveries: readonly DueDelivery[], deadline: number): Promise<DueDelivery[]> {
    const names = [...new Set(deliveries.map(({ consumer }) => consumer))];
    const left = names.map(async (name) => {
      const untried: DueDelivery[] = [];
      for (const delivery of deliveries.filter(({ consumer }) => consumer === name)) {
        const entered = await this.handlerLanes.enterWithin(delivery, Math.max(deadline - performance.now(), 0));
        if (!entered || !(await this.finish(delivery))) untried.push(delivery);
      }
      return untried;
    });
    return (await Promise.all(left)).flat();
  }

  private async runLoop(): Promise<void> {
    let pauseMs = SHORTEST_PAUSE_MS;
    while (!this.stopping) {
      let tried = 0;
      this.nudged = false;
      try {
        tried = await this.deliverDue(ROUND_MS);
      } catch (error) {
        pauseMs = LONGEST_PAUSE_MS;
        this.logger.error(`Events wait: ${errorText(error)}`);
      }
      pauseMs = tried > 0 ? SHORTEST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      // What was tried may have held back others, which are due now.
      if (tried === 0 && !this.stopping && !this.nudged) await this.sleep(pauseMs);
    }
  }

  private async sleep(ms: number): Promise<void> {
    const wakened = new Promise<void>((resolve) => (this.wake = resolve));
    await Promise.race([wakened, pause(ms)]);
    this.wake = undefined;
  }

  private async settle(): Promise<void> {
    await Promise.race([
      Promise.all([this.loop, this.handlerLanes.empty(), this.publisherLanes.empty()]),
      pause(STOP_WAIT_MS),
    ]);
  }
}

const isSame = (one: DueDelivery, other: DueDelivery): boolean =>
  one.eventSeq === other.eventSeq && one.consumer === other.consumer && one.attempts === other.attempts;

// Unreferenced: waiting keeps no process alive.
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
