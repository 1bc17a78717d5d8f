import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import {
  archiveEvents,
  deleteOldEvents,
  findOldEvents,
  takeEventUpkeep,
} from '../persistence/event-retention-statements.js';
import { lockFeeds } from '../persistence/feed-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { eventsOf, SCIM_OPTIONS, type ScimEventOptions, type ScimModuleOptions } from '../scim.options.js';
import { Rounds } from './rounds.js';

const INTERVAL_MS = 10 * 60_000;
/** Events of one transaction: it holds no lock for long and leaves little for one autovacuum. */
const BATCH = 1000;
const LONG_AGO = new Date(0);

interface OldEvent {
  readonly seq: string;
  readonly organizationId: string;
  readonly occurredAt: Date;
}

/** Makes old events history, and deletes old history. Any number of processes may do it. */
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

  /** Does all that is due. Returns how many events were archived, and how many deleted. */
  async tick(): Promise<{ archived: number; deleted: number }> {
    let archived = 0;
    for (let from: Date | undefined = LONG_AGO; from && !this.rounds.isStopping;) {
      const batch: { count: number; next: Date | undefined } = await this.archive(from);
      archived += batch.count;
      from = batch.next;
    }
    let deleted = 0;
    for (let due = BATCH; due === BATCH && !this.rounds.isStopping; deleted += due) {
      due = (await this.database.run(deleteOldEvents, [this.settings.historyDays, BATCH])).length;
    }
    return { archived, deleted };
  }

  /** One batch of events, from a time on; `next` is where the next one begins. */
  private archive(from: Date): Promise<{ count: number; next: Date | undefined }> {
    return this.database.transaction(async (manager) => {
      const isOurTurn = (await this.database.run(takeEventUpkeep, [], manager)).length > 0;
      const values = [this.settings.retentionDays, from, BATCH];
      const old = isOurTurn ? await this.database.run<OldEvent>(findOldEvents, values, manager) : [];
      if (old.length === 0) return { count: 0, next: undefined };
      const organizations = [...new Set(old.map(({ organizationId }) => organizationId))];
      await this.database.run(lockFeeds, [organizations], manager);
      const seqs = old.map(({ seq }) => seq);
      const [archived] = await this.database.run<{ count: number }>(archiveEvents, [seqs], manager);
      return { count: archived?.count ?? 0, next: old.length === BATCH ? old.at(-1)?.occurredAt : undefined };
    });
  }
}
