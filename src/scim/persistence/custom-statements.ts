import { createHash } from 'node:crypto';
import type { JsonObject } from '../protocol/resource.js';
import type { CustomTable } from './custom-table.js';
import { literal } from './filter-to-sql.js';
import { MADE_DELIVERIES, writeEvents } from './outbox-statements.js';
import type { Statement } from './scim-database.js';
import { dropUniqueValues, writeUniqueValues } from './unique-values.js';

/** A resource of a custom type. */
export interface ResourceRow {
  readonly id: string;
  readonly organizationId: string;
  readonly externalId: string | null;
  /** But for the external id. */
  readonly attributes: JsonObject;
  readonly version: number;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
}

/** Select list that makes a row a `ResourceRow`; `i` is the table or a CTE of its rows. */
export const RESOURCE = `
  i.id, i.organization_id AS "organizationId", i.external_id AS "externalId", i.attributes, i.version,
  i.created_at AS "createdAt", i.modified_at AS "modifiedAt"`;

/** The statements of one custom type. Their texts hold names of its table and never a value of a request. */
export interface CustomStatements {
  /** $1 organization, $2 id. */
  readonly find: Statement;
  /** The same in a transaction: nobody else writes it meanwhile. */
  readonly lock: Statement;
  /**
   * $1 organization, $2 id, $3 events, $4 token id, $5 request id, $6 external id, $7 attributes, $8 search document,
   * $9 unique attributes, then the columns. Yields nothing where the organization has no connection row.
   */
  readonly insert: Statement;
  /** $1 to $9 as above, $10 the version that was read (guard), then the columns. Yields nothing where somebody else wrote meanwhile. */
  readonly update: Statement;
  /** $1 to $5 as above, $6 the version that was read (guard). Yields nothing where somebody else wrote meanwhile. */
  readonly remove: Statement;
}

/** Which rows of the table are of the type, about `i`. */
export const visibleRows = ({ discriminator }: CustomTable): string =>
  discriminator === undefined ? 'TRUE' : `i.resource_type = ${discriminator}`;

export function customStatements(table: CustomTable): CustomStatements {
  const find = `SELECT ${RESOURCE} FROM ${table.name} i WHERE ${isResource(table)}`;
  return {
    find: named('find', find),
    lock: named('lock', `${find} FOR UPDATE`),
    insert: named('insert', insert(table)),
    update: named('update', update(table)),
    remove: named('remove', remove(table)),
  };
}

const isResource = (table: CustomTable): string => `i.organization_id = $1 AND i.id = $2 AND ${visibleRows(table)}`;

/** Two modules may share a pool: the name tells texts apart. */
const named = (what: string, text: string): Statement => ({
  name: `scim_custom_${what}_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`,
  text,
});

const EVENTS = writeEvents('changed', 'resource', ['$3', '$4', '$5']);

const uniqueValues = ({ resourceType }: CustomTable): string =>
  writeUniqueValues('changed', literal(resourceType.name), '$9');

function insert(table: CustomTable): string {
  const { name, discriminator, columns } = table;
  const more = columns.map((column, index) => ({ name: column.name, value: `$${index + 10}::${column.type}` }));
  if (discriminator !== undefined) more.push({ name: 'resource_type', value: discriminator });
  return `
WITH changed AS (
  INSERT INTO ${name} AS i (id, organization_id, connection_id, external_id, attributes, search, version, created_at, modified_at
    ${more.map((each) => `, ${each.name}`).join('')})
  SELECT $2::uuid, c.organization_id, c.id, $6::text, $7::jsonb, $8::jsonb, 1, clock.at, clock.at
    ${more.map((each) => `, ${each.value}`).join('')}
  FROM scim_connection c, (SELECT clock_timestamp() AS at) clock WHERE c.organization_id = $1
  RETURNING i.*
), ${uniqueValues(table)}, ${EVENTS}
SELECT ${RESOURCE}, ${MADE_DELIVERIES} FROM changed i`;
}

function update(table: CustomTable): string {
  const columns = table.columns.map(({ name, type }, index) => `, ${name} = $${index + 11}::${type}`).join('');
  return `
WITH changed AS (
  UPDATE ${table.name} AS i SET external_id = $6, attributes = $7, search = $8, version = i.version + 1,
    modified_at = greatest(clock_timestamp()::timestamptz(3), i.modified_at + interval '1 ms')${columns}
  WHERE ${isResource(table)} AND i.version = $10
  RETURNING i.*
), ${uniqueValues(table)}, ${EVENTS}
SELECT ${RESOURCE}, ${MADE_DELIVERIES} FROM changed i`;
}

const remove = (table: CustomTable): string => `
WITH changed AS (DELETE FROM ${table.name} AS i WHERE ${isResource(table)} AND i.version = $6 RETURNING i.*),
${dropUniqueValues('changed')}, ${EVENTS}
SELECT ${RESOURCE}, ${MADE_DELIVERIES} FROM changed i`;
