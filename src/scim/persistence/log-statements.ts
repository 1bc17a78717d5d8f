import type { Statement } from './scim-database.js';
import { UUID } from './is-id.js';

/** An entry as it is written. */
export interface NewLogRow {
  readonly id: string;
  readonly organization_id: string;
  /** ISO 8601. */
  readonly received_at: string;
  readonly method: string;
  readonly path: string;
  readonly query: string | null;
  readonly status: number;
  readonly scim_type: string | null;
  readonly detail: string | null;
  readonly duration_ms: number;
  readonly client: string | null;
  readonly address: string | null;
  readonly token_id: string | null;
  readonly idp: string | null;
  readonly person_keys: readonly string[];
  readonly body: string | null;
  readonly body_bytes: number | null;
}

/**
 * $1 rows as JSON, a list of `NewLogRow`. Those of an organization that is gone meanwhile are left out, and those that an
 * earlier try wrote already.
 */
export const insertLogRows: Statement = {
  name: 'scim_insert_log_rows',
  text: `
INSERT INTO scim_log (id, organization_id, connection_id, received_at, method, path, query, status, status_class, scim_type, detail,
  duration_ms, client, address, token_id, idp, person_keys, body, body_bytes)
SELECT e.id, e.organization_id, c.id, e.received_at, e.method, e.path, e.query, e.status, e.status / 100,
  e.scim_type, e.detail, e.duration_ms, e.client, e.address, e.token_id, e.idp, e.person_keys, e.body, e.body_bytes
FROM json_to_recordset($1::json) AS e(id uuid, organization_id text, received_at timestamptz, method text, path text, query text,
  status smallint, scim_type text, detail text, duration_ms integer, client text, address text, token_id uuid, idp text,
  person_keys text[], body text, body_bytes integer)
JOIN scim_connection c ON c.organization_id = e.organization_id
ON CONFLICT (id) DO NOTHING`,
};

/** An entry as lists read it. */
export interface LogRow {
  readonly id: string;
  readonly receivedAt: Date;
  readonly method: string;
  readonly path: string;
  readonly query: string | null;
  readonly status: number;
  readonly scimType: string | null;
  readonly detail: string | null;
  readonly durationMs: number;
  readonly client: string | null;
  readonly address: string | null;
  readonly tokenId: string | null;
  readonly tokenLabel: string | null;
  readonly tokenHint: string | null;
  readonly idp: string | null;
  readonly personKeys: readonly string[];
  readonly bodyBytes: number | null;
}

export interface LogRowWithBody extends LogRow {
  readonly body: string | null;
}

const SHOWN = `
l.id, l.received_at AS "receivedAt", l.method, l.path, l.query, l.status, l.scim_type AS "scimType", l.detail,
  l.duration_ms AS "durationMs", l.client, l.address, l.token_id AS "tokenId", t.label AS "tokenLabel", t.hint AS "tokenHint",
  l.idp, l.person_keys AS "personKeys", l.body_bytes AS "bodyBytes"`;

const TOKEN = `LEFT JOIN scim_token t ON t.organization_id = l.organization_id AND t.id = l.token_id`;

const NARROWED = `
  AND ($3::smallint IS NULL OR l.status = $3)
  AND ($4::timestamptz IS NULL OR l.received_at >= $4)
  AND ($5::timestamptz IS NULL OR l.received_at < $5)
  AND ($6::timestamptz IS NULL OR (l.received_at, l.id) < ($6::timestamptz, $7::uuid))`;

const NEWEST_FIRST = `ORDER BY l.received_at DESC, l.id DESC LIMIT $8`;

/**
 * $1 organization, $2 first digits of statuses, $3 status or null, $4 from and $5 to (excluded) or null, $6 and $7 time and id of
 * the last entry of the page before or null, $8 limit. One walk of the index a digit, however many there are of another.
 */
export const listLogRows: Statement = {
  text: `
SELECT ${SHOWN} FROM (
  SELECT l.* FROM unnest($2::smallint[]) digit CROSS JOIN LATERAL (
    SELECT * FROM scim_log l WHERE l.organization_id = $1 AND l.status_class = digit ${NARROWED} ${NEWEST_FIRST}) l
  ${NEWEST_FIRST}) l
${TOKEN} ORDER BY l.received_at DESC, l.id DESC`,
};

/** The same of one status, $3: one that is rare is found among many. */
export const listLogRowsOfStatus: Statement = {
  text: `
SELECT ${SHOWN} FROM scim_log l ${TOKEN}
WHERE l.organization_id = $1 AND $2::smallint[] IS NOT NULL AND l.status = $3::smallint ${NARROWED} ${NEWEST_FIRST}`,
};

/** The same of one person: $9 their keys. */
export const listLogRowsOfPerson: Statement = {
  text: `
SELECT ${SHOWN} FROM scim_log l ${TOKEN}
WHERE l.organization_id = $1 AND l.status_class = ANY ($2::smallint[]) AND l.person_keys && $9::text[] ${NARROWED} ${NEWEST_FIRST}`,
};

const PERSON_KEYS = `SELECT i.id::text AS id, i.user_name_key AS "userNameKey", i.external_id AS "externalId" FROM scim_identity i
WHERE i.organization_id = $1`;

/**
 * $1 organization, $2 text, $3 the same folded: what else the people of that id, user name, external id or address are called.
 * Look-ups in indexes, and of those who are gone a look at each: as one condition it would read everybody.
 */
export const findPersonKeys: Statement = {
  text: `
${PERSON_KEYS} AND i.id = CASE WHEN $2 ~ '${UUID.source}' THEN $2::uuid END
UNION ${PERSON_KEYS} AND i.user_name_key = $3 AND i.state <> 'deprovisioned'
UNION ${PERSON_KEYS} AND i.external_id = $2 AND i.state <> 'deprovisioned'
UNION ${PERSON_KEYS} AND i.email_keys @> ARRAY[$3 COLLATE "C"] AND i.state <> 'deprovisioned'
UNION ${PERSON_KEYS} AND i.state = 'deprovisioned' AND (i.user_name_key = $3 OR i.external_id = $2 OR $3 = ANY (i.email_keys))
LIMIT 20`,
};

/** $1 organization, $2 id. */
export const findLogRow: Statement = {
  text: `SELECT ${SHOWN}, l.body FROM scim_log l ${TOKEN} WHERE l.organization_id = $1 AND l.id = $2`,
};

/** $1 organization, $2 id of the entry, $3 id of the note, $4 account id of the admin: nobody sees it without being noted. */
export const revealLogRow: Statement = {
  text: `
WITH noted AS (
  INSERT INTO scim_log_reveal (id, organization_id, connection_id, entry_id, actor_id)
  SELECT $3, l.organization_id, l.connection_id, l.id, $4 FROM scim_log l WHERE l.organization_id = $1 AND l.id = $2
  RETURNING entry_id
)
SELECT ${SHOWN}, l.body FROM noted JOIN scim_log l ON l.id = noted.entry_id ${TOKEN}`,
};

/** $1 organization, $2 id of the entry. The newest first. */
export const listReveals: Statement = {
  text: `
SELECT revealed_at AS "revealedAt", actor_id AS "actorId" FROM scim_log_reveal
WHERE organization_id = $1 AND entry_id = $2 ORDER BY revealed_at DESC, id LIMIT 100`,
};

const OTHERS = `SELECT count(*) FROM scim_identity i WHERE i.organization_id = $1 AND i.id <> $2::uuid`;
const LIVE_OTHERS = `${OTHERS} AND i.state <> 'deprovisioned'`;

/**
 * That a key is no other identity's. Whoever is gone keeps the id alone: one person's earlier identity has the same names. Four
 * look-ups in indexes; as one condition, with EXISTS or with LIMIT, all identities may be read.
 */
const NOBODY_ELSE = [
  `${OTHERS} AND i.id = CASE WHEN key ~ '${UUID.source}' THEN key::uuid END`,
  `${LIVE_OTHERS} AND i.user_name_key = key`,
  `${LIVE_OTHERS} AND i.external_id = key`,
  `${LIVE_OTHERS} AND i.email_keys @> ARRAY[key COLLATE "C"]`,
]
  .map((query) => `(${query}) = 0`)
  .join(' AND ');

/**
 * $1 organization, $2 id of an identity, $3 more keys of that person: their entries keep no value of theirs. What they were
 * called is read from their own requests, too, because a name of long ago stands in look-ups that know no id.
 */
export const eraseFromLog: Statement = {
  text: `
WITH own AS (
  SELECT l.person_keys FROM scim_log l
  WHERE l.organization_id = $1 AND l.person_keys @> ARRAY[$2::text]
    -- Whom a request is about is named first: others, such as a manager, stand in its body.
    AND l.person_keys[1] = $2 AND (l.path = '/Users/' || $2 OR l.method = 'POST' AND l.path = '/Users')
), keys AS (
  SELECT array_agg(DISTINCT key) AS all_keys FROM (
    SELECT unnest(person_keys) AS key FROM own UNION SELECT unnest($3::text[]) UNION SELECT $2::text) known
  -- A manager's id and address stand in one's own requests, and are not one's own.
  WHERE key = $2 OR (${NOBODY_ELSE})
)
UPDATE scim_log l SET body = NULL, query = NULL, detail = NULL,
  path = CASE WHEN l.path ~ '^(/[A-Za-z]+)(/(${UUID.source.replace(/[$^]/g, '')}))?$' THEN l.path ELSE '/' || split_part(l.path, '/', 2) END,
  person_keys = CASE WHEN l.person_keys @> ARRAY[$2::text] THEN ARRAY[$2::text] ELSE '{}' END
FROM keys WHERE l.organization_id = $1 AND l.person_keys && keys.all_keys
RETURNING l.id`,
};

/** $1 days, $2 most rows. Two processes take different ones. */
export const deleteOldLogRows: Statement = {
  text: `
DELETE FROM scim_log WHERE id IN (
  SELECT id FROM scim_log WHERE received_at < now() - make_interval(days => $1) ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING 1`,
};

/** $1 days, $2 most rows. */
export const deleteOldReveals: Statement = {
  text: `
DELETE FROM scim_log_reveal WHERE id IN (
  SELECT id FROM scim_log_reveal WHERE revealed_at < now() - make_interval(days => $1) ORDER BY revealed_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING 1`,
};
