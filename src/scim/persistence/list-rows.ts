import type { Filter } from '../protocol/filter/filter.js';
import { parseFilter } from '../protocol/filter/parse-filter.js';
import type { ResourceType } from '../protocol/schemas/schema.js';
import { readSort, type Sort } from '../protocol/sort.js';
import { type FilterSource, filterToSql, pathOf } from './filter-to-sql.js';
import type { ScimDatabase, Statement } from './scim-database.js';
import { sortToSql } from './sort-to-sql.js';

/** Rows of one resource type. */
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
}

/** A `ListQuery` that was read. */
export interface Selection {
  readonly filter: Filter | undefined;
  readonly sort: Sort | undefined;
  readonly startIndex: number;
  readonly count: number;
}

/** @throws ScimError 400 invalidFilter, invalidPath, invalidValue */
export function readSelection(
  query: ListQuery,
  resourceType: ResourceType,
  { pageDefault, pageMax }: { readonly pageDefault: number; readonly pageMax: number },
): Selection {
  const { filter, startIndex = 1, count = pageDefault } = query;
  return {
    filter: filter === undefined ? undefined : parseFilter(filter, resourceType),
    sort: readSort(query, resourceType),
    startIndex: Math.max(startIndex, 1),
    count: Math.min(Math.max(count, 0), pageMax),
  };
}

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
  const condition = filter ? ` AND ${filterToSql(filter, table.source, values)}` : '';
  const where = `i.organization_id = $1 AND ${table.visible}${condition}`;
  const skipped = startIndex - 1;
  const rows =
    count === 0
      ? []
      : await database.run<Row>(
          {
            ...nameOf(table, filter, sort),
            ...pageStatement(table, where, sortToSql(sort, table.source), values.length),
          },
          [...values, count, skipped],
        );
  const isLast = rows.length < count && (rows.length > 0 || skipped === 0);
  if (isLast) return { rows, totalResults: skipped + rows.length };
  const counting = { text: `SELECT count(*)::integer AS total FROM ${table.name} i WHERE ${where}` };
  const [counted] = await database.run<{ total: number }>(counting, values);
  return { rows, totalResults: counted?.total ?? 0 };
}

/** What clients look single resources up by, all day long; an index has at most one row for each, so that one plan suits all. */
const LOOK_UPS: readonly string[] = ['id', 'userName', 'externalId', 'displayName'];

function nameOf(
  table: ResourceTable,
  filter: Filter | undefined,
  sort: Sort | undefined,
): Pick<Statement, 'name'> | undefined {
  if (sort || filter?.type !== 'compare' || filter.operator !== 'eq') return undefined;
  const path = pathOf(filter.target);
  const isLookUp = LOOK_UPS.includes(path) && table.source.columns.has(path);
  return isLookUp ? { name: `scim_find_${table.name}_by_${path}` } : undefined;
}

// The skipped rows are skipped in a subquery of ids, so that their contents are not read.
function pageStatement({ columns, name }: ResourceTable, where: string, order: string, parameters: number): Statement {
  const page = `LIMIT $${parameters + 1} OFFSET $${parameters + 2}`;
  return {
    text: `
SELECT ${columns}
FROM (SELECT i.id FROM ${name} i WHERE ${where} ORDER BY ${order} ${page}) page JOIN ${name} i ON i.id = page.id
ORDER BY ${order}`,
  };
}
