/** RFC 7644 §3.4.2.2: whether a resource in memory satisfies a filter; the same answers as the SQL in persistence/. */
import type { AttributeReference } from '../attribute-path.js';
import { compareText, toComparable } from '../comparable.js';
import { isJsonArray, isJsonObject } from '../json-object.js';
import type { Json, JsonObject, ResourceAttributes } from '../resource.js';
import type { CompareOperator, Filter, FilterValue } from './filter.js';

/** `attributes` may hold server-made attributes (`id`, `meta`, `schemas`, `groups`) too; they are keys like any other. */
export const matchFilter = (filter: Filter, attributes: ResourceAttributes): boolean =>
  evaluate(filter, {
    elements: (target) => assignedValues(attributes, target),
    some: (target, where) =>
      assignedValues(attributes, target).some((element) => isJsonObject(element) && matchValue(where, element)),
  });

/** Whether one value of a multi-valued attribute satisfies what stands in the brackets. */
export const matchValue = (where: Filter, element: JsonObject): boolean =>
  evaluate(where, { elements: () => [element], some: () => false });

type Comparison = Extract<Filter, { type: 'compare' }>;

interface Source {
  /** The values of the outer attribute: none, one, or those of the array. */
  readonly elements: (target: AttributeReference) => readonly Json[];
  readonly some: (target: AttributeReference, where: Filter) => boolean;
}

const evaluate = (filter: Filter, source: Source): boolean => {
  switch (filter.type) {
    case 'and':
      return filter.terms.every((term) => evaluate(term, source));
    case 'or':
      return filter.terms.some((term) => evaluate(term, source));
    case 'not':
      return !evaluate(filter.term, source);
    case 'present':
      return source.elements(filter.target).some((element) => leavesOf(element, filter.target).length > 0);
    case 'some':
      return source.some(filter.target, filter.where);
    case 'compare':
      return compareAny(filter, source.elements(filter.target));
  }
};

/** A multi-valued attribute matches if any of its values does (RFC 7644 §3.4.2.2). */
const compareAny = (filter: Comparison, elements: readonly Json[]): boolean => {
  const { operator, target } = filter;
  if (operator !== 'ne') {
    return elements.some((element) => leavesOf(element, target).some((leaf) => compare(filter, leaf)));
  }
  // What is unassigned differs from every value: the attribute, or the sub-attribute of one of its values (P-214).
  return (
    elements.length === 0 ||
    elements.some((element) => {
      const leaves = leavesOf(element, target);
      return leaves.length === 0 || leaves.some((leaf) => compare(filter, leaf));
    })
  );
};

const leavesOf = (element: Json, { subAttribute }: AttributeReference): readonly Json[] =>
  subAttribute === undefined ? [element] : keyValues(element, subAttribute.name);

const compare = (filter: Comparison, json: Json): boolean => {
  const attribute = filter.target.subAttribute ?? filter.target.attribute;
  const left = toComparable(attribute, json);
  const right = toComparable(attribute, filter.value);
  if (left === undefined || right === undefined) return filter.operator === 'ne';
  return COMPARE[filter.operator](left, right);
};

/** Text of its kind, number of its kind: both sides come from the same attribute. */
const COMPARE: Readonly<Record<CompareOperator, (left: FilterValue, right: FilterValue) => boolean>> = {
  eq: (left, right) => left === right,
  ne: (left, right) => left !== right,
  co: (left, right) => String(left).includes(String(right)),
  sw: (left, right) => String(left).startsWith(String(right)),
  ew: (left, right) => String(left).endsWith(String(right)),
  gt: (left, right) => order(left, right) > 0,
  ge: (left, right) => order(left, right) >= 0,
  lt: (left, right) => order(left, right) < 0,
  le: (left, right) => order(left, right) <= 0,
};

const order = (left: FilterValue, right: FilterValue): number =>
  typeof left === 'number' && typeof right === 'number' ? left - right : compareText(String(left), String(right));

const assignedValues = (
  attributes: JsonObject,
  { schema, extension, attribute }: AttributeReference,
): readonly Json[] =>
  (extension ? keyValues(attributes, schema.id) : [attributes]).flatMap((holder) => keyValues(holder, attribute.name));

/** Own keys only: `attributes` may come from JSON.parse. */
const keyValues = (holder: Json, name: string): readonly Json[] => {
  if (!isJsonObject(holder) || !Object.hasOwn(holder, name)) return [];
  const value = holder[name];
  if (value === undefined || value === null) return [];
  return isJsonArray(value) ? value : [value];
};
