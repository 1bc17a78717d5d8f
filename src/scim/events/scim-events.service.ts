import { Injectable } from '@nestjs/common';
import { findConsumers, retireConsumer } from '../persistence/outbox-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { giveUpDeliveries } from './give-up-deliveries.js';
import { ScimConsumers } from './scim-consumers.js';
import {
  type Backlog,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterQuery,
  ScimDeadLetters,
} from './scim-dead-letters.js';
import { type FeedPage, type FeedQuery, ScimFeed } from './scim-feed.js';

/** Who decides. */
export interface Decision {
  /** Account id, kept with the delivery. Default: none, which stands for an operator. */
  readonly actorId?: string | undefined;
}

/** What a host may do about events, beside handling them with `OnScimEvent`. */
@Injectable()
export class ScimEventsService {
  constructor(
    private readonly database: ScimDatabase,
    private readonly registry: ScimConsumers,
    private readonly letters: ScimDeadLetters,
    private readonly feeds: ScimFeed,
  ) {}

  /**
   * Ends a consumer whose handler was removed or renamed: no event is kept for it any more, and what is still open or dead is
   * given up, a thousand deliveries at a time. Call it when no process has the handler any longer; one that starts with it
   * later registers it anew. Where it is cut short, and what a transaction writes that was under way, is seen to within ten
   * minutes.
   * @param consumer the name in `OnScimEvent`. An unknown one is no mistake: nothing happens.
   * @returns how many deliveries were given up.
   * @throws Error while this process has a handler of that name; ScimError 503 when the database is not available.
   */
  async retire(consumer: string): Promise<number> {
    if (this.registry.isRegistered(consumer)) {
      throw new Error(`"${consumer}" has a handler in this process; remove the handler before the consumer.`);
    }
    await this.database.run(retireConsumer, [consumer]);
    return giveUpDeliveries(this.database, consumer);
  }

  /**
   * Names of the consumers that get events, whichever process has the handler.
   * @param which with `retired: true` those that were retired, too, which may have dead letters for a while.
   * @throws ScimError 503 when the database is not available.
   */
  async consumers(which: { readonly retired?: boolean | undefined } = {}): Promise<readonly string[]> {
    const rows = await this.database.run<{ name: string }>(findConsumers, [which.retired ?? false]);
    return rows.map(({ name }) => name);
  }

  /**
   * Events that a handler failed on: those that were given up, and those that are tried again, which may be for ever.
   * @param query of an organization, or of all without `organizationId`; the oldest event first. For the next page, `after` is
   * the last one of this.
   * @throws ScimError 400 for a limit that is none; 503 when the database is not available.
   */
  async deadLetters(query: DeadLetterQuery = {}): Promise<DeadLetter[]> {
    return this.letters.list(query);
  }

  /**
   * Has events handled that were given up, with as many tries as a new one, and tries those now that wait for their next try.
   * Newer events of the same person or thing may have been handled meanwhile; so one that was given up tells the state of
   * now, and is not handled if access was taken away since.
   * @param which those that match all that is given; `{}`: all of every organization.
   * @returns how many; those that a process is trying at this moment are left out.
   * @throws ScimError 404 or 409 where an event is named and there is nothing of it to be replayed; 503.
   */
  async replay(which: DeadLetterFilter, by: Decision = {}): Promise<number> {
    return this.letters.replay(which, by.actorId);
  }

  /**
   * Has events never handled by a consumer that failed on them. What waits for them goes on.
   * @param which names an event, a consumer, or both.
   * @returns how many; those that a process is trying at this moment are left out.
   * @throws ScimError 404 or 409 where an event is named and there is nothing of it to be skipped; 503; Error where neither
   * an event nor a consumer is named.
   */
  async skip(which: DeadLetterFilter, by: Decision = {}): Promise<number> {
    return this.letters.skip(which, by.actorId);
  }

  /**
   * How much is not done.
   * @param organizationId default: all organizations together.
   * @throws ScimError 503 when the database is not available.
   */
  async backlog(organizationId?: string): Promise<Backlog> {
    return this.letters.backlog(organizationId);
  }

  /**
   * Events of an organization, one page after the other, for whoever comes and asks: each once, in an order that stays.
   * @throws ScimError 400 for a cursor that is none of this organization's, or a limit that is none; 410 where what comes after
   * it is no longer kept (`events.retentionDays`); 503.
   */
  async feed(organizationId: string, query: FeedQuery = {}): Promise<FeedPage> {
    return this.feeds.read(organizationId, query);
  }
}
