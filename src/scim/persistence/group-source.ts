import type { Collection, Column, FilterSource } from './filter-to-sql.js';
import { equalsId, quoted } from './identity-source.js';

/** Where the attributes of a Group live, for filters over `scim_group i`. `baseUrl` is that of the SCIM endpoints. */
export function groupSource(baseUrl: string): FilterSource {
  const base = quoted(baseUrl);
  const columns: readonly (readonly [string, Column])[] = [
    ['id', { type: 'text', sql: `i.id::text COLLATE "C"`, equals: equalsId('i.id') }],
    ['externalId', { type: 'text', sql: 'i.external_id' }],
    ['displayName', { type: 'text', sql: 'i.display_name_key', nullable: false }],
    ['meta', { type: 'text', sql: `'Group'` }],
    ['meta.resourceType', { type: 'text', sql: `'Group' COLLATE "C"` }],
    ['meta.created', { type: 'timestamp', sql: 'i.created_at', nullable: false }],
    ['meta.lastModified', { type: 'timestamp', sql: 'i.modified_at' }],
    ['meta.location', { type: 'text', sql: `('${base}/Groups/' || i.id::text) COLLATE "C"` }],
    ['meta.version', { type: 'text', sql: `('W/"' || i.version || '"') COLLATE "C"` }],
  ];
  return {
    document: 'i.search',
    columns: new Map(columns),
    keyArrays: new Map(),
    collections: new Map([['members', membersOfGroup(base)]]),
  };
}

function membersOfGroup(base: string): Collection {
  const type = `(CASE WHEN m.user_id IS NULL THEN 'group' ELSE 'user' END)`;
  const endpoint = `(CASE WHEN m.user_id IS NULL THEN 'Groups' ELSE 'Users' END)`;
  const columns: readonly (readonly [string, Column])[] = [
    ['value', { type: 'text', sql: 'm.member_id::text COLLATE "C"', equals: equalsId('m.member_id') }],
    ['type', { type: 'text', sql: `${type} COLLATE "C"` }],
    ['$ref', { type: 'text', sql: `('${base}/' || ${endpoint} || '/' || m.member_id::text) COLLATE "C"` }],
    [
      'display',
      { type: 'text', sql: `coalesce(mg.display_name_key, u.search->>'displayName', u.user_name_key) COLLATE "C"` },
    ],
  ];
  const from = `scim_group_member m LEFT JOIN scim_identity u ON u.id = m.user_id LEFT JOIN scim_group mg ON mg.id = m.member_group_id
    WHERE m.group_id = i.id`;
  // All groups of one member by its index, instead of looking into each group.
  const hasMember = (parameter: string): string =>
    `i.id IN (SELECT m.group_id FROM scim_group_member m WHERE ${equalsId('m.member_id')(parameter)})`;
  return { from, columns: new Map(columns), equals: new Map([['value', hasMember]]), order: 'm.position' };
}
