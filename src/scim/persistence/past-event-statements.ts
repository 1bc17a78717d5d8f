import type { Statement } from './scim-database.js';

/**
 * $1 consumer. The transactions that may have written events without a delivery for it are those that did not see its
 * registration. Each of their statements has ended, or its transaction has an id by now, so that it is smaller than this one.
 * (But for a REPEATABLE READ one of the host's, which reads what was there when it began.)
 */
export const beginPast: Statement = {
  text: 'UPDATE scim_consumer SET past_due_after = pg_current_xact_id()::text::bigint WHERE name = $1 AND past_due_after = 0',
};

/** $1 consumer: whether it has its past, and if not, whether the transactions of `beginPast` are over. */
export const findPastDue: Statement = {
  text: `
SELECT past_due_after IS NULL AS "isGiven", pg_snapshot_xmin(pg_current_snapshot())::text::bigint > past_due_after AS "isComplete"
FROM scim_consumer WHERE name = $1`,
};

/**
 * $1 consumer, $2 days that events are kept, $3 time and $4 seq of the last event looked at, $5 most events: their deliveries, where
 * there are none. Not as terminal ones: the past comes in its order, and before what takes access away now it has no
 * right of way. Yields the last event looked at.
 */
export const givePast: Statement = {
  text: `
WITH past AS (
  SELECT seq, type, aggregate_id, created_at FROM scim_outbox
  WHERE archived_at IS NULL AND created_at >= $3::timestamptz AND (created_at, seq) > ($3::timestamptz, $4::bigint)
    -- What is about to be archived, perhaps now, is not begun any more.
    AND created_at > now() - make_interval(days => $2) + interval '1 hour'
  ORDER BY created_at, seq LIMIT $5
), given AS (
  INSERT INTO scim_outbox_delivery (event_seq, consumer, aggregate_id, terminal)
  SELECT past.seq, consumer.name, past.aggregate_id, false
  FROM past JOIN scim_consumer consumer ON consumer.name = $1 AND past.type = ANY (consumer.event_types)
  ORDER BY past.seq
  ON CONFLICT DO NOTHING
)
SELECT created_at AS "at", seq FROM past ORDER BY past.created_at DESC, past.seq DESC LIMIT 1`,
};

/** $1 consumer: from now on its events are delivered. */
export const endPast: Statement = {
  text: 'UPDATE scim_consumer SET past_due_after = NULL WHERE name = $1',
};
