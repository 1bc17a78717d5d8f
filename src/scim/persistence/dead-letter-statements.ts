import type { JsonObject } from '../protocol/resource.js';
import type { AggregateType } from './entities/outbox.entity.js';
import type { Statement } from './scim-database.js';

/** A delivery that failed, as lists read it. */
export interface FailedDelivery {
  readonly eventSeq: string;
  readonly consumer: string;
  readonly eventId: string;
  readonly organizationId: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly sequence: number;
  readonly aggregateType: AggregateType;
  readonly aggregateId: string;
  /** Of the person or thing, where it has one that is not erased. */
  readonly name: string | null;
  /** As much of the payload as says whether it takes something away. */
  readonly payload: JsonObject;
  readonly status: 'pending' | 'dead';
  readonly attempts: number;
  readonly nextAt: Date;
  readonly finishedAt: Date | null;
  readonly lastError: string | null;
  /** Later ones of the same aggregate and consumer that wait for it; 100 at most. */
  readonly heldBack: number;
}

/** `d` failed: given up, or to be tried again. $1 organization or null, $2 consumer or null, $3 `dead`, `failing` or null. */
const FAILED = `
  d.organization_id IS NOT NULL AND ($1::text IS NULL OR d.organization_id = $1) AND ($2::text IS NULL OR d.consumer = $2)
  AND d.status IN ('pending', 'dead') AND (d.status = 'dead' OR d.attempts > 0)
  AND ($3::text IS NULL OR d.status = CASE $3 WHEN 'dead' THEN 'dead' ELSE 'pending' END)`;

/** After the row of $4 event seq and $5 consumer, or null: from the first one. */
const AFTER = `($4::bigint IS NULL OR (d.event_seq, d.consumer) > ($4, $5::text))`;

/** $1 to $5 as above, $6 limit. The oldest event first. */
export const listFailedDeliveries: Statement = {
  text: `
SELECT d.event_seq AS "eventSeq", d.consumer, o.id AS "eventId", o.organization_id AS "organizationId", o.type,
  o.created_at AS "occurredAt", o.aggregate_seq AS sequence, o.aggregate_type AS "aggregateType", o.aggregate_id AS "aggregateId",
  coalesce(o.personal->>'userName', o.payload->>'displayName', o.payload->>'label') AS name,
  jsonb_build_object('removed', jsonb_path_query_array(o.payload, '$.removed[0]')) AS payload,
  d.status, d.attempts, d.next_at AS "nextAt", d.finished_at AS "finishedAt", d.last_error AS "lastError",
  (SELECT count(*)::integer FROM (
    SELECT FROM scim_outbox_delivery w
    WHERE d.status = 'pending' AND w.status = 'pending' AND w.aggregate_id = d.aggregate_id AND w.consumer = d.consumer
      AND w.event_seq > d.event_seq LIMIT 100) waiting) AS "heldBack"
FROM scim_outbox_delivery d JOIN scim_outbox o ON o.seq = d.event_seq
WHERE ${FAILED} AND ${AFTER}
ORDER BY d.event_seq, d.consumer LIMIT $6`,
};

/** What waits, as an organization's admin and an operator see it. */
export interface BacklogRow {
  readonly open: number;
  readonly failing: number;
  readonly dead: number;
  readonly isMore: boolean;
  readonly oldestOpenAt: Date | null;
}

/**
 * $1 organization, or null: all, $2 most of each kind to be counted, $3 most open ones to be looked at, whosever they are.
 */
export const countBacklog: Statement = {
  text: `
WITH failed AS (
  SELECT d.event_seq, d.consumer, d.status, o.created_at
  FROM scim_outbox_delivery d JOIN scim_outbox o ON o.seq = d.event_seq
  WHERE d.organization_id IS NOT NULL AND ($1::text IS NULL OR d.organization_id = $1) AND d.status IN ('pending', 'dead')
    AND (d.status = 'dead' OR d.attempts > 0)
  LIMIT $2
), looked AS (
  -- In the order of an index of open ones, so that it is used.
  SELECT event_seq, consumer FROM scim_outbox_delivery WHERE status = 'pending' ORDER BY aggregate_id, consumer, event_seq LIMIT $3
), open AS (
  SELECT event_seq, consumer, created_at FROM failed WHERE status = 'pending'
  UNION
  SELECT l.event_seq, l.consumer, o.created_at FROM looked l JOIN scim_outbox o ON o.seq = l.event_seq
  WHERE $1::text IS NULL OR o.organization_id = $1
)
SELECT least((SELECT count(*) FROM open), $2)::integer AS open,
  (SELECT count(*) FROM failed WHERE status = 'pending')::integer AS failing,
  (SELECT count(*) FROM failed WHERE status = 'dead')::integer AS dead,
  (SELECT count(*) FROM failed) >= $2 OR (SELECT count(*) FROM looked) >= $3 OR (SELECT count(*) FROM open) > $2 AS "isMore",
  (SELECT min(created_at) FROM open) AS "oldestOpenAt"`,
};

/** `d` is one of the failed ones, of event $7 or null (any), and nobody is at it. */
const CHOSEN = `
  SELECT d.event_seq, d.consumer, d.aggregate_id, o.id, o.type, o.organization_id, o.payload
  FROM scim_outbox_delivery d JOIN scim_outbox o ON o.seq = d.event_seq
  WHERE ${FAILED} AND ${AFTER} AND ($7::uuid IS NULL OR o.id = $7)
  ORDER BY d.event_seq, d.consumer LIMIT $6 FOR UPDATE OF d SKIP LOCKED`;

/** What waited for them is looked at again. */
const RELEASED = `
  UPDATE scim_outbox_delivery d SET next_at = clock_timestamp() FROM (
    SELECT w.event_seq, w.consumer
    FROM (SELECT aggregate_id, consumer, min(event_seq) AS first FROM decided GROUP BY aggregate_id, consumer) decided
    CROSS JOIN LATERAL (
      SELECT event_seq, consumer FROM scim_outbox_delivery w
      WHERE w.status = 'pending' AND w.aggregate_id = decided.aggregate_id AND w.consumer = decided.consumer
        AND w.event_seq > decided.first AND w.attempts = 0 AND w.next_at > clock_timestamp() FOR UPDATE SKIP LOCKED) w) w
  WHERE d.event_seq = w.event_seq AND d.consumer = w.consumer`;

/** A delivery that somebody decided on. */
export interface DecidedDelivery {
  readonly eventSeq: string;
  readonly consumer: string;
  readonly eventId: string;
  readonly type: string;
  readonly aggregateId: string;
  readonly organizationId: string;
  readonly payload: JsonObject;
}

const DECIDED = `
SELECT event_seq AS "eventSeq", consumer, id AS "eventId", type, aggregate_id AS "aggregateId", organization_id AS "organizationId",
  jsonb_build_object('removed', jsonb_path_query_array(payload, '$.removed[0]')) AS payload
FROM decided ORDER BY event_seq, consumer`;

/**
 * $1 to $7 as above, $8 who wants it or null: dead ones are tried from the beginning, the others now. Those that somebody is at are
 * left out.
 */
export const replayDeliveries: Statement = {
  text: `
WITH chosen AS (${CHOSEN}),
decided AS (
  UPDATE scim_outbox_delivery d SET status = 'pending', next_at = clock_timestamp(), finished_at = NULL,
    attempts = CASE WHEN d.status = 'dead' THEN 0 ELSE d.attempts END, replayed = d.replayed OR d.status = 'dead',
    decided_by = $8, decided_at = clock_timestamp()
  FROM chosen c WHERE d.event_seq = c.event_seq AND d.consumer = c.consumer
  RETURNING c.*
), released AS (${RELEASED})
${DECIDED}`,
};

/** The same: they are never tried again. */
export const skipDeliveries: Statement = {
  text: `
WITH chosen AS (${CHOSEN}),
decided AS (
  UPDATE scim_outbox_delivery d SET status = 'skipped', finished_at = clock_timestamp(), decided_by = $8, decided_at = clock_timestamp()
  FROM chosen c WHERE d.event_seq = c.event_seq AND d.consumer = c.consumer
  RETURNING c.*
), released AS (${RELEASED})
${DECIDED}`,
};

/**
 * $1 organization or null, $2 consumer or null: any, $3 event id, $4 `dead`, `failing` or null: what has become of it, first where
 * it is what $4 says, then of what is not done.
 */
export const findDeliveryStatus: Statement = {
  text: `
SELECT d.status, d.attempts FROM scim_outbox o JOIN scim_outbox_delivery d ON d.event_seq = o.seq AND ($2::text IS NULL OR d.consumer = $2)
WHERE o.id = $3::uuid AND ($1::text IS NULL OR o.organization_id = $1)
ORDER BY CASE $4::text WHEN 'dead' THEN d.status = 'dead' WHEN 'failing' THEN d.status = 'pending' AND d.attempts > 0 END DESC NULLS LAST,
  d.status IN ('pending', 'dead') DESC, d.attempts DESC LIMIT 1`,
};

/** What events of an aggregate say that came after one. */
export interface LaterEvents {
  /** Of the last one, like `payload` and `personal`. */
  readonly type: string;
  readonly payload: JsonObject;
  readonly personal: JsonObject | null;
  /** As the last one said that told all of them, or null. */
  readonly attributes: JsonObject | null;
  readonly types: readonly string[];
  /** Which of $3 they name as members that came or went. */
  readonly mentioned: readonly string[];
}

/** $1 aggregate, $2 sequence of an event, $3 ids of members: nothing, or one row. */
export const findLaterEvents: Statement = {
  text: `
WITH later AS (SELECT aggregate_seq, type, payload, personal FROM scim_outbox WHERE aggregate_id = $1 AND aggregate_seq > $2)
SELECT last.type, last.payload, last.personal,
  (SELECT l.personal->'attributes' FROM later l WHERE l.personal ? 'attributes' ORDER BY l.aggregate_seq DESC LIMIT 1) AS attributes,
  ARRAY(SELECT DISTINCT l.type FROM later l) AS types,
  ARRAY(SELECT DISTINCT member #>> '{}' FROM later l, unnest(ARRAY['added', 'removed']) list,
    jsonb_path_query(l.payload -> list, '$[*]') member WHERE member #>> '{}' = ANY ($3::text[])) AS mentioned
FROM (SELECT type, payload, personal FROM later ORDER BY aggregate_seq DESC LIMIT 1) last`,
};

/** $1 event seq, $2 consumer: acknowledged just now, and not handled, because newer events made it void. */
export const voidDelivery: Statement = {
  text: `UPDATE scim_outbox_delivery SET status = 'superseded' WHERE event_seq = $1 AND consumer = $2`,
};
