import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { JsonObject } from '../../protocol/resource.js';
import { ScimConnection } from './connection.entity.js';

/** What events are about. */
export type AggregateType = 'user' | 'token' | 'group' | 'resource' | 'connection';

/**
 * An event, written in the transaction of the change it tells of. What it tells is never changed, but for erasing `personal`;
 * `archivedAt` and `feedPosition` are about the row.
 */
@Entity('scim_outbox')
@Index('scim_outbox_aggregate', ['aggregateId', 'aggregateSeq'], { unique: true })
@Index('scim_outbox_organization', ['organizationId', 'seq'])
@Index('scim_outbox_milestones', ['organizationId', 'type', 'seq'], {
  where: `type = 'scim.user.linked' OR (token_id IS NOT NULL AND type IN ('scim.user.deactivated', 'scim.user.deprovisioned', 'scim.group.created'))`,
})
@Index('scim_outbox_feed', ['organizationId', 'feedPosition', 'seq'], { where: 'archived_at IS NULL' })
@Index('scim_outbox_kept', ['createdAt'], { where: 'archived_at IS NULL' })
@Index('scim_outbox_archived', ['createdAt'], { where: 'archived_at IS NOT NULL' })
@Check('scim_outbox_aggregate_type_check', `aggregate_type IN ('user', 'token', 'group', 'resource', 'connection')`)
export class ScimOutboxEvent {
  /** Order of writing; not of committing. */
  @PrimaryColumn({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' })
  seq: string;

  @Column({ type: 'uuid', unique: true })
  id: string;

  @Column({ type: 'text', name: 'organization_id' })
  organizationId: string;

  @Column({ type: 'text', name: 'aggregate_type' })
  aggregateType: AggregateType;

  @Column({ type: 'uuid', name: 'aggregate_id' })
  aggregateId: string;

  /** 1, 2, 3 … within the aggregate, in the order of the changes. */
  @Column({ type: 'integer', name: 'aggregate_seq' })
  aggregateSeq: number;

  /** E.g. `scim.user.deprovisioned`. */
  @Column({ type: 'text' })
  type: string;

  @Column({ type: 'jsonb' })
  payload: JsonObject;

  /** What is personal, so that it can be erased without touching the history. */
  @Column({ type: 'jsonb', nullable: true })
  personal: JsonObject | null;

  /** The token of the request that caused it. */
  @Column({ type: 'uuid', name: 'token_id', nullable: true })
  tokenId: string | null;

  @Column({ type: 'text', name: 'request_id', nullable: true })
  requestId: string | null;

  /** The moment of writing, under the lock of what changed: a transaction may have begun long before. */
  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'clock_timestamp()' })
  createdAt: Date;

  /** From then on it is history only: without `personal` and deliveries, and not in the feed any more. */
  @Column({ type: 'timestamptz', name: 'archived_at', precision: 3, nullable: true })
  archivedAt: Date | null;

  /** Place in the organization's feed, given when somebody reads so far: in the order in which events became visible. */
  @Column({ type: 'bigint', name: 'feed_position', nullable: true })
  feedPosition: string | null;
}

/** `dead`: given up after too many tries. `skipped`: somebody decided that it is not to be handled. */
export type DeliveryStatus = 'pending' | 'delivered' | 'superseded' | 'dead' | 'skipped';

/** One event for one consumer. */
@Entity('scim_outbox_delivery')
@Index('scim_outbox_delivery_due', ['consumer', 'nextAt', 'eventSeq'], {
  where: `status = 'pending' AND NOT terminal`,
})
@Index('scim_outbox_delivery_terminal', ['consumer', 'nextAt', 'eventSeq'], {
  where: `status = 'pending' AND terminal`,
})
@Index('scim_outbox_delivery_failed', ['organizationId', 'eventSeq', 'consumer'], {
  where: `status IN ('pending', 'dead') AND organization_id IS NOT NULL`,
})
@Index('scim_outbox_delivery_dead', ['aggregateId'], { where: `status = 'dead'` })
@Index('scim_outbox_delivery_given_up', ['consumer', 'nextAt', 'eventSeq'], { where: `status = 'dead'` })
@Index('scim_outbox_delivery_open', ['aggregateId', 'consumer', 'eventSeq'], { where: `status = 'pending'` })
@Check('scim_outbox_delivery_status_check', `status IN ('pending', 'delivered', 'superseded', 'dead', 'skipped')`)
@ForeignKey(() => ScimOutboxEvent, ['eventSeq'], ['seq'], { name: 'scim_outbox_delivery_event', onDelete: 'CASCADE' })
export class ScimOutboxDelivery {
  @PrimaryColumn({ type: 'bigint', name: 'event_seq' })
  eventSeq: string;

  @PrimaryColumn({ type: 'text' })
  consumer: string;

  @Column({ type: 'uuid', name: 'aggregate_id' })
  aggregateId: string;

  @Column({ type: 'text', default: 'pending' })
  status: DeliveryStatus;

  /** Takes access away: overtakes retries of older events and is retried for ever. */
  @Column({ type: 'boolean' })
  terminal: boolean;

  @Column({ type: 'integer', default: 0 })
  attempts: number;

  @Column({ type: 'timestamptz', name: 'next_at', precision: 3, default: () => 'now()' })
  nextAt: Date;

  @Column({ type: 'text', name: 'last_error', nullable: true })
  lastError: string | null;

  @Column({ type: 'timestamptz', name: 'finished_at', precision: 3, nullable: true })
  finishedAt: Date | null;

  /** Of one that failed at least once, so that those of an organization are found. */
  @Column({ type: 'text', name: 'organization_id', nullable: true })
  organizationId: string | null;

  /** It was dead, and newer events of its aggregate may have been handled meanwhile. */
  @Column({ type: 'boolean', default: false })
  replayed: boolean;

  /** Account id of the admin who last had it replayed or skipped. */
  @Column({ type: 'text', name: 'decided_by', nullable: true })
  decidedBy: string | null;

  @Column({ type: 'timestamptz', name: 'decided_at', precision: 3, nullable: true })
  decidedAt: Date | null;
}

/** A handler that wants events, known by a stable name, so that whichever process writes an event makes its delivery. */
@Entity('scim_consumer')
export class ScimConsumer {
  @PrimaryColumn({ type: 'text' })
  name: string;

  @Column({ type: 'text', name: 'event_types', array: true })
  eventTypes: string[];

  @Column({ type: 'timestamptz', name: 'registered_at', precision: 3, default: () => 'now()' })
  registeredAt: Date;

  @Column({ type: 'timestamptz', name: 'retired_at', precision: 3, nullable: true })
  retiredAt: Date | null;

  /**
   * While it is set, the consumer waits for the past it asked for: until all transactions up to this one are over, of which
   * some may not have seen the consumer. 0: the registration is new.
   */
  @Column({ type: 'bigint', name: 'past_due_after', nullable: true })
  pastDueAfter: string | null;
}

/** How far an organization's events have places in its feed; there is none before somebody read it. */
@Entity('scim_feed')
@ForeignKey(() => ScimConnection, ['organizationId'], ['organizationId'], {
  name: 'scim_feed_organization',
  onDelete: 'CASCADE',
})
export class ScimFeed {
  /** Part of every cursor, so that one of another feed is known as such. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text', name: 'organization_id', unique: true })
  organizationId: string;

  @Column({ type: 'bigint', name: 'last_position', default: 0 })
  lastPosition: string;

  /** Events up to this position may have been archived, read or unread. */
  @Column({ type: 'bigint', default: 0 })
  horizon: string;
}

/** How far work on old events has come that goes on in the next round; without a place it begins anew. */
@Entity('scim_upkeep')
export class ScimUpkeep {
  @PrimaryColumn({ type: 'text' })
  name: string;

  /** `created_at` and `seq` of the last event that was looked at. */
  @Column({ type: 'timestamptz', name: 'place_at', precision: 3, nullable: true })
  placeAt: Date | null;

  @Column({ type: 'bigint', name: 'place_seq', nullable: true })
  placeSeq: string | null;
}
