import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  archiveEvents,
  deleteEvents,
  findOldEvents,
  findOldHistory,
  keepPlace,
  type OldEvent,
  takePlace,
  type UpkeepPlace,
} from '../persistence/event-retention-statements.js';
import { lockFeeds } from '../persistence/feed-statements.js';
import { findRetiredConsumers } from '../persistence/outbox-statements.js';
import { ScimDatabase, type Statement } from '../persistence/scim-database.js';
import { eventsOf, SCIM_OPTIONS, type ScimEventOptions, type ScimModuleOptions } from '../scim.options.js';
import { giveUpDeliveries } from './give-up-deliveries.js';
import { Rounds } from './rounds.js';

const INTERVAL_MS = 10 * 60_000;
/** Events of one transaction: it holds no lock for long and leaves little for one autovacuum. */
const BATCH = 1000;
/** A million events that wait are looked at within a few hours, and cost a round a second or two. */
const MOST_IN_VAIN = 50_000;
const LONG_AGO = new Date(0);

/** Something that is done to events of a certain age. */
interface Work {
  /** Under which its place is kept. */
  readonly name: string;
  readonly days: number;
  readonly find: Statement;
  /** Returns to how many it was done. */
  readonly act: (due: readonly OldEvent[], manager: EntityManager) => Promise<number>;
}

/** Makes old events history, and deletes old history. Any number of processes may do it, one of them at a time. */
@Injectable()
export class ScimEventUpkeep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ScimEventUpkeep.name);
  private readonly settings: Required<ScimEventOptions>;
  private readonly rounds = new Rounds(
    () => this.tick(),
    (error) => this.logger.warn(`Old events wait to be archived: ${String(error)}`),
  );

  constructor(
    private readonly database: ScimDatabase,
    @Inject(SCIM_OPTIONS) options: ScimModuleOptions,
  ) {
    this.settings = eventsOf(options);
  }

  onApplicationBootstrap(): void {
    this.rounds.start(INTERVAL_MS);
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
  }

  /**
   * One round: goes on where the last one ended, of whatever process, to the end of what is old, or until it looked at
   * `mostInVain` events to which nothing may be done yet. Returns how many events were archived, and how many deleted.
   */
  async tick(mostInVain: number = MOST_IN_VAIN): Promise<{ archived: number; deleted: number }> {
    const { retentionDays, historyDays } = this.settings;
    await this.tidyUp();
    const archive: Work = { name: 'archive', days: retentionDays, find: findOldEvents, act: this.archive };
    const remove: Work = { name: 'delete', days: historyDays, find: findOldHistory, act: this.delete };
    return { archived: await this.round(archive, mostInVain), deleted: await this.round(remove, mostInVain) };
  }

  /** What consumers that are gone left would keep its events for ever. */
  private async tidyUp(): Promise<void> {
    const gone = await this.database.run<{ name: string }>(findRetiredConsumers, []);
    for (const { name } of gone) await giveUpDeliveries(this.database, name, () => this.rounds.isStopping);
  }

  private async round(work: Work, mostInVain: number): Promise<number> {
    let done = 0;
    for (let inVain = 0, isEnd = false; !isEnd && inVain < mostInVain && !this.rounds.isStopping;) {
      const batch = await this.database.transactionWithRetry((manager) => this.batch(work, manager));
      done += batch.done;
      inVain += batch.seen - batch.done;
      isEnd = batch.seen < BATCH;
    }
    return done;
  }

  private async batch(
    { name, days, find, act }: Work,
    manager: EntityManager,
  ): Promise<{ seen: number; done: number }> {
    const [place] = await this.database.run<UpkeepPlace>(takePlace, [name], manager);
    // Another process is at it.
    if (!place) return { seen: 0, done: 0 };
    const values = [days, place.at ?? LONG_AGO, place.seq ?? '0', BATCH];
    const seen = await this.database.run<OldEvent>(find, values, manager);
    const due = seen.filter(({ isDue }) => isDue);
    const done = due.length === 0 ? 0 : await act(due, manager);
    const last = seen.length === BATCH ? seen.at(-1) : undefined;
    await this.database.run(keepPlace, [name, last?.occurredAt ?? null, last?.seq ?? null], manager);
    return { seen: seen.length, done };
  }

  private readonly archive: Work['act'] = async (due, manager) => {
    const organizations = [...new Set(due.map(({ organizationId }) => organizationId))];
    await this.database.run(lockFeeds, [organizations], manager);
    return this.count(archiveEvents, due, manager);
  };

  private readonly delete: Work['act'] = async (due, manager) => this.count(deleteEvents, due, manager);

  private async count(statement: Statement, events: readonly OldEvent[], manager: EntityManager): Promise<number> {
    const [result] = await this.database.run<{ count: number }>(statement, [events.map(({ seq }) => seq)], manager);
    return result?.count ?? 0;
  }
}
