import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Rounds } from '../events/rounds.js';
import { deleteOldLogRows, deleteOldReveals } from '../persistence/log-statements.js';
import { ScimDatabase, type Statement } from '../persistence/scim-database.js';
import { logOf, SCIM_OPTIONS, type ScimLogOptions, type ScimModuleOptions } from '../scim.options.js';

const INTERVAL_MS = 10 * 60_000;
/** Rows of one statement: it holds no lock for long and leaves little for one autovacuum. */
const BATCH = 1000;
/** Who looked at whose data is kept longer than what they looked at. */
const REVEALS_DAYS = 365;

/** Takes old entries out of the log. Any number of processes may do it at the same time. */
@Injectable()
export class ScimLogUpkeep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ScimLogUpkeep.name);
  private readonly settings: Required<ScimLogOptions>;
  private readonly rounds = new Rounds(
    () => this.tick(),
    (error) => this.logger.warn(`Old entries of the log wait to be deleted: ${String(error)}`),
  );

  constructor(
    private readonly database: ScimDatabase,
    @Inject(SCIM_OPTIONS) options: ScimModuleOptions,
  ) {
    this.settings = logOf(options);
  }

  /** Also where nothing is logged any more: what is there grows old all the same. */
  onApplicationBootstrap(): void {
    this.rounds.start(INTERVAL_MS);
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
  }

  /** Deletes all that is older than it may be. Returns how many entries of the log that were. */
  async tick(): Promise<number> {
    const { retentionDays } = this.settings;
    const deleted = await this.deleteAll(deleteOldLogRows, retentionDays);
    await this.deleteAll(deleteOldReveals, Math.max(retentionDays, REVEALS_DAYS));
    return deleted;
  }

  private async deleteAll(statement: Statement, days: number): Promise<number> {
    let deleted = 0;
    for (let due = BATCH; due === BATCH && !this.rounds.isStopping; deleted += due) {
      due = (await this.database.run(statement, [days, BATCH])).length;
    }
    return deleted;
  }
}
