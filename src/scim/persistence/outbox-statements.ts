import type { JsonObject } from '../protocol/resource.js';
import type { AggregateType } from './entities/outbox.entity.js';
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
  aggregateType: AggregateType,
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

/** $1 connection, $2 organization, $3 events. In the transaction that wrote the connection's row. */
export const writeConnectionEvents: Statement = {
  text: `
WITH changed AS (SELECT $1::uuid AS id, $2::text AS organization_id), ${writeEvents('changed', 'connection', ['$3', 'NULL', 'NULL'])}
SELECT ${MADE_DELIVERIES}`,
};

/** $1 aggregate id: the sequence of its last event, 0 if it has none. Under the lock of the aggregate's row. */
export const findLastSequence: Statement = {
  text: `SELECT coalesce(max(aggregate_seq), 0) AS "sequence" FROM scim_outbox WHERE aggregate_id = $1`,
};

/** An event as it is kept. */
export interface StoredEvent {
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

/** The select list of a `StoredEvent`, from `o`. */
export const EVENT = `
  o.id, o.type, o.organization_id AS "organizationId", o.aggregate_id AS "aggregateId", o.aggregate_seq AS sequence, o.payload,
  o.personal, o.token_id AS "tokenId", o.request_id AS "requestId", o.created_at AS "occurredAt"`;

/** A delivery with its event, ready to be handled. */
export interface DueDelivery extends StoredEvent {
  readonly eventSeq: string;
  readonly consumer: string;
  readonly terminal: boolean;
  readonly attempts: number;
  /** It was dead: newer events of its aggregate may have been handled meanwhile. */
  readonly replayed: boolean;
}

const DUE_DELIVERY = `d.event_seq AS "eventSeq", d.consumer, d.terminal, d.attempts, d.replayed, ${EVENT}`;

/** Pairs of $1 consumers and $2 types, item by item. */
const KNOWN = `(d.consumer, o.type) IN (SELECT known.consumer, known.type FROM unnest($1::text[], $2::text[]) AS known(consumer, type))`;

/**
 * That there is no open delivery of the same identity and consumer that comes before `d`. OFFSET keeps the planner from
 * making a join of it: with statistics from before a burst it would compare each with each.
 */
const noOlder = (condition = 'true'): string => `NOT EXISTS (
    SELECT 1 FROM scim_outbox_delivery older
    WHERE older.status = 'pending' AND older.aggregate_id = d.aggregate_id AND older.consumer = d.consumer
      AND older.event_seq < d.event_seq AND ${condition} OFFSET 0)`;

/** That a delivery does not tell of the end of a link: it takes access from the account that was linked before. */
const notUnlinked = (delivery: string): string =>
  `NOT EXISTS (SELECT 1 FROM scim_outbox u WHERE u.seq = ${delivery}.event_seq AND u.type = 'scim.user.unlinked')`;

/** The first due ones of a consumer `k`: a walk of one index that ends with the last row, however many wait and whatever statistics say. */
const firstDue = (condition: string): string => `
  (SELECT ${DUE_DELIVERY}, d.next_at AS "nextAt"
   FROM scim_outbox_delivery d JOIN scim_outbox o ON o.seq = d.event_seq
   WHERE d.consumer = k.consumer AND d.status = 'pending' AND d.next_at <= now() AND o.type = ANY (k.types) AND ${condition}
   ORDER BY d.next_at, d.event_seq LIMIT $3)`;

/**
 * $1 consumers and $2 types that this process takes, $3 most rows of a consumer, as many again of terminal ones, which come
 * first. Only the oldest open delivery of an identity and consumer is due, except terminal ones.
 */
export const findDueDeliveries: Statement = {
  name: 'scim_find_due_deliveries',
  text: `
SELECT d.* FROM (
  SELECT known.consumer, array_agg(known.type) AS types FROM unnest($1::text[], $2::text[]) AS known(consumer, type) GROUP BY known.consumer) k
CROSS JOIN LATERAL (${firstDue('d.terminal')} UNION ALL ${firstDue(`NOT d.terminal AND ${noOlder()}`)}) d
ORDER BY d.terminal DESC, d."nextAt", d."eventSeq"`,
};

/** $1 consumers and $2 types that this process takes, $3 event seqs. Without those that an older one's retry holds back. */
export const findDeliveries: Statement = {
  name: 'scim_find_deliveries',
  text: `
SELECT ${DUE_DELIVERY}
FROM scim_outbox_delivery d JOIN scim_outbox o ON o.seq = d.event_seq
WHERE d.event_seq = ANY ($3::bigint[]) AND d.status = 'pending' AND ${KNOWN}
  AND (d.terminal OR ${noOlder('older.next_at > now()')})
ORDER BY d.event_seq, d.consumer`,
};

/**
 * $1 aggregate, $2 consumer, $3 event seq of a terminal delivery: older open ones are void. Not those that are being
 * handled: while there is one, the terminal delivery is not to be had either. Nor those of the end of a link, which are about
 * another account. Newer ones that waited for the tries of those that are void are looked at again.
 */
export const supersedeOlderDeliveries: Statement = {
  name: 'scim_supersede_older_deliveries',
  text: `
WITH void AS (
  UPDATE scim_outbox_delivery SET status = 'superseded', finished_at = clock_timestamp()
  WHERE consumer = $2 AND event_seq IN (
    SELECT event_seq FROM scim_outbox_delivery
    WHERE aggregate_id = $1 AND consumer = $2 AND event_seq < $3 AND status = 'pending' AND ${notUnlinked('scim_outbox_delivery')}
    FOR UPDATE SKIP LOCKED)
  RETURNING 1
)
UPDATE scim_outbox_delivery SET next_at = clock_timestamp()
WHERE consumer = $2 AND EXISTS (SELECT FROM void) AND event_seq IN (
  SELECT event_seq FROM scim_outbox_delivery
  WHERE aggregate_id = $1 AND consumer = $2 AND event_seq > $3 AND status = 'pending' AND attempts = 0
    AND next_at > clock_timestamp() FOR UPDATE SKIP LOCKED)`,
};

/**
 * $1 event seq, $2 consumer, $3 failed tries that the caller knows of. Done before the handler runs, in its transaction: the
 * row lock is the claim, and the effect commits with the acknowledgement. Yields nothing if another process has it or tried
 * it meanwhile, or an older one is open.
 */
export const acknowledgeDelivery: Statement = {
  name: 'scim_acknowledge_delivery',
  text: `
UPDATE scim_outbox_delivery d SET status = 'delivered', attempts = attempts + 1, finished_at = clock_timestamp()
WHERE (d.event_seq, d.consumer) = (
    SELECT event_seq, consumer FROM scim_outbox_delivery
    WHERE event_seq = $1 AND consumer = $2 AND status = 'pending' AND attempts = $3 FOR UPDATE SKIP LOCKED)
  AND ${noOlder(`(NOT d.terminal OR ${notUnlinked('older')})`)}
RETURNING 1`,
};

/**
 * $1 event seq, $2 consumer, $3 failed tries before this one, $4 error text, $5 ms until the next try, or null: no further
 * try, $6 organization. Leaves one alone that somebody else is trying again by now. What waits for this one is not looked at
 * again before its next try, so that many that wait cost nothing.
 */
export const recordFailedDelivery: Statement = {
  name: 'scim_record_failed_delivery',
  text: `
WITH failed AS (
  UPDATE scim_outbox_delivery
  SET attempts = attempts + 1, last_error = $4, organization_id = $6,
    next_at = clock_timestamp() + coalesce($5::double precision, 0) * interval '1 millisecond',
    status = CASE WHEN $5::double precision IS NULL THEN 'dead' ELSE status END,
    finished_at = CASE WHEN $5::double precision IS NULL THEN clock_timestamp() END
  WHERE (event_seq, consumer) = (
    SELECT event_seq, consumer FROM scim_outbox_delivery
    WHERE event_seq = $1 AND consumer = $2 AND status = 'pending' AND attempts = $3 FOR UPDATE SKIP LOCKED)
  RETURNING event_seq, aggregate_id, next_at, status
), waiting AS (
  SELECT w.event_seq, failed.next_at FROM failed CROSS JOIN LATERAL (
    SELECT event_seq FROM scim_outbox_delivery w
    WHERE failed.status = 'pending' AND w.status = 'pending' AND w.aggregate_id = failed.aggregate_id AND w.consumer = $2
      AND w.event_seq > failed.event_seq AND w.next_at < failed.next_at FOR UPDATE SKIP LOCKED) w
)
UPDATE scim_outbox_delivery d SET next_at = w.next_at FROM waiting w
WHERE d.event_seq = w.event_seq AND d.consumer = $2 AND NOT d.terminal`,
};

/** $1 event seq, $2 consumer, $3 ms until the next try: what failed was not the handler, so its tries are not counted. */
export const postponeDelivery: Statement = {
  name: 'scim_postpone_delivery',
  text: `
UPDATE scim_outbox_delivery SET next_at = clock_timestamp() + $3::double precision * interval '1 millisecond'
WHERE (event_seq, consumer) = (
  SELECT event_seq, consumer FROM scim_outbox_delivery
  WHERE event_seq = $1 AND consumer = $2 AND status = 'pending' FOR UPDATE SKIP LOCKED)`,
};

/**
 * $1 name, $2 event types, $3 whether a consumer that is new gets the past. Yields all types of the consumer: those that any
 * release of the host ever named, because processes of two releases run side by side, and the older one may be the last to
 * start; and whether the past is still to come.
 */
export const registerConsumer: Statement = {
  text: `
INSERT INTO scim_consumer AS known (name, event_types, past_due_after)
VALUES ($1, $2, CASE WHEN $3::boolean THEN 0 END)
ON CONFLICT (name) DO UPDATE SET
  event_types = CASE WHEN known.retired_at IS NULL
    THEN ARRAY(SELECT DISTINCT unnest(known.event_types || excluded.event_types) ORDER BY 1) ELSE excluded.event_types END,
  past_due_after = CASE WHEN known.retired_at IS NULL THEN known.past_due_after ELSE excluded.past_due_after END,
  retired_at = NULL
RETURNING event_types AS "eventTypes", past_due_after IS NOT NULL AS "awaitsPast"`,
};

/** $1 name: no delivery is made for it any more. */
export const retireConsumer: Statement = {
  text: 'UPDATE scim_consumer SET retired_at = now() WHERE name = $1 AND retired_at IS NULL',
};

/** Consumers that get events; $1 true: those that are retired, too. */
export const findConsumers: Statement = {
  text: 'SELECT name FROM scim_consumer WHERE $1::boolean OR retired_at IS NULL ORDER BY name',
};

/** Consumers that are gone. */
export const findRetiredConsumers: Statement = {
  text: 'SELECT name FROM scim_consumer WHERE retired_at IS NOT NULL ORDER BY name',
};

/** How many deliveries one statement gave up, and the place of the last one. */
export interface GivenUp {
  readonly count: number;
  readonly at: Date;
  readonly seq: string;
}

/**
 * $1 consumer, $2 time and $3 event seq of the last one given up, $4 most: deliveries that would wait for ever, and keep their
 * events, if the consumer is gone. Each kind by an index of its own, from where the last statement ended, so that none passes
 * over what others did. Those that a process is at are left to it. Yields nothing where there is none.
 */
const giveUp = (kind: string): Statement => ({
  text: `
WITH left_over AS (
  SELECT d.event_seq, d.next_at FROM scim_outbox_delivery d
  WHERE d.consumer = $1 AND ${kind} AND (d.next_at, d.event_seq) > ($2::timestamptz, $3::bigint)
    AND EXISTS (SELECT FROM scim_consumer WHERE name = $1 AND retired_at IS NOT NULL)
  ORDER BY d.next_at, d.event_seq LIMIT $4 FOR UPDATE OF d SKIP LOCKED
), given_up AS (
  UPDATE scim_outbox_delivery d SET status = 'superseded', finished_at = coalesce(d.finished_at, clock_timestamp())
  FROM left_over l WHERE d.event_seq = l.event_seq AND d.consumer = $1
)
SELECT next_at AS "at", event_seq AS seq, (count(*) OVER ())::integer AS count FROM left_over ORDER BY next_at DESC, event_seq DESC LIMIT 1`,
});

/** Of all kinds of deliveries that a consumer which is gone may have left. */
export const giveUpStatements: readonly Statement[] = [
  `d.status = 'pending' AND d.terminal`,
  `d.status = 'pending' AND NOT d.terminal`,
  `d.status = 'dead'`,
].map(giveUp);
