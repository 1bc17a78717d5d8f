import type { Filter } from '../protocol/filter/filter.js';
import type { Sort } from '../protocol/sort.js';
import { afterPosition, type Position, positionValueOf } from './keyset.js';
import { type ResourceTable, selectedBy } from './list-rows.js';
import type { ScimDatabase } from './scim-database.js';
import { orderOf, sortKeyOf } from './sort-to-sql.js';

/** Which resources, in which order, and which page of them: the first, or the one after a position. */
export interface Walk {
  readonly filter: Filter | undefined;
  readonly sort: Sort | undefined;
  readonly count: number;
  readonly after?: Position | undefined;
}

export interface WalkedPage<Row> {
  readonly rows: readonly Row[];
  /** Where it ended; undefined where it is the last one. */
  readonly end: Position | undefined;
}

interface Placed {
  readonly id: string;
  readonly sortValue: string | null;
}

/** A page in one statement, which costs the same wherever the page is. Reads one row more than it shows, to know whether it is the last. */
export async function walkRows<Row>(
  database: ScimDatabase,
  organizationId: string,
  table: ResourceTable,
  { filter, sort, count, after }: Walk,
): Promise<WalkedPage<Row>> {
  if (count === 0) return { rows: [], end: undefined };
  const values: unknown[] = [organizationId];
  const key = sortKeyOf(sort, table.source);
  const selected = selectedBy(filter, table, values);
  const where = after ? `${selected} AND ${afterPosition(key, after, values)}` : selected;
  const order = orderOf(key);
  const text = `
SELECT ${table.columns}, page.sort_value AS "sortValue"
FROM (SELECT i.id, ${positionValueOf(key)} AS sort_value FROM ${table.name} i WHERE ${where} ORDER BY ${order} LIMIT $${values.length + 1}) page
JOIN ${table.name} i ON i.id = page.id
ORDER BY ${order}`;
  const found = await database.run<Row & Placed>({ text }, [...values, count + 1]);
  const last = found.length > count ? found[count - 1] : undefined;
  return { rows: found.slice(0, count), end: last && { value: last.sortValue, id: last.id } };
}
