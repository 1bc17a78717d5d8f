import type { Attribute } from '../protocol/schemas/schema.js';
import type { Sort } from '../protocol/sort.js';
import { containerOf, type FilterSource, leafOf, literal, pathOf } from './filter-to-sql.js';

/**
 * What stands after ORDER BY. RFC 7644 §3.4.2.3: resources without the attribute come last when ascending and first when
 * descending. Ties are broken by id, so that pages neither overlap nor leave out.
 */
export function sortToSql(sort: Sort | undefined, source: FilterSource): string {
  if (!sort) return 'i.created_at, i.id';
  return `${valueToSql(sort, source)} ${sort.descending ? 'DESC NULLS FIRST' : 'ASC NULLS LAST'}, i.id`;
}

function valueToSql({ target }: Sort, source: FilterSource): string {
  const column = source.columns.get(pathOf(target));
  if (column) return column.sql;
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

/** Values in the search document are folded and in UTC already. */
function toComparableSql(json: string, { type }: Attribute): string {
  const text = `(${json} #>> '{}')`;
  switch (type) {
    case 'boolean':
      return `${text}::boolean`;
    case 'decimal':
    case 'integer':
      return `${text}::numeric`;
    default:
      return `${text} COLLATE "C"`;
  }
}
