import type { Statement } from './scim-database.js';

/** More are not counted: what the settings page shows must cost the same for every organization. */
const MOST_COUNTED = 100_000;
/** Requests that tell which identity provider it is. */
const TELLING = 200;

/** What the log knows of answers that begin with one digit. */
export interface TrafficRow {
  readonly statusClass: number;
  readonly lastAt: Date | null;
  readonly lastHour: number;
  readonly lastDay: number;
}

const countSince = (interval: string): string => `
(SELECT count(*)::integer FROM (
    SELECT FROM scim_log l WHERE l.organization_id = $1 AND l.status_class = digit AND l.received_at > now() - interval '${interval}'
    LIMIT ${MOST_COUNTED}) counted)`;

/** $1 organization. From the index alone. */
export const findTraffic: Statement = {
  text: `
SELECT digit AS "statusClass",
  (SELECT max(l.received_at) FROM scim_log l WHERE l.organization_id = $1 AND l.status_class = digit) AS "lastAt",
  ${countSince('1 hour')} AS "lastHour", ${countSince('1 day')} AS "lastDay"
FROM unnest(ARRAY[2, 3, 4, 5]::smallint[]) digit`,
};

/** $1 organization. Which identity providers its newest requests look like, and what the last one called itself. */
export const findClients: Statement = {
  text: `
WITH newest AS (
  SELECT l.idp, l.client, l.received_at FROM unnest(ARRAY[2, 3, 4, 5]::smallint[]) digit CROSS JOIN LATERAL (
    SELECT * FROM scim_log l WHERE l.organization_id = $1 AND l.status_class = digit ORDER BY l.received_at DESC, l.id DESC LIMIT ${TELLING}) l
  ORDER BY l.received_at DESC LIMIT ${TELLING}
)
SELECT array_agg(idp ORDER BY received_at DESC) FILTER (WHERE idp IS NOT NULL) AS idps,
  (array_agg(client ORDER BY received_at DESC) FILTER (WHERE client IS NOT NULL))[1] AS "lastClient", now() AS "now" FROM newest`,
};

/** $1 organization. */
export const findPause: Statement = {
  text: `SELECT paused_at AS "pausedAt", paused_by AS "pausedBy" FROM scim_connection WHERE organization_id = $1`,
};

/** $1 organization, $2 account id of the admin. Who paused it first stays named. */
export const pauseConnection: Statement = {
  text: `UPDATE scim_connection SET paused_at = now(), paused_by = $2 WHERE organization_id = $1 AND paused_at IS NULL`,
};

/** $1 organization. */
export const resumeConnection: Statement = {
  text: `UPDATE scim_connection SET paused_at = NULL, paused_by = NULL WHERE organization_id = $1`,
};
