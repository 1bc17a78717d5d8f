import type { CustomTable } from './custom-table.js';
import { type Column, type FilterSource, literal, pathOf } from './filter-to-sql.js';
import { equalsId } from './identity-source.js';

/** Where the attributes of a custom type live, for filters over its table `i`. `baseUrl` is that of the SCIM endpoints. */
export function customSource({ resourceType, columns }: CustomTable, baseUrl: string): FilterSource {
  const name = literal(resourceType.name);
  const location = literal(`${baseUrl}${resourceType.endpoint}/`);
  const base: readonly (readonly [string, Column])[] = [
    ['id', { type: 'text', sql: `i.id::text COLLATE "C"`, equals: equalsId('i.id'), nullable: false }],
    ['externalId', { type: 'text', sql: 'i.external_id' }],
    ['meta', { type: 'text', sql: name }],
    ['meta.resourceType', { type: 'text', sql: `${name} COLLATE "C"` }],
    ['meta.created', { type: 'timestamp', sql: 'i.created_at', nullable: false }],
    ['meta.lastModified', { type: 'timestamp', sql: 'i.modified_at', nullable: false }],
    ['meta.location', { type: 'text', sql: `(${location} || i.id::text) COLLATE "C"` }],
    ['meta.version', { type: 'text', sql: `('W/"' || i.version || '"') COLLATE "C"` }],
  ];
  const own = columns.flatMap(({ target, filter }) => (filter ? [[pathOf(target), filter] as const] : []));
  return { document: 'i.search', columns: new Map([...base, ...own]), keyArrays: new Map(), collections: new Map() };
}
