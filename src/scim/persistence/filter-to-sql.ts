import type { AttributeReference } from '../protocol/attribute-path.js';
import { toComparable } from '../protocol/comparable.js';
import type { CompareOperator, Filter, FilterValue } from '../protocol/filter/filter.js';
import { invalidFilter } from '../protocol/scim-error.js';
import type { Attribute } from '../protocol/schemas/schema.js';

/** How an attribute that does not live in the search document is read. */
export interface Column {
  readonly type: 'text' | 'boolean' | 'timestamp';
  /** SQL of the value; text must be `COLLATE "C"`. */
  readonly sql: string;
  /** SQL of an exact look-up that an index answers, given the parameter; where it differs from `sql = $n`. */
  readonly equals?: (parameter: string) => string;
}

/** Where a resource type keeps its attributes. */
export interface FilterSource {
  /** jsonb written by `toSearchDocument`. */
  readonly document: string;
  /** By path, e.g. `userName`, `meta.created`. */
  readonly columns: ReadonlyMap<string, Column>;
  /** Text arrays, by path, that a multi-valued attribute's values stand in too, for the sake of their index. */
  readonly keyArrays: ReadonlyMap<string, string>;
}

/**
 * A filter as a condition. SQL text never holds a value or a name of the request: names come from the schema,
 * values are added to `values` and named `$n`. Conditions may be null where an attribute has no value; `not` treats that as false.
 */
export function filterToSql(filter: Filter, source: FilterSource, values: unknown[]): string {
  switch (filter.type) {
    case 'and':
    case 'or': {
      const terms = filter.terms.map((term) => filterToSql(term, source, values));
      return `(${terms.join(filter.type === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'not':
      return not(filterToSql(filter.term, source, values));
    case 'present':
      return present(filter.target, source);
    case 'compare':
      return compare(filter, source, values);
    case 'some':
      return some(filter, source, values);
  }
}

type Comparison = Extract<Filter, { type: 'compare' }>;
type Some = Extract<Filter, { type: 'some' }>;

function present(target: AttributeReference, source: FilterSource): string {
  const column = source.columns.get(pathOf(target));
  if (column) return `${column.sql} IS NOT NULL`;
  const { attribute, subAttribute } = target;
  const container = containerOf(target, source);
  if (!subAttribute) return `${container} ? ${literal(attribute.name)}`;
  const value = `${container}->${literal(attribute.name)}`;
  if (!attribute.multiValued) return `${value} ? ${literal(subAttribute.name)}`;
  return elementExists(value, `element ? ${literal(subAttribute.name)}`);
}

function compare(filter: Comparison, source: FilterSource, values: unknown[]): string {
  const { target, operator } = filter;
  const { attribute, subAttribute } = target;
  const column = source.columns.get(pathOf(target));
  if (column) return compareColumn(column, filter, values);
  const parameter = parameterFor(subAttribute ?? attribute, filter.value, values);
  const value = `${containerOf(target, source)}->${literal(attribute.name)}`;
  if (!attribute.multiValued) {
    return compareJson(subAttribute ? `${value}->${literal(subAttribute.name)}` : value, operator, parameter);
  }
  const element = subAttribute ? `element->${literal(subAttribute.name)}` : 'element';
  const exists = elementExists(value, compareJson(element, operator, parameter));
  if (operator === 'ne') return `(${value} IS NULL OR ${exists})`;
  return operator === 'eq' ? withKeyArray(target, source, parameter, exists) : exists;
}

function some(filter: Some, source: FilterSource, values: unknown[]): string {
  const { target, where } = filter;
  const value = `${containerOf(target, source)}->${literal(target.attribute.name)}`;
  const condition = elementExists(value, elementCondition(where, values));
  const key = requiredEquality(where, (term) => source.keyArrays.has(pathOf(term.target)));
  if (!key) return condition;
  return withKeyArray(key.target, source, parameterFor(leafOf(key.target), key.value, values), condition);
}

/** What stands inside the brackets of a value path, about `element`. */
function elementCondition(where: Filter, values: unknown[]): string {
  switch (where.type) {
    case 'and':
    case 'or': {
      const terms = where.terms.map((term) => elementCondition(term, values));
      return `(${terms.join(where.type === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'not':
      return not(elementCondition(where.term, values));
    case 'present':
      return where.target.subAttribute ? `element ? ${literal(where.target.subAttribute.name)}` : 'TRUE';
    case 'compare': {
      const { subAttribute } = where.target;
      const parameter = parameterFor(leafOf(where.target), where.value, values);
      return compareJson(
        subAttribute ? `element->${literal(subAttribute.name)}` : 'element',
        where.operator,
        parameter,
      );
    }
    case 'some':
      throw invalidFilter('A value path cannot stand inside another one.');
  }
}

interface Parameter {
  readonly name: string;
  readonly type: 'text' | 'boolean' | 'number';
}

function parameterFor(attribute: Attribute, value: FilterValue, values: unknown[]): Parameter {
  const comparable = toComparable(attribute, value);
  values.push(comparable);
  const type = typeof comparable === 'boolean' ? 'boolean' : typeof comparable === 'number' ? 'number' : 'text';
  return { name: `$${values.length}`, type };
}

/** `json` is a jsonb scalar or null. */
function compareJson(json: string, operator: CompareOperator, { name, type }: Parameter): string {
  const text = `(${json} #>> '{}')`;
  switch (type) {
    case 'text':
      return compareText(`${text} COLLATE "C"`, operator, `${name}::text`);
    case 'boolean':
      return compareOrdered(`${text}::boolean`, operator, `${name}::boolean`);
    case 'number':
      return compareOrdered(`${text}::numeric`, operator, `${name}::numeric`);
  }
}

function compareColumn(column: Column, filter: Comparison, values: unknown[]): string {
  const { name } = parameterFor(leafOf(filter.target), filter.value, values);
  switch (column.type) {
    case 'text':
      if (filter.operator === 'eq' && column.equals) return column.equals(name);
      return compareText(column.sql, filter.operator, `${name}::text`);
    case 'boolean':
      return compareOrdered(column.sql, filter.operator, `${name}::boolean`);
    case 'timestamp':
      return compareOrdered(column.sql, filter.operator, `${name}::timestamptz`);
  }
}

// Functions instead of LIKE: nothing in the value is a wildcard.
function compareText(text: string, operator: CompareOperator, parameter: string): string {
  switch (operator) {
    case 'co':
      return `strpos(${text}, ${parameter}) > 0`;
    case 'sw':
      return `starts_with(${text}, ${parameter})`;
    case 'ew':
      return `right(${text}, length(${parameter})) = ${parameter}`;
    default:
      return compareOrdered(text, operator, parameter);
  }
}

const SQL_OPERATORS = { eq: '=', ne: 'IS DISTINCT FROM', gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

function compareOrdered(value: string, operator: CompareOperator, parameter: string): string {
  if (operator === 'co' || operator === 'sw' || operator === 'ew') {
    throw invalidFilter(`The operator "${operator}" is for strings.`);
  }
  return `${value} ${SQL_OPERATORS[operator]} ${parameter}`;
}

/** What is null is not the case either. Both pairs of parentheses count: PostgreSQL refuses `a IS NOT NULL IS NOT TRUE`. */
const not = (condition: string): string => `((${condition}) IS NOT TRUE)`;

function elementExists(array: string, condition: string): string {
  return `EXISTS (SELECT 1 FROM jsonb_array_elements(${array}) AS element WHERE ${condition})`;
}

function withKeyArray(
  target: AttributeReference,
  source: FilterSource,
  parameter: Parameter,
  condition: string,
): string {
  const keys = source.keyArrays.get(pathOf(target));
  return keys ? `(${keys} @> ARRAY[${parameter.name}::text] AND ${condition})` : condition;
}

/** A comparison for equality that must hold wherever the whole condition does. */
function requiredEquality(where: Filter, wanted: (term: Comparison) => boolean): Comparison | undefined {
  if (where.type === 'compare') return where.operator === 'eq' && wanted(where) ? where : undefined;
  if (where.type !== 'and') return undefined;
  for (const term of where.terms) {
    const found = requiredEquality(term, wanted);
    if (found) return found;
  }
  return undefined;
}

function containerOf(target: AttributeReference, source: FilterSource): string {
  return target.extension ? `${source.document}->${literal(target.schema.id)}` : source.document;
}

function pathOf({ schema, extension, attribute, subAttribute }: AttributeReference): string {
  const name = subAttribute ? `${attribute.name}.${subAttribute.name}` : attribute.name;
  return extension ? `${schema.id}:${name}` : name;
}

const leafOf = (target: AttributeReference): Attribute => target.subAttribute ?? target.attribute;

/** Names of schemas are the developer's, not the client's; quoted all the same. */
const literal = (name: string): string => `'${name.replaceAll("'", "''")}'`;
