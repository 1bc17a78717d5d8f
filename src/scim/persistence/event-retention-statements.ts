import type { Statement } from './scim-database.js';

/** Yields a row where this transaction may look after events: of all processes it is one at a time. */
export const takeEventUpkeep: Statement = {
  text: `SELECT 1 WHERE pg_try_advisory_xact_lock(hashtext('scim_event_upkeep'))`,
};

/**
 * $1 days, $2 time of the last one looked at, $3 limit: events that are to be archived. None that somebody may still want to be
 * delivered, and none after such a one of its aggregate, because a late delivery tells the state of now.
 */
export const findOldEvents: Statement = {
  text: `
SELECT o.seq, o.organization_id AS "organizationId", o.created_at AS "occurredAt" FROM scim_outbox o
WHERE o.archived_at IS NULL AND o.created_at >= $2::timestamptz AND o.created_at < now() - make_interval(days => $1)
  AND NOT EXISTS (SELECT FROM scim_outbox_delivery d WHERE d.aggregate_id = o.aggregate_id AND d.event_seq <= o.seq AND d.status = 'pending' OFFSET 0)
  AND NOT EXISTS (SELECT FROM scim_outbox_delivery d WHERE d.aggregate_id = o.aggregate_id AND d.event_seq <= o.seq AND d.status = 'dead' OFFSET 0)
ORDER BY o.created_at LIMIT $3`,
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
 * $1 days, $2 limit: archived events that are too old even for history. Of tokens and connections the last one stays: their
 * next event counts on from it.
 */
export const deleteOldEvents: Statement = {
  text: `
DELETE FROM scim_outbox WHERE seq IN (
  SELECT o.seq FROM scim_outbox o
  WHERE o.archived_at IS NOT NULL AND o.created_at < now() - make_interval(days => $1)
    AND (o.aggregate_type NOT IN ('token', 'connection')
      OR EXISTS (SELECT FROM scim_outbox l WHERE l.aggregate_id = o.aggregate_id AND l.aggregate_seq > o.aggregate_seq))
  ORDER BY o.created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING 1`,
};
