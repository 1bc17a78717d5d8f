import type { Statement } from './scim-database.js';
import { tombstoneHash } from './tombstone-statements.js';

/** $1 account: the organizations that know it. One look into each index an organization, because an account stands first in none. */
export const findOrganizationsOfAccount: Statement = {
  text: `
SELECT c.organization_id AS "organizationId" FROM scim_connection c
WHERE EXISTS (SELECT 1 FROM scim_identity i WHERE i.organization_id = c.organization_id AND i.account_id = $1 OFFSET 0)
  OR EXISTS (SELECT 1 FROM scim_link l WHERE l.organization_id = c.organization_id AND l.account_id = $1 OFFSET 0)
  OR EXISTS (SELECT 1 FROM scim_unlinked_account u WHERE u.organization_id = c.organization_id AND u.account_id = $1 OFFSET 0)
ORDER BY c.organization_id`,
};

/** $1 organization, $2 account: its live identity. In a transaction. */
export const lockIdentityOfAccount: Statement = {
  text: `
SELECT i.id FROM scim_identity i
WHERE i.organization_id = $1 AND i.account_id = $2 AND i.state <> 'deprovisioned' FOR NO KEY UPDATE`,
};

/**
 * $1 organization, $2 identity: the NameID that is still its external id or user name goes on leading to the account, so that
 * the next login, or a deactivation before it, finds it; another one leads nowhere.
 */
export const detachLink: Statement = {
  text: `
WITH kept AS (
  UPDATE scim_link l SET identity_id = NULL FROM scim_identity i
  WHERE l.organization_id = $1 AND l.identity_id = $2 AND i.organization_id = $1 AND i.id = $2
    AND (l.name_id = i.external_id OR l.name_id_key = i.user_name_key)
  RETURNING l.id
)
DELETE FROM scim_link l WHERE l.organization_id = $1 AND l.identity_id = $2 AND l.id NOT IN (SELECT id FROM kept)`,
};

/**
 * $1 organization, $2 account that is gone, $3 whether it had no live identity: then its NameIDs stay out with its removed
 * ones, as hashes. Nothing leads to the account any more.
 */
export const forgetAccount: Statement = {
  text: `
WITH links AS (
  DELETE FROM scim_link WHERE organization_id = $1 AND account_id = $2 RETURNING name_id
), nobodys AS (
  UPDATE scim_identity SET account_id = NULL
  WHERE organization_id = $1 AND account_id = $2 AND state = 'deprovisioned' RETURNING id
), remembered AS (
  UPDATE scim_tombstone t SET other_name_id_hashes = coalesce(t.other_name_id_hashes, '{}') || hashes.all_hashes
  FROM scim_connection c, LATERAL (SELECT array_agg(${tombstoneHash('links.name_id')}) AS all_hashes FROM links) hashes
  WHERE $3::boolean AND c.organization_id = $1 AND t.organization_id = $1 AND t.identity_id IN (SELECT id FROM nobodys)
    AND hashes.all_hashes IS NOT NULL
)
DELETE FROM scim_unlinked_account WHERE organization_id = $1 AND account_id = $2`,
};
