import type { Statement } from './scim-database.js';

/** An event that is old enough for something, whether that may be done to it now or not. */
export interface OldEvent {
  readonly seq: string;
  readonly organizationId: string;
  readonly occurredAt: Date;
  readonly isDue: boolean;
}

/** Where the last look ended. */
export interface UpkeepPlace {
  readonly at: Date | null;
  readonly seq: string | null;
}

/** $1 name of the work: nobody else does it before the transaction ends. Yields its place. */
export const takePlace: Statement = {
  text: `
SELECT place_at AS "at", place_seq AS seq FROM scim_upkeep WHERE name = $1 FOR UPDATE SKIP LOCKED`,
};

/** $1 name, $2 time and $3 seq of the last event looked at, or null: the next look begins anew. Under `takePlace`. */
export const keepPlace: Statement = {
  text: `UPDATE scim_upkeep SET place_at = $2, place_seq = $3 WHERE name = $1`,
};

/**
 * The next $4 events that are older than $1 days, after the one of time $2 and seq $3, as `o`: so many are looked at, whatever
 * becomes of them.
 */
const oldEvents = (condition: string): string => `
  SELECT seq, organization_id, aggregate_type, aggregate_id, aggregate_seq, created_at FROM scim_outbox
  WHERE ${condition} AND created_at >= $2::timestamptz AND (created_at, seq) > ($2::timestamptz, $3::bigint)
    AND created_at < now() - make_interval(days => $1)
  ORDER BY created_at, seq LIMIT $4`;

const LOOKED_AT = `o.seq, o.organization_id AS "organizationId", o.created_at AS "occurredAt"`;

/**
 * $1 days, $2 time and $3 seq of the last event looked at, $4 most events. Due is none that somebody may still want to be
 * delivered, and none after such a one of its aggregate, because a late delivery tells the state of now; nor one before which
 * an earlier one is left, because whoever begins with the feed then is not to find that one alone. Open deliveries are looked
 * for by consumer: a walk over all those of an aggregate could be long.
 */
export const findOldEvents: Statement = {
  text: `
SELECT ${LOOKED_AT},
  NOT EXISTS (SELECT FROM scim_outbox p WHERE p.aggregate_id = o.aggregate_id AND p.aggregate_seq = o.first - 1 AND p.archived_at IS NULL OFFSET 0)
  AND NOT EXISTS (SELECT FROM scim_outbox_delivery d WHERE d.aggregate_id = o.aggregate_id AND d.event_seq <= o.seq AND d.status = 'dead' OFFSET 0)
  AND NOT EXISTS (SELECT FROM scim_consumer c WHERE EXISTS (
    SELECT FROM scim_outbox_delivery d WHERE d.aggregate_id = o.aggregate_id AND d.consumer = c.name AND d.event_seq <= o.seq
      AND d.status = 'pending' OFFSET 0) OFFSET 0) AS "isDue"
FROM (
  SELECT *, min(aggregate_seq) OVER (PARTITION BY aggregate_id) AS first FROM (${oldEvents('archived_at IS NULL')}) looked) o
ORDER BY o.created_at, o.seq`,
};

/**
 * $1 seqs: they become history, and feeds begin after them. Under `lockFeeds` of their organizations. Those that nobody read move
 * the places of the feed on, so that whoever had read all before is told of the gap.
 */
export const archiveEvents: Statement = {
  text: `
WITH archived AS (
  UPDATE scim_outbox SET archived_at = now(), personal = NULL WHERE seq = ANY ($1::bigint[]) AND archived_at IS NULL
  RETURNING seq, organization_id, feed_position
), deliveries AS (
  DELETE FROM scim_outbox_delivery WHERE event_seq IN (SELECT seq FROM archived) AND status IN ('delivered', 'superseded')
), feeds AS (
  UPDATE scim_feed f SET last_position = f.last_position + a.unread,
    horizon = CASE WHEN a.unread > 0 THEN f.last_position + a.unread ELSE greatest(f.horizon, a.read) END
  FROM (
    SELECT organization_id, count(*) FILTER (WHERE feed_position IS NULL) AS unread, max(feed_position) AS read
    FROM archived GROUP BY organization_id) a
  WHERE f.organization_id = a.organization_id
)
SELECT count(*)::integer AS count FROM archived`,
};

/**
 * $1 days, $2 time and $3 seq of the last event looked at, $4 most events: archived ones that are too old even for history.
 * Of tokens and connections the last one is never due: their next event counts on from it.
 */
export const findOldHistory: Statement = {
  text: `
SELECT ${LOOKED_AT}, o.aggregate_type NOT IN ('token', 'connection') OR EXISTS (
  SELECT FROM scim_outbox l WHERE l.aggregate_id = o.aggregate_id AND l.aggregate_seq > o.aggregate_seq OFFSET 0) AS "isDue"
FROM (${oldEvents('archived_at IS NOT NULL')}) o
ORDER BY o.created_at, o.seq`,
};

/** $1 seqs. With their deliveries. */
export const deleteEvents: Statement = {
  text: `WITH deleted AS (DELETE FROM scim_outbox WHERE seq = ANY ($1::bigint[]) RETURNING 1) SELECT count(*)::integer AS count FROM deleted`,
};
