import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isDatabaseDown } from '../persistence/database-errors.js';
import { findLaterEvents, type LaterEvents, voidDelivery } from '../persistence/dead-letter-statements.js';
import {
  acknowledgeDelivery,
  type DueDelivery,
  postponeDelivery,
  recordFailedDelivery,
  supersedeOlderDeliveries,
} from '../persistence/outbox-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { asOfNow, membersOf } from './as-of-now.js';
import { readEvent } from './read-event.js';
import { retryDelay } from './retry-delay.js';
import { ScimConsumers } from './scim-consumers.js';
import { takesAway } from './takes-away.js';

const HANDLER_TIMEOUT_MS = 30_000;
/** Until the next try of what failed with the database. */
const POSTPONED_MS = 5000;
/** What an operator's alert looks for in the log; docs/events.md names it. */
const ALERT = '[scim-alert]';
/** Failed tries of an event that takes access away, before somebody is to look: after about a minute and a half. */
const ALERT_AFTER = 5;

/** Another process has the delivery, or tried it meanwhile, or an older one has to come first. */
class NotClaimed extends Error {}

/** One delivery: its handler's effect and its acknowledgement in one transaction, or the record of its failure. */
@Injectable()
export class ScimDelivery {
  private readonly logger = new Logger(ScimDelivery.name);

  constructor(
    private readonly database: ScimDatabase,
    private readonly consumers: ScimConsumers,
  ) {}

  /** Whether it was tried, with whatever outcome. Never throws. */
  async attempt(delivery: DueDelivery): Promise<boolean> {
    try {
      await this.handle(delivery);
      return true;
    } catch (error) {
      if (error instanceof NotClaimed) return false;
      const down = isDatabaseDown(error);
      await (down ? this.postpone(delivery, error) : this.recordFailure(delivery, error));
      return !down;
    }
  }

  private async handle(delivery: DueDelivery): Promise<void> {
    const { eventSeq, consumer, terminal, aggregateId, attempts, type } = delivery;
    const told = await this.database.transaction(async (manager) => {
      if (terminal) await this.database.run(supersedeOlderDeliveries, [aggregateId, consumer, eventSeq], manager);
      const claimed = await this.database.run(acknowledgeDelivery, [eventSeq, consumer, attempts], manager);
      if (claimed.length === 0) throw new NotClaimed();
      const telling = delivery.replayed ? await this.asOfNow(delivery, manager) : delivery;
      if (!telling) return undefined;
      await this.consumers.handlerOf(consumer, type)?.(readEvent(telling), { manager, attempt: attempts + 1 });
      return telling;
    }, HANDLER_TIMEOUT_MS);
    if (told) this.consumers.afterDelivery(consumer, type)?.(readEvent(told));
  }

  /** Of one that was dead; undefined if it is void by now. */
  private async asOfNow(delivery: DueDelivery, manager: EntityManager): Promise<DueDelivery | undefined> {
    const { aggregateId, sequence, payload, eventSeq, consumer } = delivery;
    const values = [aggregateId, sequence, membersOf(payload)];
    const [later] = await this.database.run<LaterEvents>(findLaterEvents, values, manager);
    const telling = asOfNow(delivery, later);
    if (!telling) await this.database.run(voidDelivery, [eventSeq, consumer], manager);
    return telling;
  }

  private async recordFailure(delivery: DueDelivery, error: unknown): Promise<void> {
    const { eventSeq, consumer, type, payload, organizationId } = delivery;
    const attempts = delivery.attempts + 1;
    const endless = takesAway(type, payload);
    const delay = retryDelay(attempts, endless, Math.random());
    const outcome = delay === null ? 'given up' : `next try in ${Math.round(delay / 1000)} s`;
    const alert = delay === null || (endless && attempts >= ALERT_AFTER) ? `${ALERT} ` : '';
    this.logger.error(`${alert}${describe(delivery)} failed (try ${attempts}, ${outcome}): ${errorText(error)}`);
    const text = errorText(error).slice(0, 2000);
    await this.note(() =>
      this.database.run(recordFailedDelivery, [eventSeq, consumer, delivery.attempts, text, delay, organizationId]),
    );
  }

  /** The handler did nothing wrong: an outage must not use its tries up. */
  private async postpone(delivery: DueDelivery, error: unknown): Promise<void> {
    this.logger.warn(`${describe(delivery)} waits for the database: ${errorText(error)}`);
    await this.note(() => this.database.run(postponeDelivery, [delivery.eventSeq, delivery.consumer, POSTPONED_MS]));
  }

  private async note(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (failure) {
      // The delivery is still pending, so it is tried again anyway.
      this.logger.error(`The failure could not be recorded: ${errorText(failure)}`);
    }
  }
}

const describe = ({ consumer, type, aggregateId, organizationId }: DueDelivery): string =>
  `${consumer} on ${type} of ${aggregateId} in organization ${organizationId}`;

export const errorText = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
