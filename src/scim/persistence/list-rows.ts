import { createHash } from 'node:crypto';
import type { Filter } from '../protocol/filter/filter.js';
import { parseFilter } from '../protocol/filter/parse-filter.js';
import type { ResourceType } from '../protocol/schemas/schema.js';
import { readSort, type Sort } from '../protocol/sort.js';
import { type FilterSource, filterToSql, pathOf } from './filter-to-sql.js';
import type { ScimDatabase, Statement } from './scim-database.js';
import { orderOf, sortKeyOf } from './sort-to-sql.js';

/** Rows of one resource type. The table has the columns `id` (uuid), `organization_id` and `created_at`. */
export interface ResourceTable {
  /** Select list about `i`. */
  readonly columns: string;
  /** Name of the table. */
  readonly name: string;
  /** Which of its rows SCIM knows, about `i`. */
  readonly visible: string;
  readonly source: FilterSource;
}

export interface RowPage<Row> {
  readonly rows: readonly Row[];
  /** Of all pages. */
  readonly totalResults: number;
}

/** Which resources, in which order, and which page of them. */
export interface ListQuery {
  /** RFC 7644 §3.4.2.2. Default: all. */
  readonly filter?: string;
  /** A simple attribute or sub-attribute. Default: the order of creation. */
  readonly sortBy?: string;
  /** Default `ascending`. */
  readonly sortOrder?: string;
  /** 1-based. Default 1. */
  readonly startIndex?: number;
  /** Capped at `limits.pageMax`. Default `limits.pageDefault`. */
  readonly count?: number;
  /**
   * The page after the one that gave this cursor (RFC 9865), whatever was created and removed meanwhile; empty for the
   * first page. The rest of the query is the same on every page, and there is no `startIndex`.
   */
  readonly cursor?: string;
}

/** A `ListQuery` that was read. */
export interface Selection {
  readonly filter: Filter | undefined;
  readonly sort: Sort | undefined;
  readonly startIndex: number;
  readonly count: number;
}

interface PageLimits {
  readonly pageDefault: number;
  readonly pageMax: number;
}

/** @throws ScimError 400 invalidFilter, invalidPath, invalidValue */
export function readSelection(query: ListQuery, resourceType: ResourceType, limits: PageLimits): Selection {
  const { filter, startIndex = 1 } = query;
  return {
    filter: filter === undefined ? undefined : parseFilter(filter, resourceType),
    sort: readSort(query, resourceType),
    startIndex: Math.max(startIndex, 1),
    count: cappedCount(query, limits),
  };
}

export const cappedCount = ({ count }: ListQuery, { pageDefault, pageMax }: PageLimits): number =>
  Math.min(Math.max(count ?? pageDefault, 0), pageMax);

/**
 * A page of the resources a filter selects.
 * One statement where the page shows by itself how many there are, else a second one that counts.
 */
export async function listRows<Row>(
  database: ScimDatabase,
  organizationId: string,
  table: ResourceTable,
  { startIndex, count, filter, sort }: Selection,
): Promise<RowPage<Row>> {
  const values: unknown[] = [organizationId];
  const where = selectedBy(filter, table, values);
  const skipped = startIndex - 1;
  const page = pageText(table, where, orderOf(sortKeyOf(sort, table.source)), values.length);
  const rows =
    count === 0
      ? []
      : await database.run<Row>(!sort && looksUp(table, filter) ? named(page) : { text: page }, [
          ...values,
          count,
          skipped,
        ]);
  const isLast = rows.length < count && (rows.length > 0 || skipped === 0);
  if (isLast) return { rows, totalResults: skipped + rows.length };
  return { rows, totalResults: await countRows(database, organizationId, table, filter) };
}

/** How many resources a filter selects. */
export async function countRows(
  database: ScimDatabase,
  organizationId: string,
  table: ResourceTable,
  filter: Filter | undefined,
): Promise<number> {
  const values: unknown[] = [organizationId];
  const text = `SELECT count(*)::integer AS total FROM ${table.name} i WHERE ${selectedBy(filter, table, values)}`;
  const [counted] = await database.run<{ total: number }>({ text }, values);
  return counted?.total ?? 0;
}

/** Those of these rows that SCIM knows, in any order. */
export async function findRows<Row>(
  database: ScimDatabase,
  organizationId: string,
  { columns, name, visible }: ResourceTable,
  ids: readonly string[],
): Promise<readonly Row[]> {
  if (ids.length === 0) return [];
  const text = `SELECT ${columns} FROM ${name} i WHERE i.organization_id = $1 AND ${visible} AND i.id = ANY ($2::uuid[])`;
  return database.run<Row>({ text }, [organizationId, ids]);
}

/** The condition for what a filter selects in an organization; `values` begin with the organization. */
export function selectedBy(filter: Filter | undefined, { visible, source }: ResourceTable, values: unknown[]): string {
  const condition = filter ? ` AND ${filterToSql(filter, source, values)}` : '';
  return `i.organization_id = $1 AND ${visible}${condition}`;
}

/** What clients look single resources up by, all day long; an index has at most one row for each, so that one plan suits all. */
const LOOK_UPS: readonly string[] = ['id', 'userName', 'externalId', 'displayName'];

function looksUp({ source }: ResourceTable, filter: Filter | undefined): boolean {
  if (filter?.type !== 'compare' || filter.operator !== 'eq') return false;
  const path = pathOf(filter.target);
  return LOOK_UPS.includes(path) && source.columns.has(path);
}

/** By its text, which is another one for each resource type that shares a table. */
const named = (text: string): Statement => ({
  name: `scim_find_${createHash('sha1').update(text).digest('base64url')}`,
  text,
});

// The skipped rows are skipped in a subquery of ids, so that their contents are not read.
function pageText({ columns, name }: ResourceTable, where: string, order: string, parameters: number): string {
  const page = `LIMIT $${parameters + 1} OFFSET $${parameters + 2}`;
  return `
SELECT ${columns}
FROM (SELECT i.id FROM ${name} i WHERE ${where} ORDER BY ${order} ${page}) page JOIN ${name} i ON i.id = page.id
ORDER BY ${order}`;
}
