import type { Statement } from './scim-database.js';

/**
 * $1 organization: it is gone from now on. Its tokens are refused at once, as they are no more. Yields nothing where the module
 * never knew it.
 */
export const markOrganizationRemoved: Statement = {
  text: `
WITH tokens AS (DELETE FROM scim_token WHERE organization_id = $1)
UPDATE scim_connection SET removed_at = coalesce(removed_at, clock_timestamp()) WHERE organization_id = $1 RETURNING id`,
};

/** Organizations that are gone and have rows yet. */
export const findRemovedOrganizations: Statement = {
  text: `SELECT organization_id AS "organizationId" FROM scim_connection WHERE removed_at IS NOT NULL ORDER BY removed_at`,
};

/** Rows that another process deletes are left to it. */
const batchOf = (table: string): Statement => ({
  text: `
DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM ${table} WHERE organization_id = $1 LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING 1`,
});

/** $1 organization, $2 most rows: by their groups, because no index of members begins with the organization. */
const MEMBERS: Statement = {
  text: `
DELETE FROM scim_group_member WHERE ctid = ANY (ARRAY(
  SELECT m.ctid FROM scim_group g JOIN scim_group_member m ON m.group_id = g.id WHERE g.organization_id = $1
  LIMIT $2 FOR UPDATE OF m SKIP LOCKED)) RETURNING 1`,
};

/** In this order: what refers to others goes before them. */
const BEFORE_MEMBERS = ['scim_outbox', 'scim_link'];
const AFTER_MEMBERS = [
  'scim_group',
  'scim_identity',
  'scim_resource',
  'scim_unique_value',
  'scim_log_reveal',
  'scim_log',
  'scim_tombstone',
  'scim_unlinked_account',
];

/**
 * $1 organization, $2 most rows; each until it yields fewer, in this order. What is in no table here goes with the connection, by
 * its foreign key.
 */
export const ORGANIZATION_ROWS: readonly Statement[] = [
  ...BEFORE_MEMBERS.map(batchOf),
  MEMBERS,
  ...AFTER_MEMBERS.map(batchOf),
];

/** $1 organization: the last of it. Not while another process is at its rows: who would know of them, if that one fails? */
export const deleteRemovedConnection: Statement = {
  text: `
DELETE FROM scim_connection WHERE organization_id = $1 AND removed_at IS NOT NULL
  ${[...BEFORE_MEMBERS, ...AFTER_MEMBERS].map((table) => `AND NOT EXISTS (SELECT FROM ${table} WHERE organization_id = $1)`).join('\n  ')}`,
};
