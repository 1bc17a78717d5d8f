import type { Attribute } from '../protocol/schemas/schema.js';
import type { Sort } from '../protocol/sort.js';
import { type Column, containerOf, type FilterSource, leafOf, literal, pathOf } from './filter-to-sql.js';

/** What a list is sorted by, about one resource `i`; ties are broken by its id, so that pages neither overlap nor leave out. */
export interface SortKey {
  readonly sql: string;
  readonly type: Column['type'];
  /** False: every resource has a value. */
  readonly nullable: boolean;
  readonly descending: boolean;
}

/** Without `sort`: the order of creation. */
export function sortKeyOf(sort: Sort | undefined, source: FilterSource): SortKey {
  if (!sort) return { sql: 'i.created_at', type: 'timestamp', nullable: false, descending: false };
  const { target, descending } = sort;
  const column = source.columns.get(pathOf(target));
  if (column) return { sql: column.sql, type: column.type, nullable: column.nullable !== false, descending };
  return { sql: valueToSql(sort, source), type: typeOf(leafOf(target)), nullable: true, descending };
}

/**
 * What stands after ORDER BY. RFC 7644 §3.4.2.3: resources without the attribute come last when ascending and first when
 * descending.
 */
export const orderOf = ({ sql, nullable, descending }: SortKey): string => {
  if (!nullable && !descending) return `${sql}, i.id`;
  return `${sql} ${descending ? 'DESC NULLS FIRST' : 'ASC NULLS LAST'}, i.id`;
};

function valueToSql({ target }: Sort, source: FilterSource): string {
  const { attribute, subAttribute } = target;
  const collection = target.extension ? undefined : source.collections.get(attribute.name);
  if (collection) {
    const value = collection.columns.get(subAttribute?.name ?? '')?.sql ?? 'NULL::text';
    return `(SELECT ${value} FROM ${collection.from} ORDER BY ${collection.order} LIMIT 1)`;
  }
  const json = `${containerOf(target, source)}->${literal(attribute.name)}`;
  if (!attribute.multiValued) {
    return toComparableSql(subAttribute ? `${json}->${literal(subAttribute.name)}` : json, leafOf(target));
  }
  const value = subAttribute ? `element->${literal(subAttribute.name)}` : 'element';
  return `(SELECT ${toComparableSql(value, leafOf(target))} FROM jsonb_array_elements(${json}) WITH ORDINALITY AS e(element, place)
    ORDER BY (${value}) IS NULL, (element->>'primary') IS DISTINCT FROM 'true', place LIMIT 1)`;
}

/**
 * Of a text no more than this many characters are sorted by: a cursor holds the value that its page ended with, and stands
 * in a URL. Columns hold short ones.
 */
const SORTED_CHARACTERS = 400;

/** Values in the search document are folded and in UTC already. */
function toComparableSql(json: string, attribute: Attribute): string {
  const text = `(${json} #>> '{}')`;
  switch (typeOf(attribute)) {
    case 'boolean':
      return `${text}::boolean`;
    case 'number':
      return `${text}::numeric`;
    default:
      return `left(${text}, ${SORTED_CHARACTERS}) COLLATE "C"`;
  }
}

/** Of a value in the search document: a dateTime is text there. */
function typeOf({ type }: Attribute): 'text' | 'boolean' | 'number' {
  switch (type) {
    case 'boolean':
      return 'boolean';
    case 'decimal':
    case 'integer':
      return 'number';
    default:
      return 'text';
  }
}
