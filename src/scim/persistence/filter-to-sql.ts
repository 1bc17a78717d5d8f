import type { AttributeReference } from '../protocol/attribute-path.js';
import { toComparable } from '../protocol/comparable.js';
import type { CompareOperator, Filter, FilterValue } from '../protocol/filter/filter.js';
import { invalidFilter } from '../protocol/scim-error.js';
import type { Attribute } from '../protocol/schemas/schema.js';

/** How an attribute that does not live in the search document is read. */
export interface Column {
  readonly type: 'text' | 'boolean' | 'number' | 'timestamp';
  /** SQL of the value; text must be `COLLATE "C"`. */
  readonly sql: string;
  /** SQL of an exact look-up that an index answers, given the parameter; where it differs from `sql = $n`. */
  readonly equals?: (parameter: string) => string;
  /** False: every resource has a value, so that a page sorted by it begins in the index. Default true. */
  readonly nullable?: boolean;
}

/** A multi-valued attribute whose values are rows of a table. */
export interface Collection {
  /** SQL from after FROM to the end of the WHERE clause, about one resource `i`. */
  readonly from: string;
  /** By name of the sub-attribute. */
  readonly columns: ReadonlyMap<string, Column>;
  /** SQL for all resources at once of "one value's sub-attribute equals the parameter", where that is cheaper. */
  readonly equals?: ReadonlyMap<string, (parameter: string) => string>;
  /** SQL after ORDER BY: the order in which the values are shown. */
  readonly order: string;
}

/** Where a resource type keeps its attributes. */
export interface FilterSource {
  /** jsonb written by `toSearchDocument`. */
  readonly document: string;
  /** By path, e.g. `userName`, `meta.created`. */
  readonly columns: ReadonlyMap<string, Column>;
  /** Text arrays, by path, that a multi-valued attribute's values stand in too, for the sake of their index. */
  readonly keyArrays: ReadonlyMap<string, string>;
  /** By name of the attribute. */
  readonly collections: ReadonlyMap<string, Collection>;
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
  if (attribute.multiValued) {
    const elements = elementsOf(target, source);
    return elements.exists(subAttribute ? isPresent(elements.value(subAttribute)) : 'TRUE');
  }
  const container = containerOf(target, source);
  if (!subAttribute) return `${container} ? ${literal(attribute.name)}`;
  return `${container}->${literal(attribute.name)} ? ${literal(subAttribute.name)}`;
}

function compare(filter: Comparison, source: FilterSource, values: unknown[]): string {
  const { target, operator } = filter;
  const { attribute, subAttribute } = target;
  const column = source.columns.get(pathOf(target));
  const parameter = parameterFor(leafOf(target), filter.value, values);
  if (column) return compareColumn(column, operator, parameter);
  if (!attribute.multiValued) {
    const value = `${containerOf(target, source)}->${literal(attribute.name)}`;
    return compareJson(subAttribute ? `${value}->${literal(subAttribute.name)}` : value, operator, parameter);
  }
  const elements = elementsOf(target, source);
  const exists = elements.exists(compareOperand(elements.value(subAttribute), operator, parameter));
  if (operator === 'ne') return `(${elements.none} OR ${exists})`;
  if (operator !== 'eq') return exists;
  const direct = source.collections.get(attribute.name)?.equals?.get(subAttribute?.name ?? '');
  return direct ? direct(parameter.name) : withKeyArray(target, source, parameter, exists);
}

function some({ target, where }: Some, source: FilterSource, values: unknown[]): string {
  const elements = elementsOf(target, source);
  const condition = elements.exists(elementCondition(where, elements, values));
  const key = requiredEquality(where, (term) => source.keyArrays.has(pathOf(term.target)));
  if (!key) return condition;
  return withKeyArray(key.target, source, parameterFor(leafOf(key.target), key.value, values), condition);
}

/** What stands inside the brackets of a value path, about one element. */
function elementCondition(where: Filter, elements: Elements, values: unknown[]): string {
  switch (where.type) {
    case 'and':
    case 'or': {
      const terms = where.terms.map((term) => elementCondition(term, elements, values));
      return `(${terms.join(where.type === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'not':
      return not(elementCondition(where.term, elements, values));
    case 'present':
      return where.target.subAttribute ? isPresent(elements.value(where.target.subAttribute)) : 'TRUE';
    case 'compare': {
      const parameter = parameterFor(leafOf(where.target), where.value, values);
      return compareOperand(elements.value(where.target.subAttribute), where.operator, parameter);
    }
    case 'some':
      throw invalidFilter('A value path cannot stand inside another one.');
  }
}

/** The values of a multi-valued attribute, in jsonb or in a table. */
interface Elements {
  /** That one of them satisfies a condition. */
  readonly exists: (condition: string) => string;
  /** That there are none. */
  readonly none: string;
  readonly value: (subAttribute: Attribute | undefined) => Operand;
}

/** One value of one element. */
type Operand =
  | { readonly type: 'column'; readonly column: Column }
  | { readonly type: 'json'; readonly container: string; readonly name: string | undefined };

function elementsOf(target: AttributeReference, source: FilterSource): Elements {
  const { attribute } = target;
  const collection = source.collections.get(attribute.name);
  if (collection && !target.extension) {
    const { from, columns } = collection;
    return {
      exists: (condition) => `EXISTS (SELECT 1 FROM ${from} AND ${condition})`,
      none: `NOT EXISTS (SELECT 1 FROM ${from})`,
      value: (subAttribute) => ({ type: 'column', column: columns.get(subAttribute?.name ?? '') ?? UNKNOWN }),
    };
  }
  const array = `${containerOf(target, source)}->${literal(attribute.name)}`;
  return {
    exists: (condition) => `EXISTS (SELECT 1 FROM jsonb_array_elements(${array}) AS element WHERE ${condition})`,
    none: `${array} IS NULL`,
    value: (subAttribute) => ({ type: 'json', container: 'element', name: subAttribute?.name }),
  };
}

/** A sub-attribute that a collection does not keep has no value. */
const UNKNOWN: Column = { type: 'text', sql: 'NULL::text' };

const isPresent = (operand: Operand): string =>
  operand.type === 'column'
    ? `${operand.column.sql} IS NOT NULL`
    : `${operand.container} ? ${literal(operand.name ?? '')}`;

function compareOperand(operand: Operand, operator: CompareOperator, parameter: Parameter): string {
  if (operand.type === 'column') return compareColumn(operand.column, operator, parameter);
  const { container, name } = operand;
  return compareJson(name === undefined ? container : `${container}->${literal(name)}`, operator, parameter);
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

function compareColumn(column: Column, operator: CompareOperator, { name }: Parameter): string {
  switch (column.type) {
    case 'text':
      if (operator === 'eq' && column.equals) return column.equals(name);
      return compareText(column.sql, operator, `${name}::text`);
    case 'boolean':
      return compareOrdered(column.sql, operator, `${name}::boolean`);
    case 'number':
      return compareOrdered(column.sql, operator, `${name}::numeric`);
    case 'timestamp':
      return compareOrdered(column.sql, operator, `${name}::timestamptz`);
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

export function containerOf(target: AttributeReference, source: FilterSource): string {
  return target.extension ? `${source.document}->${literal(target.schema.id)}` : source.document;
}

export function pathOf({ schema, extension, attribute, subAttribute }: AttributeReference): string {
  const name = subAttribute ? `${attribute.name}.${subAttribute.name}` : attribute.name;
  return extension ? `${schema.id}:${name}` : name;
}

export const leafOf = (target: AttributeReference): Attribute => target.subAttribute ?? target.attribute;

/** Names of schemas are the developer's, not the client's; quoted all the same. */
export const literal = (name: string): string => `'${name.replaceAll("'", "''")}'`;
