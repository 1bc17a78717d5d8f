import type { SortKey } from './sort-to-sql.js';

/** Where a page ended: what its last resource is sorted by, as text (null: no value), and its id. */
export interface Position {
  readonly value: string | null;
  readonly id: string;
}

const CASTS = { text: '::text', boolean: '::boolean', number: '::numeric', timestamp: '::timestamptz' } as const;

/** What `Position.value` keeps, to the last digit and whatever the session's time zone and format of dates are. */
export const positionValueOf = ({ sql, type }: SortKey): string =>
  type === 'timestamp' ? `to_char(${sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')` : `(${sql})::text`;

/**
 * The condition for what comes after a position in the order of `orderOf`. One that does not know what was before: rows
 * that came or went meanwhile move no other row to another page.
 * @param isAfterEqual whether a resource of another type that equals the position in both comes after it.
 */
export function afterPosition(
  { sql, type, nullable, descending }: SortKey,
  position: Position,
  values: unknown[],
  isAfterEqual = false,
): string {
  const id = `$${values.push(position.id)}::uuid`;
  const above = isAfterEqual ? '>=' : '>';
  if (position.value === null) {
    const sameButLater = `(${sql} IS NULL AND i.id ${above} ${id})`;
    return descending ? `(${sameButLater} OR ${sql} IS NOT NULL)` : sameButLater;
  }
  const value = `$${values.push(position.value)}${CASTS[type]}`;
  // In this form the first half meets the index; missing values come first when descending, so none is left.
  if (descending) return `(${sql} <= ${value} AND (${sql} < ${value} OR i.id ${above} ${id}))`;
  // A comparison of rows meets the index of the default order in both columns: no page costs more than another.
  const later = `(${sql}, i.id) ${above} (${value}, ${id})`;
  return nullable ? `(${later} OR ${sql} IS NULL)` : later;
}
