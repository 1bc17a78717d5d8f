import { UUID } from './is-id.js';
import type { Collection, Column, FilterSource } from './filter-to-sql.js';

/** Where the attributes of a User live, for filters over `scim_identity i`. `baseUrl` is that of the SCIM endpoints. */
export function identitySource(baseUrl: string): FilterSource {
  const columns: readonly (readonly [string, Column])[] = [
    ['id', { type: 'text', sql: `i.id::text COLLATE "C"`, equals: equalsId('i.id') }],
    ['externalId', { type: 'text', sql: 'i.external_id' }],
    ['userName', { type: 'text', sql: 'i.user_name_key', nullable: false }],
    ['active', { type: 'boolean', sql: 'i.active' }],
    ['meta', { type: 'text', sql: `'User'` }],
    ['meta.resourceType', { type: 'text', sql: `'User' COLLATE "C"` }],
    ['meta.created', { type: 'timestamp', sql: 'i.created_at', nullable: false }],
    ['meta.lastModified', { type: 'timestamp', sql: 'i.modified_at' }],
    ['meta.location', { type: 'text', sql: `('${quoted(baseUrl)}/Users/' || i.id::text) COLLATE "C"` }],
    ['meta.version', { type: 'text', sql: `('W/"' || i.version || '"') COLLATE "C"` }],
  ];
  return {
    document: 'i.search',
    columns: new Map(columns),
    keyArrays: new Map([['emails.value', 'i.email_keys']]),
    collections: new Map([['groups', groupsOfUser(baseUrl)]]),
  };
}

// Through a CASE, so that junk is compared as text and never cast; an id that could be ours meets the primary key.
export const equalsId =
  (column: string) =>
  (parameter: string): string =>
    `${column} = (CASE WHEN ${parameter}::text ~ '${UUID.source}' THEN ${parameter}::text END)::uuid`;

export const quoted = (text: string): string => text.replaceAll("'", "''");

/** A user's groups, those that its groups are in included. */
function groupsOfUser(baseUrl: string): Collection {
  const columns: readonly (readonly [string, Column])[] = [
    ['value', { type: 'text', sql: 'g.value COLLATE "C"' }],
    ['display', { type: 'text', sql: 'g.key COLLATE "C"' }],
    ['type', { type: 'text', sql: 'g.type COLLATE "C"' }],
    ['$ref', { type: 'text', sql: `('${quoted(baseUrl)}/Groups/' || g.value) COLLATE "C"` }],
  ];
  const from = 'jsonb_to_recordset(scim_groups_of(i.id)) AS g(value text, key text, type text) WHERE TRUE';
  return { from, columns: new Map(columns), equals: new Map([['value', isMemberOf]]), order: 'g.key, g.value' };
}

/** From the group down to its users, once for all of them. */
const isMemberOf = (parameter: string): string => `i.id IN (
  WITH RECURSIVE below(id) AS (
    SELECT g.id FROM scim_group g WHERE ${equalsId('g.id')(parameter)}
    UNION SELECT m.member_group_id FROM below JOIN scim_group_member m ON m.group_id = below.id WHERE m.member_group_id IS NOT NULL)
  SELECT m.user_id FROM below JOIN scim_group_member m ON m.group_id = below.id WHERE m.user_id IS NOT NULL)`;
