import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { beginPast, endPast, findPastDue, givePast } from '../persistence/past-event-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { eventsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { Rounds } from './rounds.js';
import { ScimConsumers } from './scim-consumers.js';
import { errorText } from './scim-delivery.js';
import { ScimRelay } from './scim-relay.js';

const INTERVAL_MS = 1000;
/** Events of one statement. */
const BATCH = 1000;
const LONG_AGO = new Date(0);

/**
 * Gives consumers that ask for it (`from: 'beginning'`) the events of before their registration. Until then they get nothing,
 * so that the past comes first. Several processes may do it at once: a delivery that is there is not made again.
 */
@Injectable()
export class ScimPastEvents implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ScimPastEvents.name);
  private readonly days: number;
  private readonly rounds = new Rounds(
    () => this.tick(),
    (error) => this.logger.error(`Past events wait: ${errorText(error)}`),
  );

  constructor(
    private readonly database: ScimDatabase,
    private readonly consumers: ScimConsumers,
    private readonly relay: ScimRelay,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {
    this.days = eventsOf(options).retentionDays;
  }

  onApplicationBootstrap(): void {
    if (this.options.deliverEvents !== false) this.rounds.start(INTERVAL_MS);
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
  }

  /** Does what can be done now. */
  async tick(): Promise<void> {
    for (const consumer of this.consumers.awaitingPast) {
      await this.database.run(beginPast, [consumer]);
      const [due] = await this.database.run<{ isGiven: boolean; isComplete: boolean }>(findPastDue, [consumer]);
      if (due && !due.isGiven && !(due.isComplete && (await this.give(consumer)))) continue;
      this.consumers.endAwaiting(consumer);
      this.relay.nudge();
    }
  }

  /** Whether it has all of it: not if the process stops meanwhile. */
  private async give(consumer: string): Promise<boolean> {
    let last: { at: Date; seq: string } | undefined = { at: LONG_AGO, seq: '0' };
    while (last && !this.rounds.isStopping) {
      const values: unknown[] = [consumer, this.days, last.at, last.seq, BATCH];
      [last] = await this.database.run<{ at: Date; seq: string }>(givePast, values);
    }
    if (last) return false;
    await this.database.run(endPast, [consumer]);
    return true;
  }
}
