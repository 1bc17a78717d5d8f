import type { Statement } from './scim-database.js';

/** A hash that says nothing without the connection's key; null where `parameter` is. `c` is the row of `scim_connection`. */
export const tombstoneHash = (parameter: string): string =>
  `sha256(c.tombstone_key || convert_to(${parameter}::text, 'UTF8'))`;

/** $1 organization, $2 identity, $3 external id or null, $4 folded user name, $5 NameID or null. */
export const insertTombstone: Statement = {
  text: `
INSERT INTO scim_tombstone (organization_id, identity_id, external_id_hash, user_name_hash, name_id_hash)
SELECT c.organization_id, $2, ${tombstoneHash('$3')}, ${tombstoneHash('$4')}, ${tombstoneHash('$5')}
FROM scim_connection c WHERE c.organization_id = $1`,
};

/** $1 organization, $2 NameID, $3 folded NameID: the deprovisioned identities that were known by it. */
export const findTombstone: Statement = {
  text: `
SELECT t.identity_id AS "identityId" FROM scim_tombstone t JOIN scim_connection c ON c.organization_id = t.organization_id
WHERE t.organization_id = $1
  AND (t.external_id_hash = ${tombstoneHash('$2')} OR t.name_id_hash = ${tombstoneHash('$2')} OR t.user_name_hash = ${tombstoneHash('$3')}
    OR t.other_name_id_hashes @> ARRAY[${tombstoneHash('$2')}])`,
};

/**
 * $1 organization, $2 ids of removed identities whose account a person invited again: the account, its NameIDs and its
 * just-in-time logins are no longer theirs. Who it was stays in their events.
 */
export const forgetRemovals: Statement = {
  text: `
WITH released AS (
  UPDATE scim_identity SET account_id = NULL
  WHERE organization_id = $1 AND id = ANY ($2::uuid[]) AND state = 'deprovisioned' RETURNING id
), detached AS (
  UPDATE scim_link SET identity_id = NULL WHERE organization_id = $1 AND identity_id IN (SELECT id FROM released)
)
DELETE FROM scim_tombstone WHERE organization_id = $1 AND identity_id IN (SELECT id FROM released)`,
};
