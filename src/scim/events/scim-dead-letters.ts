import { Injectable, Logger } from '@nestjs/common';
import {
  type BacklogRow,
  countBacklog,
  type DecidedDelivery,
  type FailedDelivery,
  findDeliveryStatus,
  listFailedDeliveries,
  replayDeliveries,
  skipDeliveries,
} from '../persistence/dead-letter-statements.js';
import type { DeliveryStatus } from '../persistence/entities/outbox.entity.js';
import { isId } from '../persistence/is-id.js';
import { ScimDatabase, type Statement } from '../persistence/scim-database.js';
import { conflict, notFound } from '../protocol/scim-error.js';
import { checkLimit } from './check-limit.js';
import { takesAway } from './takes-away.js';
import { ScimRelay } from './scim-relay.js';

/** Rows of one statement: it holds no lock for long. */
const BATCH = 1000;
const DEFAULT_LIMIT = 100;
/** Counts stop here; more would be no other news. */
const MOST_COUNTED = 1000;
/** Open deliveries, whosever they are, that are looked at to count those of one organization. */
const MOST_LOOKED_AT = 10_000;

/** `dead`: given up. `failing`: failed at least once, and will be tried again. */
export type DeadLetterState = 'dead' | 'failing';

/** Which deliveries are meant: those that match all that is given. */
export interface DeadLetterFilter {
  /** Default: every organization's, which is for operators. */
  readonly organizationId?: string | undefined;
  readonly eventId?: string | undefined;
  /** A handler's name. */
  readonly consumer?: string | undefined;
  /** Default: both. */
  readonly state?: DeadLetterState | undefined;
}

/** Which, and how many of them. */
export interface DeadLetterQuery extends Omit<DeadLetterFilter, 'eventId'> {
  /** The last one of the page before. */
  readonly after?: Pick<DeadLetter, 'eventSeq' | 'consumer'> | undefined;
  /** 1 to 1,000. Default 100. */
  readonly limit?: number | undefined;
}

/** An event that a handler failed on. */
export interface DeadLetter {
  readonly eventId: string;
  readonly consumer: string;
  readonly organizationId: string;
  /** E.g. `scim.user.updated`. */
  readonly type: string;
  readonly occurredAt: Date;
  readonly sequence: number;
  readonly subject: {
    readonly type: FailedDelivery['aggregateType'];
    readonly id: string;
    /** User name, group name or a token's label; null where there is none, or it was erased. */
    readonly name: string | null;
  };
  readonly state: DeadLetterState;
  /** It takes access away, and is never given up by itself. */
  readonly takesAway: boolean;
  readonly attempts: number;
  readonly nextTryAt: Date | null;
  readonly givenUpAt: Date | null;
  /** Later events of the same subject that wait for it; 100 at most. */
  readonly heldBack: number;
  /** What the handler threw: the host's internals, which are not for an organization's admin. */
  readonly lastError: string | null;
  /** For `after`. */
  readonly eventSeq: string;
}

/** What is open. */
export interface Backlog {
  /** Deliveries that are not done, failing ones included. */
  readonly open: number;
  readonly failing: number;
  readonly dead: number;
  /** The numbers are larger, maybe: counting stops at 1,000, or when too much waits elsewhere. */
  readonly atLeast: boolean;
  readonly oldestOpenAt: Date | null;
}

/** Deliveries that failed, and what somebody decides about them. */
@Injectable()
export class ScimDeadLetters {
  private readonly logger = new Logger(ScimDeadLetters.name);

  constructor(
    private readonly database: ScimDatabase,
    private readonly relay: ScimRelay,
  ) {}

  /** The oldest event first. */
  async list({ after, limit = DEFAULT_LIMIT, ...filter }: DeadLetterQuery): Promise<DeadLetter[]> {
    const values = [...valuesOf(filter), after?.eventSeq ?? null, after?.consumer ?? null, checkLimit(limit)];
    const rows = await this.database.run<FailedDelivery>(listFailedDeliveries, values);
    return rows.map(toDeadLetter);
  }

  async backlog(organizationId: string | undefined): Promise<Backlog> {
    const values = [organizationId ?? null, MOST_COUNTED, MOST_LOOKED_AT];
    const [row] = await this.database.run<BacklogRow>(countBacklog, values);
    const { isMore = false, open = 0, failing = 0, dead = 0, oldestOpenAt = null } = row ?? {};
    return { open, failing, dead, atLeast: isMore, oldestOpenAt };
  }

  async replay(filter: DeadLetterFilter, actorId: string | undefined): Promise<number> {
    const replayed = await this.decide(replayDeliveries, filter, actorId);
    if (replayed.length > 0) this.relay.nudge();
    return replayed.length;
  }

  async skip(filter: DeadLetterFilter, actorId: string | undefined): Promise<number> {
    if (filter.eventId === undefined && filter.consumer === undefined) {
      throw new Error('Name the event or the consumer to be skipped: what is skipped is never handled.');
    }
    const skipped = await this.decide(skipDeliveries, filter, actorId);
    for (const { type, payload, ...rest } of skipped) {
      if (takesAway(type, payload))
        this.logger.warn(`${describe({ ...rest, type })} was skipped by ${actorId ?? 'an operator'}.`);
    }
    if (skipped.length > 0) this.relay.nudge();
    return skipped.length;
  }

  private async decide(
    statement: Statement,
    filter: DeadLetterFilter,
    actorId: string | undefined,
  ): Promise<DecidedDelivery[]> {
    const { eventId } = filter;
    const decided: DecidedDelivery[] = [];
    for (let last: DecidedDelivery | undefined, full = eventId === undefined || isId(eventId); full;) {
      const place = [last?.eventSeq ?? null, last?.consumer ?? null, BATCH];
      const values = [...valuesOf(filter), ...place, eventId ?? null, actorId ?? null];
      const batch = await this.database.run<DecidedDelivery>(statement, values);
      decided.push(...batch);
      last = batch.at(-1);
      full = batch.length === BATCH;
    }
    if (decided.length === 0 && eventId !== undefined) await this.explain(filter, eventId);
    return decided;
  }

  /** Why nothing was decided about an event that was named. @throws ScimError 404, 409 */
  private async explain({ organizationId, consumer, state }: DeadLetterFilter, eventId: string): Promise<never> {
    const values = [organizationId ?? null, consumer ?? null, eventId, state ?? null];
    const [row] = isId(eventId) ? await this.database.run<DeliveryRow>(findDeliveryStatus, values) : [];
    if (!row) throw notFound(`There is no such event for ${consumer === undefined ? 'any' : 'this'} consumer.`);
    if (row.status !== 'pending' && row.status !== 'dead') throw conflict(`The event was ${row.status} already.`);
    if (row.status === 'pending' && row.attempts === 0) {
      throw conflict('The event has not failed; it waits for its turn.');
    }
    const now: DeadLetterState = row.status === 'dead' ? 'dead' : 'failing';
    if (state !== undefined && state !== now) throw conflict(`The event is ${now}, not ${state}.`);
    throw conflict('The event is being handled at this moment.');
  }
}

/** What has become of one. */
interface DeliveryRow {
  readonly status: DeliveryStatus;
  readonly attempts: number;
}

const valuesOf = ({ organizationId, consumer, state }: DeadLetterFilter): readonly (string | null)[] => [
  organizationId ?? null,
  consumer ?? null,
  state ?? null,
];

const describe = ({
  consumer,
  type,
  aggregateId,
  organizationId,
}: Omit<DecidedDelivery, 'payload' | 'eventId' | 'eventSeq'>): string =>
  `${consumer} on ${type} of ${aggregateId} in organization ${organizationId}`;

function toDeadLetter(row: FailedDelivery): DeadLetter {
  const { aggregateType, aggregateId, name, payload, status, nextAt, finishedAt, ...same } = row;
  const isDead = status === 'dead';
  return {
    ...same,
    subject: { type: aggregateType, id: aggregateId, name },
    state: isDead ? 'dead' : 'failing',
    takesAway: takesAway(row.type, payload),
    nextTryAt: isDead ? null : nextAt,
    givenUpAt: isDead ? finishedAt : null,
  };
}
