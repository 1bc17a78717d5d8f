import type { Filter } from '../protocol/filter/filter.js';
import { compareText } from '../protocol/comparable.js';
import type { Sort } from '../protocol/sort.js';
import { literal } from './filter-to-sql.js';
import { afterPosition, type Position, positionValueOf } from './keyset.js';
import { type ResourceTable, selectedBy } from './list-rows.js';
import type { ScimDatabase } from './scim-database.js';
import { orderOf, type SortKey, sortKeyOf } from './sort-to-sql.js';

/** One resource type of a query over several. */
export interface Part {
  /** Name of the resource type. */
  readonly type: string;
  readonly table: ResourceTable;
  readonly filter: Filter | undefined;
  /** `none`: its resources have no such attribute. Default: the order of creation. */
  readonly sort: Sort | 'none' | undefined;
}

/** Where a page over several resource types ended. */
export interface PositionAcross extends Position {
  readonly type: string;
}

/** By index: the resources that are skipped; by cursor: where the page before ended. */
export interface PageAcross {
  readonly count: number;
  readonly skipped?: number;
  readonly after?: PositionAcross | undefined;
}

/**
 * The ids of a page over several resource types, in one statement: each type contributes no more than the page could hold
 * of it, in its own order, and the order of them all is made of those. Equal values are ordered by id, equal ids by type.
 */
export async function listAcross(
  database: ScimDatabase,
  organizationId: string,
  parts: readonly Part[],
  { count, skipped = 0, after }: PageAcross,
): Promise<readonly PositionAcross[]> {
  if (count === 0 || parts.length === 0) return [];
  const values: unknown[] = [organizationId, count + skipped, skipped, count];
  const keys = keysOf(parts);
  const branches = keys.map(({ part, key }) => {
    const selected = selectedBy(part.filter, part.table, values);
    const isAfterEqual = after !== undefined && compareText(part.type, after.type) > 0;
    const where = after ? `${selected} AND ${afterPosition(key, after, values, isAfterEqual)}` : selected;
    return `(SELECT ${literal(part.type)}::text AS type, i.id, ${key.sql} AS key, ${positionValueOf(key)} AS value
    FROM ${part.table.name} i WHERE ${where} ORDER BY ${orderOf(key)} LIMIT $2)`;
  });
  const text = `
SELECT type, id, value FROM (${branches.join('\n  UNION ALL ')}) page
ORDER BY ${orderAcross(keys[0]?.key)}, id, type COLLATE "C" OFFSET $3 LIMIT $4`;
  return database.run<PositionAcross>({ text }, values);
}

/** How many resources of all types are selected, in one statement. */
export async function countAcross(
  database: ScimDatabase,
  organizationId: string,
  parts: readonly Part[],
): Promise<number> {
  if (parts.length === 0) return 0;
  const values: unknown[] = [organizationId];
  const counts = parts.map(
    ({ table, filter }) => `(SELECT count(*) FROM ${table.name} i WHERE ${selectedBy(filter, table, values)})`,
  );
  const [counted] = await database.run<{ total: number }>(
    { text: `SELECT (${counts.join(' + ')})::integer AS total` },
    values,
  );
  return counted?.total ?? 0;
}

/** A type whose attribute is of another kind than the first one's cannot be brought into one order with it. */
export const sortsAlike = (parts: readonly Part[]): boolean => {
  const kinds = parts.flatMap(({ sort, table }) => (sort === 'none' ? [] : [sortKeyOf(sort, table.source).type]));
  return new Set(kinds).size <= 1;
};

const COLUMN_TYPES = { text: 'text', boolean: 'boolean', number: 'numeric', timestamp: 'timestamptz' } as const;

function keysOf(parts: readonly Part[]): readonly { readonly part: Part; readonly key: SortKey }[] {
  const known = parts.map(({ sort, table }) => (sort === 'none' ? undefined : sortKeyOf(sort, table.source)));
  const { type = 'text', descending = false } = known.find((key) => key !== undefined) ?? {};
  const sql = `NULL::${COLUMN_TYPES[type]}`;
  return parts.map((part, index) => ({ part, key: known[index] ?? { sql, type, nullable: true, descending } }));
}

function orderAcross(key: SortKey | undefined): string {
  const { type, descending } = key ?? { type: 'text', descending: false };
  return `key${type === 'text' ? ' COLLATE "C"' : ''} ${descending ? 'DESC NULLS FIRST' : 'ASC NULLS LAST'}`;
}
