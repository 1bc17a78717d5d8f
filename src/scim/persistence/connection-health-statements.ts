import type { Statement } from './scim-database.js';

/** More are not counted: what the settings page shows must cost the same for every organization. */
const MOST_COUNTED = 100_000;
/** Requests that tell which identity provider it is. */
const TELLING = 200;
/** What the log knows of answers of one status, to holders of a token or to those who forged one. */
export interface TrafficRow {
  /** With a forged token. Anybody who knows a token's public id can cause it: it tells nothing of the identity provider. */
  readonly isRefused: boolean;
  readonly status: number;
  readonly lastAt: Date;
  /** Of the request. */
  readonly lastId: string;
  readonly lastHour: number;
  readonly lastDay: number;
  /** Of failures that are not: the first one since the last success; else null. */
  readonly failingSince: Date | null;
  /** How many since then. */
  readonly failures: number;
}

/** The kinds of answers that an organization ever had, each one look-up in the index. */
const KINDS = `
WITH RECURSIVE kinds AS (
  (SELECT l.is_refused, l.status FROM scim_log l WHERE l.organization_id = $1 ORDER BY l.is_refused, l.status LIMIT 1)
  UNION ALL
  SELECT following.* FROM kinds k CROSS JOIN LATERAL (
    SELECT l.is_refused, l.status FROM scim_log l
    WHERE l.organization_id = $1 AND (l.is_refused, l.status) > (k.is_refused, k.status)
    ORDER BY l.is_refused, l.status LIMIT 1) following
)`;

const OF_KIND = `FROM scim_log l WHERE l.organization_id = $1 AND l.is_refused = k.is_refused AND l.status = k.status`;

const countSince = (time: string): string => `
(SELECT count(*)::integer FROM (SELECT ${OF_KIND} AND l.received_at > ${time} LIMIT ${MOST_COUNTED}) counted)`;

/** $1 organization. From the index alone. */
export const findTraffic: Statement = {
  text: `
${KINDS}, latest AS (
  SELECT k.*, last.* FROM kinds k CROSS JOIN LATERAL (
    SELECT l.received_at, l.id ${OF_KIND} ORDER BY l.received_at DESC, l.id DESC LIMIT 1) last
), success AS (
  SELECT coalesce(max(received_at), '-infinity') AS at FROM latest WHERE NOT is_refused AND status < 400
)
SELECT k.is_refused AS "isRefused", k.status, k.received_at AS "lastAt", k.id AS "lastId",
  ${countSince(`now() - interval '1 hour'`)} AS "lastHour", ${countSince(`now() - interval '1 day'`)} AS "lastDay",
  CASE WHEN is_failing THEN (SELECT min(l.received_at) ${OF_KIND} AND l.received_at > success.at) END AS "failingSince",
  CASE WHEN is_failing THEN ${countSince('success.at')} ELSE 0 END AS failures
FROM success, latest k, LATERAL (SELECT NOT k.is_refused AND k.status >= 400 AND k.received_at > success.at AS is_failing) f`,
};

/** $1 organization. Which identity providers its newest requests look like, and what the last one called itself; of those whose token was not forged. */
export const findClients: Statement = {
  text: `
${KINDS}, newest AS (
  SELECT l.idp, l.client, l.received_at FROM kinds k CROSS JOIN LATERAL (
    SELECT l.* ${OF_KIND} ORDER BY l.received_at DESC, l.id DESC LIMIT ${TELLING}) l
  WHERE NOT k.is_refused ORDER BY l.received_at DESC LIMIT ${TELLING}
)
SELECT count(*)::integer AS "calls", array_agg(idp ORDER BY received_at DESC) FILTER (WHERE idp IS NOT NULL) AS idps,
  (array_agg(client ORDER BY received_at DESC) FILTER (WHERE client IS NOT NULL))[1] AS "lastClient" FROM newest`,
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
