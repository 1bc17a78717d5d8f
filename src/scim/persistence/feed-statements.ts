import { EVENT, type StoredEvent } from './outbox-statements.js';
import type { Statement } from './scim-database.js';

/** A feed, and with it an event of the page; without, where there is none. */
export interface FeedRow extends Partial<StoredEvent> {
  readonly feedId: string;
  /** The last place that was given, and the last one whose event may be archived. */
  readonly lastPosition: string;
  readonly horizon: string;
  /** Whether there are events that have no place yet. */
  readonly hasUnread: boolean;
  readonly position: string | null;
}

/**
 * $1 organization, $2 place to begin after, or null: at the oldest kept, $3 types or null: all, $4 limit, $5 most places to be
 * looked at. One statement, so that no event is archived between the look at the horizon and the page.
 */
export const readFeedPage: Statement = {
  text: `
SELECT f.id AS "feedId", f.last_position AS "lastPosition", f.horizon,
  -- In the order of the index, so that no statistics, old or new, are a reason to look anywhere else.
  (SELECT u.seq FROM scim_outbox u WHERE u.organization_id = $1 AND u.feed_position IS NULL AND u.archived_at IS NULL
    ORDER BY u.feed_position, u.seq LIMIT 1) IS NOT NULL AS "hasUnread",
  o.feed_position AS position, ${EVENT}
FROM scim_feed f LEFT JOIN LATERAL (
  SELECT * FROM scim_outbox o
  WHERE o.organization_id = $1 AND o.archived_at IS NULL AND o.feed_position > coalesce($2::bigint, f.horizon)
    AND o.feed_position <= coalesce($2::bigint, f.horizon) + $5::bigint AND ($3::text[] IS NULL OR o.type = ANY ($3))
  ORDER BY o.feed_position LIMIT $4) o ON true
WHERE f.organization_id = $1
ORDER BY o.feed_position`,
};

/** $1 organization, $2 id. Nothing for an organization without a connection, which has no events either. */
export const beginFeed: Statement = {
  text: `
INSERT INTO scim_feed (id, organization_id) SELECT $2, organization_id FROM scim_connection WHERE organization_id = $1
ON CONFLICT DO NOTHING`,
};

/** $1 organizations: nobody else gives places there, nor moves the horizon, before the transaction ends. */
export const lockFeeds: Statement = {
  text: `SELECT FROM scim_feed WHERE organization_id = ANY ($1::text[]) ORDER BY organization_id FOR NO KEY UPDATE`,
};

/**
 * $1 organization, $2 most events. Under `lockFeeds`, in a statement of its own: it sees all that was given a place before. What was
 * committed since comes after that, in the order of writing. An event that is committed late gets its place late, so that
 * nobody misses it who read further, and of one aggregate none is ever committed before an earlier one.
 */
export const placeEvents: Statement = {
  text: `
WITH next AS (
  SELECT seq, row_number() OVER (ORDER BY seq) AS place FROM (
    SELECT seq FROM scim_outbox WHERE organization_id = $1 AND feed_position IS NULL AND archived_at IS NULL
    ORDER BY feed_position, seq LIMIT $2) unread
), placed AS (
  UPDATE scim_outbox o SET feed_position = f.last_position + next.place FROM next, scim_feed f
  WHERE o.seq = next.seq AND f.organization_id = $1
)
UPDATE scim_feed SET last_position = last_position + (SELECT count(*) FROM next) WHERE organization_id = $1`,
};
