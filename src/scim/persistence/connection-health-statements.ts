import type { Statement } from './scim-database.js';

/** More are not counted: what the settings page shows must cost the same for every organization. */
const MOST_COUNTED = 100_000;
/** Requests that tell which identity provider it is. */
const TELLING = 200;
/** Anybody who knows a token's public id can cause it: it tells nothing of the identity provider. */
export const BAD_TOKEN = 401;

/** What the log knows of answers of one status. */
export interface TrafficRow {
  readonly status: number;
  readonly lastAt: Date | null;
  readonly lastHour: number;
  readonly lastDay: number;
}

const countSince = (interval: string): string => `
(SELECT count(*)::integer FROM (
    SELECT FROM scim_log l WHERE l.organization_id = $1 AND l.status = s.status AND l.received_at > now() - interval '${interval}'
    LIMIT ${MOST_COUNTED}) counted)`;

/** The statuses that an organization ever had, each one look-up in the index. */
const STATUSES = `
WITH RECURSIVE statuses AS (
  SELECT (SELECT min(l.status) FROM scim_log l WHERE l.organization_id = $1) AS status
  UNION ALL
  SELECT (SELECT min(l.status) FROM scim_log l WHERE l.organization_id = $1 AND l.status > s.status) FROM statuses s WHERE s.status IS NOT NULL
)`;

/** $1 organization. From the index alone. */
export const findTraffic: Statement = {
  text: `
${STATUSES}
SELECT s.status,
  (SELECT max(l.received_at) FROM scim_log l WHERE l.organization_id = $1 AND l.status = s.status) AS "lastAt",
  ${countSince('1 hour')} AS "lastHour", ${countSince('1 day')} AS "lastDay"
FROM statuses s WHERE s.status IS NOT NULL`,
};

/** $1 organization. Which identity providers its newest requests look like, and what the last one called itself; of those whose token was good. */
export const findClients: Statement = {
  text: `
${STATUSES}, newest AS (
  SELECT l.idp, l.client, l.received_at FROM statuses s CROSS JOIN LATERAL (
    SELECT * FROM scim_log l WHERE l.organization_id = $1 AND l.status = s.status ORDER BY l.received_at DESC, l.id DESC LIMIT ${TELLING}) l
  WHERE s.status <> ${BAD_TOKEN} ORDER BY l.received_at DESC LIMIT ${TELLING}
)
SELECT count(*)::integer AS "calls", array_agg(idp ORDER BY received_at DESC) FILTER (WHERE idp IS NOT NULL) AS idps,
  (array_agg(client ORDER BY received_at DESC) FILTER (WHERE client IS NOT NULL))[1] AS "lastClient", now() AS "now" FROM newest`,
};

/** $1 organization. */
export const findPause: Statement = {
  text: `SELECT paused_at AS "pausedAt", paused_by AS "pausedBy" FROM scim_connection WHERE organization_id = $1`,
};

/** $1 organization, $2 account id of the admin. Who paused it first stays named: yields the connection only where it was not paused. */
export const pauseConnection: Statement = {
  text: `UPDATE scim_connection SET paused_at = now(), paused_by = $2 WHERE organization_id = $1 AND paused_at IS NULL RETURNING id`,
};

/** $1 organization. Yields the connection only where it was paused. */
export const resumeConnection: Statement = {
  text: `UPDATE scim_connection SET paused_at = NULL, paused_by = NULL WHERE organization_id = $1 AND paused_at IS NOT NULL RETURNING id`,
};
