import type { Filter } from '../protocol/filter/filter.js';
import { type FilterSource, filterToSql } from './filter-to-sql.js';
import type { ScimDatabase } from './scim-database.js';

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

/** 1-based start, number of rows, and which; no filter means all. */
export interface RowQuery {
  readonly startIndex: number;
  readonly count: number;
  readonly filter: Filter | undefined;
}

/** A page within the limits, whoever asks for it. */
export const toPage = (
  { startIndex = 1, count }: { readonly startIndex?: number; readonly count?: number },
  { pageDefault, pageMax }: { readonly pageDefault: number; readonly pageMax: number },
): { startIndex: number; count: number } => ({
  startIndex: Math.max(startIndex, 1),
  count: Math.min(Math.max(count ?? pageDefault, 0), pageMax),
});

/**
 * A page of the resources a filter selects, in the order of their creation.
 * One statement where the page shows by itself how many there are, else a second one that counts.
 */
export async function listRows<Row>(
  database: ScimDatabase,
  organizationId: string,
  table: ResourceTable,
  { startIndex, count, filter }: RowQuery,
): Promise<RowPage<Row>> {
  const values: unknown[] = [organizationId];
  const condition = filter ? ` AND ${filterToSql(filter, table.source, values)}` : '';
  const where = `i.organization_id = $1 AND ${table.visible}${condition}`;
  const skipped = startIndex - 1;
  const rows =
    count === 0 ? [] : await database.run<Row>(pageStatement(table, where, values.length), [...values, count, skipped]);
  const isLast = rows.length < count && (rows.length > 0 || skipped === 0);
  if (isLast) return { rows, totalResults: skipped + rows.length };
  const counting = { text: `SELECT count(*)::integer AS total FROM ${table.name} i WHERE ${where}` };
  const [counted] = await database.run<{ total: number }>(counting, values);
  return { rows, totalResults: counted?.total ?? 0 };
}

// The skipped rows are skipped in a subquery of ids, so that their contents are not read.
const pageStatement = ({ columns, name }: ResourceTable, where: string, parameters: number): { text: string } => ({
  text: `
SELECT ${columns}
FROM (
  SELECT i.id FROM ${name} i WHERE ${where} ORDER BY i.created_at, i.id LIMIT $${parameters + 1} OFFSET $${parameters + 2}
) page JOIN ${name} i ON i.id = page.id
ORDER BY i.created_at, i.id`,
});
