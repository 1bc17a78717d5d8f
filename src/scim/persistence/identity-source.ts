import type { Column, FilterSource } from './filter-to-sql.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a string can be an id of ours: exact bytes, so that another spelling of a uuid is another, unknown id. */
export const isId = (text: string): boolean => UUID.test(text);

/** Where the attributes of a User live, for filters over `scim_identity i`. `baseUrl` is that of the SCIM endpoints. */
export function identitySource(baseUrl: string): FilterSource {
  const columns: readonly (readonly [string, Column])[] = [
    ['id', { type: 'text', sql: `i.id::text COLLATE "C"`, equals: equalsId }],
    ['externalId', { type: 'text', sql: 'i.external_id' }],
    ['userName', { type: 'text', sql: 'i.user_name_key' }],
    ['active', { type: 'boolean', sql: 'i.active' }],
    ['meta', { type: 'text', sql: `'User'` }],
    ['meta.resourceType', { type: 'text', sql: `'User' COLLATE "C"` }],
    ['meta.created', { type: 'timestamp', sql: 'i.created_at' }],
    ['meta.lastModified', { type: 'timestamp', sql: 'i.modified_at' }],
    ['meta.location', { type: 'text', sql: `('${quoted(baseUrl)}/Users/' || i.id::text) COLLATE "C"` }],
    ['meta.version', { type: 'text', sql: `('W/"' || i.version || '"') COLLATE "C"` }],
  ];
  return {
    document: 'i.search',
    columns: new Map(columns),
    keyArrays: new Map([['emails.value', 'i.email_keys']]),
  };
}

// Through a CASE, so that junk is compared as text and never cast; an id that could be ours meets the primary key.
const equalsId = (parameter: string): string =>
  `i.id = (CASE WHEN ${parameter}::text ~ '${UUID.source}' THEN ${parameter}::text END)::uuid`;

const quoted = (text: string): string => text.replaceAll("'", "''");
