import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Rounds } from '../events/rounds.js';
import {
  findMilestones,
  type MilestonesRow,
  type NotedRow,
  noteMilestones,
  noteMilestonesOf,
} from '../persistence/milestone-statements.js';
import { deleteOldRefusedLogins } from '../persistence/refused-login-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { logOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';

/** Long before anything that a milestone is seen by may be deleted: logs and events are kept for days. */
const INTERVAL_MS = 10 * 60_000;
const BATCH = 200;

const NONE: MilestonesRow = {
  testedAt: null,
  firstUserAt: null,
  firstLinkAt: null,
  firstDeactivationAt: null,
  firstGroupAt: null,
};

/**
 * Writes what a connection reached first into its row, from what requests and logins leave behind: in the background for all,
 * and for one when somebody looks. No request pays for it. Any number of processes may do it at the same time.
 */
@Injectable()
export class ScimMilestones implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ScimMilestones.name);
  private readonly withoutLog: boolean;
  private readonly rounds = new Rounds(
    () => this.tick(),
    (error) => this.logger.warn(`Milestones of connections wait to be noted: ${String(error)}`),
  );

  constructor(
    private readonly database: ScimDatabase,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {
    this.withoutLog = !logOf(options).enabled;
  }

  onApplicationBootstrap(): void {
    if (this.options.deliverEvents !== false) this.rounds.start(INTERVAL_MS);
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
  }

  /** Of one organization, now. */
  async of(organizationId: string): Promise<MilestonesRow> {
    await this.database.run(noteMilestonesOf, [this.withoutLog, organizationId]);
    const [row] = await this.database.run<MilestonesRow>(findMilestones, [organizationId]);
    return row ?? NONE;
  }

  /** Notes those of all organizations, and deletes what is kept of refused logins too long. Returns how many connections reached something. */
  async tick(): Promise<number> {
    let noted = 0;
    let after: string | null = null;
    do {
      const values: unknown[] = [this.withoutLog, after, BATCH];
      const [page]: NotedRow[] = await this.database.run<NotedRow>(noteMilestones, values);
      noted += page?.noted ?? 0;
      after = page?.seen === BATCH ? page.lastId : null;
    } while (after !== null && !this.rounds.isStopping);
    for (let due = BATCH; due === BATCH && !this.rounds.isStopping;) {
      due = (await this.database.run(deleteOldRefusedLogins, [BATCH])).length;
    }
    return noted;
  }
}
