import type { Statement } from './scim-database.js';

/** Of an organization; more tell no more. */
const MOST_REFUSED = 20;
const DAYS = 30;

/**
 * $1 organization, $2 NameID as NFC, $3 the same folded, $4 SSO connection, $5 reason. Nothing where SCIM was never set up.
 * The newest few stay.
 */
export const noteRefusedLogin: Statement = {
  text: `
WITH noted AS (
  INSERT INTO scim_refused_login (organization_id, connection_id, name_id, name_id_key, sso_connection_id, reason)
  SELECT c.organization_id, c.id, $2, $3, $4, $5 FROM scim_connection c WHERE c.organization_id = $1 AND c.removed_at IS NULL
  ON CONFLICT (organization_id, name_id) DO UPDATE
  SET reason = excluded.reason, sso_connection_id = excluded.sso_connection_id, refused_at = excluded.refused_at
)
DELETE FROM scim_refused_login WHERE organization_id = $1 AND name_id <> $2 AND name_id IN (
  SELECT r.name_id FROM scim_refused_login r WHERE r.organization_id = $1 AND r.name_id <> $2
  ORDER BY r.refused_at DESC, r.name_id OFFSET ${MOST_REFUSED - 1})`,
};

/** $1 most rows. Two processes take different ones. */
export const deleteOldRefusedLogins: Statement = {
  text: `
DELETE FROM scim_refused_login WHERE (organization_id, name_id) IN (
  SELECT organization_id, name_id FROM scim_refused_login WHERE refused_at < now() - interval '${DAYS} days'
  ORDER BY refused_at LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING 1`,
};

/** $1 organization, $2 names of a person as they are compared (folded). For whoever erases a person. */
export const eraseRefusedLogins: Statement = {
  text: `DELETE FROM scim_refused_login WHERE organization_id = $1 AND name_id_key = ANY ($2::text[])`,
};
