import type { ScimLogEntry } from './entities/log-entry.entity.js';
import { UUID } from './is-id.js';
import type { Statement } from './scim-database.js';

/** An entry as it is written. */
export type LogEntry = Readonly<Omit<ScimLogEntry, 'connectionId' | 'statusClass'>>;

/** Column and type of each of its members. */
const COLUMNS: Readonly<Record<keyof LogEntry, readonly [column: string, type: string]>> = {
  id: ['id', 'uuid'],
  organizationId: ['organization_id', 'text'],
  receivedAt: ['received_at', 'timestamptz'],
  method: ['method', 'text'],
  path: ['path', 'text'],
  query: ['query', 'text'],
  status: ['status', 'smallint'],
  isRefused: ['is_refused', 'boolean'],
  scimType: ['scim_type', 'text'],
  detail: ['detail', 'text'],
  durationMs: ['duration_ms', 'integer'],
  client: ['client', 'text'],
  address: ['address', 'text'],
  tokenId: ['token_id', 'uuid'],
  idp: ['idp', 'text'],
  personKeys: ['person_keys', 'text[]'],
  body: ['body', 'text'],
  bodyBytes: ['body_bytes', 'integer'],
};

const columns = Object.entries(COLUMNS).map(([member, [column, type]]) => ({ member, column, type }));

/**
 * $1 a list of `LogEntry` as JSON. Those of an organization that is gone meanwhile are left out, and those that an earlier try
 * wrote already.
 */
export const insertLogRows: Statement = {
  name: 'scim_insert_log_rows',
  text: `
INSERT INTO scim_log (connection_id, status_class, ${columns.map(({ column }) => column).join(', ')})
SELECT c.id, e.status / 100, ${columns.map(({ member }) => `e."${member}"`).join(', ')}
FROM json_to_recordset($1::json) AS e(${columns.map(({ member, type }) => `"${member}" ${type}`).join(', ')})
JOIN scim_connection c ON c.organization_id = e."organizationId"
ON CONFLICT (id) DO NOTHING`,
};

type Unlisted = 'organizationId' | 'isRefused' | 'body';
const UNLISTED: readonly string[] = ['organizationId', 'isRefused', 'body'] satisfies Unlisted[];

/** An entry as lists read it. */
export interface LogRow extends Omit<LogEntry, Unlisted> {
  readonly tokenLabel: string | null;
  readonly tokenHint: string | null;
}

export type LogRowWithBody = LogRow & Pick<LogEntry, 'body'>;

const SHOWN = [
  ...columns
    .filter(({ member }) => !UNLISTED.includes(member))
    .map(({ member, column }) => `l.${column} AS "${member}"`),
  't.label AS "tokenLabel"',
  't.hint AS "tokenHint"',
].join(', ');

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

/** The same of one status, $3: one that is rare is found among many. One walk for forged tokens and one for all others. */
export const listLogRowsOfStatus: Statement = {
  text: `
SELECT ${SHOWN} FROM (
  SELECT l.* FROM unnest('{false,true}'::boolean[]) refused CROSS JOIN LATERAL (
    SELECT * FROM scim_log l
    WHERE l.organization_id = $1 AND $2::smallint[] IS NOT NULL AND l.is_refused = refused AND l.status = $3::smallint ${NARROWED} ${NEWEST_FIRST}) l
  ${NEWEST_FIRST}) l
${TOKEN} ORDER BY l.received_at DESC, l.id DESC`,
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
