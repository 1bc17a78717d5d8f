import type { LinkedBy } from './entities/provisioned-identity.entity.js';
import type { Statement } from './scim-database.js';

/** Counting ends here: what the settings page shows costs the same for every organization. */
export const MOST_PEOPLE = 10_000;
/** Logins that are looked at, and people at either end of the list. */
export const MOST_LOGINS = 100;
const SAMPLE = 100;
/** Who has not signed in for so long says nothing of today's settings. */
const DAYS = 90;

const LIVE = `i.organization_id = $1 AND i.state <> 'deprovisioned'`;

/** In the order of an index, which ends where the count does. */
const count = (condition: string): string =>
  `(SELECT count(*)::integer FROM (SELECT FROM scim_identity i WHERE ${LIVE} AND ${condition} ORDER BY i.account_id LIMIT ${MOST_PEOPLE}) counted)`;

/** How many people there are, up to `MOST_PEOPLE` each. */
export interface PeopleCounts {
  readonly total: number;
  readonly linked: number;
  readonly notLinked: number;
}

/** $1 organization. */
export const countPeople: Statement = {
  text: `
SELECT least(linked + not_linked, ${MOST_PEOPLE}) AS "total", linked AS "linked", not_linked AS "notLinked"
FROM (SELECT ${count('i.account_id IS NOT NULL')} AS linked, ${count('i.account_id IS NULL')} AS not_linked OFFSET 0) counts`,
};

/** What an identity provider sent of one person. */
export interface SentNames {
  readonly externalId: string | null;
  readonly userName: string;
  readonly emailKeys: readonly string[];
}

const SENT = `i.id, i.external_id AS "externalId", i.user_name AS "userName", i.email_keys[1:3] AS "emailKeys"`;

/** $1 organization. The newest and the oldest: settings change. */
export const samplePeople: Statement = {
  text: `
(SELECT ${SENT} FROM scim_identity i WHERE ${LIVE} ORDER BY i.created_at DESC, i.id DESC LIMIT ${SAMPLE})
UNION
(SELECT ${SENT} FROM scim_identity i WHERE ${LIVE} ORDER BY i.created_at, i.id LIMIT ${SAMPLE})`,
};

/** A login, and the people whom its NameID could mean. */
export interface SeenLoginRow {
  /** Empty: it was no name to know anybody by. */
  readonly nameId: string;
  readonly at: Date;
  /** Null: the person was let in. */
  readonly refusal: string | null;
  /** The live identity that it led to. */
  readonly identityId: string | null;
  readonly linkedBy: LinkedBy | null;
  /** Live identities whose externalId or userName is the NameID. */
  readonly byExternalId: string | null;
  readonly byUserName: string | null;
  /** A live identity that looks like it, for an explanation only. */
  readonly near: string | null;
  readonly nearBy: 'email' | 'case' | 'part' | null;
  /** The live identity that the account is linked to, by another NameID. */
  readonly own: string | null;
  /** Of the first of these that is there: the account it is linked to, and when that one signed in last. */
  readonly meantAccount: string | null;
  readonly meantAt: Date | null;
}

/** An aggregate, because a limit lets the planner hope to meet somebody soon in a walk through all. */
const looksLike = (by: string, condition: string): string =>
  `(SELECT min(i.id::text)::uuid AS id, '${by}' AS by FROM scim_identity i WHERE ${LIVE} AND ${condition} HAVING count(*) > 0)`;

/** E-mail addresses and parts of names link nobody: they only explain. OFFSET 0 keeps the planner from joining: each is a look-up. */
const COULD_MEAN = `
LEFT JOIN LATERAL (SELECT i.id FROM scim_identity i WHERE ${LIVE} AND i.external_id = s.name_id OFFSET 0) external ON TRUE
LEFT JOIN LATERAL (SELECT i.id FROM scim_identity i WHERE ${LIVE} AND i.user_name_key = s.name_id_key OFFSET 0) named ON TRUE
LEFT JOIN LATERAL (
  ${looksLike('email', 'i.email_keys @> ARRAY[s.name_id_key COLLATE "C"]')}
  UNION ALL ${looksLike('case', 'i.external_id IN (lower(s.name_id), upper(s.name_id)) AND i.external_id <> s.name_id')}
  UNION ALL ${looksLike('part', `i.user_name_key = CASE WHEN s.local_part <> s.name_id_key THEN s.local_part END`)}
  UNION ALL ${looksLike('part', `i.external_id = CASE WHEN s.local_part <> s.name_id_key THEN s.local_part END`)}
  -- What begins with the NameID and an @: in code points the A is next to it.
  UNION ALL ${looksLike('part', `i.user_name_key >= CASE WHEN s.local_part = s.name_id_key THEN s.local_part || '@' END AND i.user_name_key < s.local_part || 'A'`)}
  LIMIT 1) near ON TRUE
LEFT JOIN LATERAL (SELECT i.id FROM scim_identity i WHERE ${LIVE} AND i.account_id = s.account_id OFFSET 0) own ON TRUE
LEFT JOIN LATERAL (
  SELECT i.account_id, (SELECT l.last_login_at FROM scim_link l WHERE l.organization_id = $1 AND l.identity_id = i.id) AS at
  FROM scim_identity i WHERE i.organization_id = $1 AND i.id = coalesce(external.id, named.id, near.id, own.id) OFFSET 0) meant ON TRUE`;

/**
 * $1 organization, $2 SSO connection or null (any). Of the last logins by a NameID that was new then: those of people who
 * signed in lately, and those that were refused and did not get in since. Not those of people who were removed.
 */
export const findSeenLogins: Statement = {
  text: `
WITH newest AS (
  SELECT * FROM scim_link l WHERE l.organization_id = $1 ORDER BY l.created_at DESC, l.id DESC LIMIT ${MOST_LOGINS}
), seen AS (
  SELECT l.name_id, l.name_id_key, l.last_login_at AS at, NULL AS refusal, l.account_id, l.identity_id, i.state, i.linked_by
  FROM newest l LEFT JOIN LATERAL (
    SELECT i.state, i.linked_by FROM scim_identity i WHERE i.organization_id = $1 AND i.id = l.identity_id OFFSET 0) i ON TRUE
  WHERE ($2::text IS NULL OR l.sso_connection_id = $2) AND l.last_login_at > now() - interval '${DAYS} days'
  UNION ALL
  SELECT r.name_id, r.name_id_key, r.refused_at, r.reason, NULL, NULL, NULL, NULL
  FROM scim_refused_login r
  WHERE r.organization_id = $1 AND ($2::text IS NULL OR r.sso_connection_id = $2) AND NOT EXISTS (
    SELECT 1 FROM scim_link l
    WHERE l.organization_id = $1 AND l.name_id = r.name_id AND l.sso_connection_id = r.sso_connection_id AND l.last_login_at >= r.refused_at)
), s AS (
  SELECT *, split_part(name_id_key, '@', 1) COLLATE "C" AS local_part FROM seen WHERE state IS DISTINCT FROM 'deprovisioned'
)
SELECT s.name_id AS "nameId", s.at, s.refusal, s.identity_id AS "identityId", s.linked_by AS "linkedBy",
  external.id AS "byExternalId", named.id AS "byUserName", near.id AS "near", near.by AS "nearBy", own.id AS "own",
  meant.account_id AS "meantAccount", meant.at AS "meantAt"
FROM s ${COULD_MEAN}
ORDER BY s.at DESC, s.name_id`,
};
