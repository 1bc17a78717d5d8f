import type { JsonObject } from '../protocol/resource.js';
import type { Statement } from './scim-database.js';

/** An event as a writing statement takes it, in its jsonb parameter. */
export interface NewEvent {
  readonly id: string;
  /** Place within its aggregate. */
  readonly sequence: number;
  readonly type: string;
  readonly terminal: boolean;
  readonly payload: JsonObject;
  readonly personal: JsonObject | null;
}

/** A delivery that a writing statement made. */
export interface DeliveryKey {
  readonly eventSeq: string;
  readonly consumer: string;
}

/**
 * The CTEs `event` and `delivery`: events for the one row that CTE `changed` yields (none, if it yields none), and a
 * delivery for each registered consumer. `parameters` names, in this order: events jsonb, token id, request id.
 */
export const writeEvents = (
  changed: string,
  aggregateType: 'user' | 'token' | 'group',
  [events, tokenId, requestId]: readonly [string, string, string],
): string => `
event AS (
  INSERT INTO scim_outbox
    (id, organization_id, aggregate_type, aggregate_id, aggregate_seq, type, payload, personal, token_id, request_id)
  SELECT e.id, changed.organization_id, '${aggregateType}', changed.id, e.sequence, e.type, e.payload, e.personal, ${tokenId}::uuid, ${requestId}::text
  FROM ${changed} AS changed,
    jsonb_to_recordset(${events}::jsonb) AS e(id uuid, sequence integer, type text, payload jsonb, personal jsonb)
  ORDER BY e.sequence
  RETURNING seq, type, aggregate_id, id
),
delivery AS (
  INSERT INTO scim_outbox_delivery (event_seq, consumer, aggregate_id, terminal)
  SELECT event.seq, consumer.name, event.aggregate_id, e.terminal
  FROM event
  JOIN jsonb_to_recordset(${events}::jsonb) AS e(id uuid, terminal boolean) ON e.id = event.id
  JOIN scim_consumer consumer ON consumer.retired_at IS NULL AND event.type = ANY (consumer.event_types)
  RETURNING event_seq, consumer
)`;

/** The made deliveries, as a select-list item `deliveries`. */
export const MADE_DELIVERIES = `(SELECT coalesce(jsonb_agg(jsonb_build_object('eventSeq', event_seq::text, 'consumer', consumer) ORDER BY event_seq), '[]') FROM delivery) AS deliveries`;

/** $1 aggregate id, $2 organization, $3 events, $4 token id, $5 request id. In the transaction of the change to a token. */
export const writeTokenEvents: Statement = {
  text: `
WITH changed AS (SELECT $1::uuid AS id, $2::text AS organization_id), ${writeEvents('changed', 'token', ['$3', '$4', '$5'])}
SELECT ${MADE_DELIVERIES}`,
};

/** $1 aggregate id: the sequence of its last event, 0 if it has none. Under the lock of the aggregate's row. */
export const findLastSequence: Statement = {
  text: `SELECT coalesce(max(aggregate_seq), 0) AS "sequence" FROM scim_outbox WHERE aggregate_id = $1`,
};

/** A delivery with its event, ready to be handled. */
export interface DueDelivery {
  readonly eventSeq: string;
  readonly consumer: string;
  readonly terminal: boolean;
  readonly attempts: number;
  readonly id: string;
  readonly type: string;
  readonly organizationId: string;
  readonly aggregateId: string;
  readonly sequence: number;
  readonly payload: JsonObject;
  readonly personal: JsonObject | null;
  readonly tokenId: string | null;
  readonly requestId: string | null;
  readonly occurredAt: Date;
}

const DUE_DELIVERY = `
  d.event_seq AS "eventSeq", d.consumer, d.terminal, d.attempts, o.id, o.type, o.organization_id AS "organizationId",
  o.aggregate_id AS "aggregateId", o.aggregate_seq AS sequence, o.payload, o.personal, o.token_id AS "tokenId",
  o.request_id AS "requestId", o.created_at AS "occurredAt"`;

/** $1 consumers that this process handles, $2 most rows. Only the oldest open delivery of an identity and consumer is due, except terminal ones. */
export const findDueDeliveries: Statement = {
  name: 'scim_find_due_deliveries',
  text: `
SELECT ${DUE_DELIVERY}
FROM scim_outbox_delivery d JOIN scim_outbox o ON o.seq = d.event_seq
WHERE d.status = 'pending' AND d.next_at <= now() AND d.consumer = ANY ($1)
  AND (d.terminal OR NOT EXISTS (
    SELECT 1 FROM scim_outbox_delivery older
    WHERE older.status = 'pending' AND older.aggregate_id = d.aggregate_id AND older.consumer = d.consumer AND older.event_seq < d.event_seq))
ORDER BY d.terminal DESC, d.event_seq
LIMIT $2`,
};

/** $1 event seqs, $2 consumers. */
export const findDeliveries: Statement = {
  name: 'scim_find_deliveries',
  text: `
SELECT ${DUE_DELIVERY}
FROM scim_outbox_delivery d JOIN scim_outbox o ON o.seq = d.event_seq
WHERE d.event_seq = ANY ($1::bigint[]) AND d.consumer = ANY ($2) AND d.status = 'pending'
ORDER BY d.event_seq, d.consumer`,
};

/** $1 aggregate, $2 consumer, $3 event seq of a terminal delivery: older open ones are void. Waits for one that is being handled. */
export const supersedeOlderDeliveries: Statement = {
  name: 'scim_supersede_older_deliveries',
  text: `
UPDATE scim_outbox_delivery SET status = 'superseded', finished_at = now()
WHERE aggregate_id = $1 AND consumer = $2 AND event_seq < $3 AND status = 'pending'`,
};

/**
 * $1 event seq, $2 consumer. Done before the handler runs, in its transaction: the row lock is the claim, and the effect
 * commits with the acknowledgement. Yields nothing if another process has it, or an older one is open.
 */
export const acknowledgeDelivery: Statement = {
  name: 'scim_acknowledge_delivery',
  text: `
UPDATE scim_outbox_delivery d SET status = 'delivered', attempts = attempts + 1, finished_at = now()
WHERE (d.event_seq, d.consumer) = (
    SELECT event_seq, consumer FROM scim_outbox_delivery
    WHERE event_seq = $1 AND consumer = $2 AND status = 'pending' FOR UPDATE SKIP LOCKED)
  AND NOT EXISTS (
    SELECT 1 FROM scim_outbox_delivery older
    WHERE older.status = 'pending' AND older.aggregate_id = d.aggregate_id AND older.consumer = d.consumer AND older.event_seq < d.event_seq)
RETURNING 1`,
};

/** $1 event seq, $2 consumer, $3 error text, $4 ms until the next try, or null: no further try. */
export const recordFailedDelivery: Statement = {
  name: 'scim_record_failed_delivery',
  text: `
UPDATE scim_outbox_delivery
SET attempts = attempts + 1, last_error = $3,
  next_at = now() + coalesce($4::double precision, 0) * interval '1 millisecond',
  status = CASE WHEN $4::double precision IS NULL THEN 'dead' ELSE status END,
  finished_at = CASE WHEN $4::double precision IS NULL THEN now() END
WHERE event_seq = $1 AND consumer = $2 AND status = 'pending'`,
};

/** $1 name, $2 event types. */
export const registerConsumer: Statement = {
  text: `
INSERT INTO scim_consumer (name, event_types) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET event_types = excluded.event_types, retired_at = NULL
WHERE scim_consumer.event_types <> excluded.event_types OR scim_consumer.retired_at IS NOT NULL`,
};
