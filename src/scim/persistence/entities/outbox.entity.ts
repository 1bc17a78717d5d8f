import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { JsonObject } from '../../protocol/resource.js';

/** An event, written in the transaction of the change it tells of, and never changed (but for erasing `personal`). */
@Entity('scim_outbox')
@Index('scim_outbox_aggregate', ['aggregateId', 'aggregateSeq'], { unique: true })
@Index('scim_outbox_organization', ['organizationId', 'seq'])
@Check('scim_outbox_aggregate_type_check', `aggregate_type IN ('user', 'token', 'group', 'resource')`)
export class ScimOutboxEvent {
  /** Order of writing; not of committing. */
  @PrimaryColumn({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' })
  seq: string;

  @Column({ type: 'uuid', unique: true })
  id: string;

  @Column({ type: 'text', name: 'organization_id' })
  organizationId: string;

  @Column({ type: 'text', name: 'aggregate_type' })
  aggregateType: 'user' | 'token' | 'group' | 'resource';

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
}

export type DeliveryStatus = 'pending' | 'delivered' | 'superseded' | 'dead';

/** One event for one consumer. */
@Entity('scim_outbox_delivery')
@Index('scim_outbox_delivery_due', ['nextAt', 'eventSeq'], { where: `status = 'pending'` })
@Index('scim_outbox_delivery_open', ['aggregateId', 'consumer', 'eventSeq'], { where: `status = 'pending'` })
@Check('scim_outbox_delivery_status_check', `status IN ('pending', 'delivered', 'superseded', 'dead')`)
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
}
