import type { IdentityState } from './entities/provisioned-identity.entity.js';
import { IDENTITY, type IdentityRow } from './identity-statements.js';
import { UUID } from './is-id.js';
import type { JsonObject } from '../protocol/resource.js';
import type { Statement } from './scim-database.js';

/** People that one page of a search looks at: however rare what is searched for, a page costs the same. */
export const SEARCHED = 20_000;

/** A person in a list. */
export interface PersonRow {
  readonly id: string;
  /** Empty where the person was erased. */
  readonly userName: string;
  readonly externalId: string | null;
  readonly displayName: string | null;
  readonly state: IdentityState;
  /** The host's account, where a login linked one. */
  readonly accountId: string | null;
  /** Groups that they are a direct member of. */
  readonly groupCount: number;
  readonly createdAt: Date;
  /** When something that SCIM shows changed. */
  readonly modifiedAt: Date;
  readonly stateChangedAt: Date;
  /** The later of both. */
  readonly lastChangeAt: Date;
  readonly erasedAt: Date | null;
}

const TIMES = `
  i.created_at AS "createdAt", i.modified_at AS "modifiedAt", i.state_changed_at AS "stateChangedAt",
  greatest(i.modified_at, i.state_changed_at) AS "lastChangeAt", i.erased_at AS "erasedAt"`;

const GROUP_COUNT = `(SELECT count(*) FROM scim_group_member m WHERE m.user_id = i.id)::integer AS "groupCount"`;

const PERSON = `
  i.id, i.user_name AS "userName", i.external_id AS "externalId", i.attributes->>'displayName' AS "displayName",
  i.state, i.account_id AS "accountId", ${GROUP_COUNT}, ${TIMES}`;

/** Which people: $1 organization, $2 and $3 creation time and id of the last one before or null. With a state ($4) or, null, the live ones. */
const selected = (ofState: boolean): string => `
  i.organization_id = $1 AND ${ofState ? 'i.state = $4' : `i.state <> 'deprovisioned' AND $4::text IS NULL`}
  AND ($2::timestamptz IS NULL OR (i.created_at, i.id) < ($2::timestamptz, $3::uuid))`;

const NEWEST_FIRST = 'ORDER BY i.created_at DESC, i.id DESC';

/** Parameters as `selected` says, $5 limit. */
export const listPeople = (ofState: boolean): Statement => ({
  text: `SELECT ${PERSON} FROM scim_identity i WHERE ${selected(ofState)} ${NEWEST_FIRST} LIMIT $5`,
});

/** One page of a search: the people it found, and where it ended looking, where there are more to look at. */
export interface FoundRow extends PersonRow {
  /** Null in the one row of a page that found nobody. */
  readonly id: never;
  readonly endAt: Date | null;
  readonly endId: string | null;
}

const IS_FOUND = `
  strpos(i.user_name_key, $6) > 0 OR strpos(i.external_id, $7::text) > 0
  OR strpos(array_to_string(i.email_keys, ' '), $6) > 0 OR strpos(i.search->>'displayName', $6) > 0`;

/**
 * Parameters as `selected` says, $5 limit, $6 folded text, $7 the text, $8 ids that are left out. It looks at `SEARCHED` people at
 * most, in the order of an index, and no further than it must; where it ended is told of the same moment, so that whoever
 * comes or goes meanwhile moves nobody past a page.
 */
export const searchPeople = (ofState: boolean): Statement => ({
  text: `
SELECT found.*, ending.at AS "endAt", ending.id AS "endId"
FROM (SELECT) one
LEFT JOIN (
  SELECT ${PERSON} FROM (
    SELECT i.*, (${IS_FOUND}) AS is_found FROM scim_identity i WHERE ${selected(ofState)} ${NEWEST_FIRST} LIMIT ${SEARCHED}) i
  WHERE i.is_found AND NOT i.id = ANY ($8::uuid[]) ${NEWEST_FIRST} LIMIT $5) found ON TRUE
LEFT JOIN (
  SELECT * FROM (
    SELECT i.created_at AS at, i.id, lead(i.id) OVER (${NEWEST_FIRST}) AS following FROM (
      SELECT i.created_at, i.id FROM scim_identity i WHERE ${selected(ofState)} ${NEWEST_FIRST} LIMIT 2 OFFSET ${SEARCHED - 1}) i) last
  WHERE last.following IS NOT NULL) ending ON TRUE
ORDER BY found."createdAt" DESC, found.id DESC`,
});

/**
 * $1 organization, $2 folded text, $3 the text, $4 state or null, $5 limit: those who are called exactly so. Look-ups in
 * indexes; of names in those of live identities.
 */
export const findPeopleCalled: Statement = {
  text: `
SELECT ${PERSON} FROM scim_identity i
WHERE i.organization_id = $1 AND i.id IN (
    SELECT n.id FROM scim_identity n WHERE n.organization_id = $1 AND n.user_name_key = $2 AND n.state <> 'deprovisioned'
    UNION SELECT n.id FROM scim_identity n WHERE n.organization_id = $1 AND n.external_id = $3 AND n.state <> 'deprovisioned'
    UNION SELECT n.id FROM scim_identity n
      WHERE n.email_keys @> ARRAY[$2 COLLATE "C"] AND n.organization_id = $1 AND n.state <> 'deprovisioned'
    UNION SELECT CASE WHEN $3 ~ '${UUID.source}' THEN $3::uuid END)
  AND CASE WHEN $4::text IS NULL THEN i.state <> 'deprovisioned' OR i.id::text = $3 ELSE i.state = $4 END
${NEWEST_FIRST} LIMIT $5`,
};

/** A person with all that is known of them. */
export interface PersonDetailsRow extends IdentityRow, Pick<PersonRow, 'groupCount' | 'lastChangeAt' | 'erasedAt'> {
  readonly link: {
    readonly nameId: string;
    readonly ssoConnectionId: string;
    /** ISO 8601. */
    readonly linkedAt: string;
    readonly lastLoginAt: string;
  } | null;
}

/** $1 organization, $2 id, in any state. */
export const findPerson: Statement = {
  text: `
SELECT ${IDENTITY}, ${GROUP_COUNT}, greatest(i.modified_at, i.state_changed_at) AS "lastChangeAt", i.erased_at AS "erasedAt",
  (SELECT jsonb_build_object('nameId', l.name_id, 'ssoConnectionId', l.sso_connection_id, 'linkedAt', l.created_at, 'lastLoginAt', l.last_login_at)
   FROM scim_link l WHERE l.organization_id = i.organization_id AND l.identity_id = i.id) AS link
FROM scim_identity i WHERE i.organization_id = $1 AND i.id = $2`,
};

/** An event of an identity, with the token and the request that it came of. */
export interface HistoryRow {
  readonly id: string;
  readonly sequence: number;
  readonly type: string;
  readonly occurredAt: Date;
  readonly payload: JsonObject;
  readonly token: { readonly id: string; readonly label: string | null; readonly hint: string | null } | null;
  readonly requestId: string | null;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly client: string | null;
  } | null;
}

/** $1 organization, $2 identity, $3 sequence of the last one before, or null, $4 limit. Newest first, from one index. */
export const listHistory: Statement = {
  text: `
SELECT o.id, o.aggregate_seq AS sequence, o.type, o.created_at AS "occurredAt", o.payload, o.request_id AS "requestId",
  CASE WHEN o.token_id IS NULL THEN NULL ELSE jsonb_build_object('id', o.token_id, 'label', t.label, 'hint', t.hint) END AS token,
  CASE WHEN l.id IS NULL THEN NULL ELSE
    jsonb_build_object('method', l.method, 'path', l.path, 'status', l.status, 'client', l.client) END AS request
FROM scim_outbox o
LEFT JOIN scim_token t ON t.organization_id = o.organization_id AND t.id = o.token_id
LEFT JOIN scim_log l ON l.organization_id = o.organization_id
  AND l.id = CASE WHEN o.request_id ~ '${UUID.source}' THEN o.request_id::uuid END
WHERE o.aggregate_id = $2 AND o.organization_id = $1 AND ($3::integer IS NULL OR o.aggregate_seq < $3)
ORDER BY o.aggregate_seq DESC LIMIT $4`,
};
