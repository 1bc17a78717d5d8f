import { IDENTITY } from './identity-statements.js';
import { provenLinks } from './proven-links.js';
import type { Statement } from './scim-database.js';

/** A row of `scim_link`. */
export interface LinkRow {
  readonly id: string;
  readonly nameId: string;
  readonly accountId: string;
  readonly identityId: string | null;
}

const LINK = `l.id, l.name_id AS "nameId", l.account_id AS "accountId", l.identity_id AS "identityId"`;

/** $1 organization, $2 external id or null, $3 folded user name, $4 SSO connection or null (any): the `provenLinks`. */
export const findProvenLinks: Statement = {
  name: 'scim_find_proven_links',
  text: `
SELECT ${LINK} FROM ${provenLinks({ organization: '$1', externalId: '$2', userName: '$3', ssoConnection: '$4' })}`,
};

/**
 * $1 text. In a transaction: logins of one NameID take turns, also before there is a row to lock, and so does a creation
 * that must not miss a login on its way.
 */
export const takeTurns: Statement = {
  name: 'scim_take_turns',
  text: `SELECT pg_advisory_xact_lock(hashtextextended($1, 7643))`,
};

/** $1 organization, $2 SSO connection, $3 NameID. In a transaction, after the identities were locked. */
export const lockLink: Statement = {
  name: 'scim_lock_link',
  text: `
SELECT ${LINK} FROM scim_link l
WHERE l.organization_id = $1 AND l.sso_connection_id = $2 AND l.name_id = $3 FOR UPDATE`,
};

/**
 * $1 organization, $2 NameID, $3 folded NameID, $4 SSO connection, $5 signed-in account or null. The live identities a login
 * could mean; whatever became of them, the one its link led to and those of the accounts that it could be; locked in the
 * order of their ids.
 */
export const lockCandidates: Statement = {
  name: 'scim_lock_candidates',
  text: `
SELECT ${IDENTITY} FROM scim_identity i
WHERE i.organization_id = $1 AND (
  (i.state <> 'deprovisioned' AND i.external_id = $2) OR (i.state <> 'deprovisioned' AND i.user_name_key = $3)
  OR i.id = (SELECT identity_id FROM scim_link WHERE organization_id = $1 AND name_id = $2 AND sso_connection_id = $4)
  OR i.account_id = ANY (array_append(
    ARRAY(SELECT account_id FROM scim_link WHERE organization_id = $1 AND name_id = $2), $5::text)))
ORDER BY i.id FOR NO KEY UPDATE`,
};

/**
 * $1 id, $2 organization, $3 SSO connection, $4 NameID, $5 folded NameID, $6 account, $7 identity or null: a login that
 * saw none keeps what a creation linked while it waited for the row. What was said of the account when a link of it ended is over.
 */
export const upsertLink: Statement = {
  name: 'scim_upsert_link',
  text: `
WITH belongs AS (DELETE FROM scim_unlinked_account WHERE organization_id = $2 AND account_id = $6)
INSERT INTO scim_link (id, organization_id, sso_connection_id, name_id, name_id_key, account_id, identity_id)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (organization_id, name_id, sso_connection_id)
DO UPDATE SET account_id = excluded.account_id, identity_id = coalesce(excluded.identity_id, scim_link.identity_id),
  last_login_at = now()`,
};

/** $1 organization, $2 link id, $3 identity. Yields nothing where another identity took it meanwhile. */
export const attachLink: Statement = {
  name: 'scim_attach_link',
  text: `
UPDATE scim_link SET identity_id = $3 WHERE organization_id = $1 AND id = $2 AND identity_id IS NULL RETURNING id`,
};

/** $1 organization, $2 identity, $3 its account or null: the link ends, and the account is out from now on. */
export const endLink: Statement = {
  text: `
WITH ended AS (DELETE FROM scim_link WHERE organization_id = $1 AND identity_id = $2)
INSERT INTO scim_unlinked_account (organization_id, account_id, identity_id, unlinked_at)
SELECT $1, $3::text, $2::uuid, clock_timestamp() WHERE $3::text IS NOT NULL
ON CONFLICT (organization_id, account_id) DO UPDATE SET identity_id = excluded.identity_id, unlinked_at = excluded.unlinked_at`,
};

/** $1 organization, $2 account, $3 since when it is a member, or null: whether its link was ended since. */
export const isUnlinked: Statement = {
  text: `
SELECT 1 FROM scim_unlinked_account u
WHERE u.organization_id = $1 AND u.account_id = $2 AND ($3::timestamptz > u.unlinked_at) IS NOT TRUE`,
};

/** $1 organization, $2 identity: the NameID it was linked by. */
export const findLinkOfIdentity: Statement = {
  text: `SELECT ${LINK} FROM scim_link l WHERE l.organization_id = $1 AND l.identity_id = $2`,
};

/**
 * $1 organization, $2 account. The account's identity there, or that it was unlinked from one; a live one goes before what is
 * over.
 */
export const findAccess: Statement = {
  name: 'scim_find_access',
  text: `
SELECT found.id, found.state, found.since FROM (
  SELECT i.id, i.state, i.state_changed_at AS since FROM scim_identity i
  WHERE i.organization_id = $1 AND i.account_id = $2
  UNION ALL
  SELECT u.identity_id, 'unlinked', u.unlinked_at FROM scim_unlinked_account u
  WHERE u.organization_id = $1 AND u.account_id = $2) found
ORDER BY (found.state IN ('deprovisioned', 'unlinked')), found.since DESC LIMIT 1`,
};
