/** RFC 7644 §3.4.2.2 table 3: which comparison is defined for which type of attribute, and with what value. */
import { findSubAttribute, type AttributeReference } from '../attribute-path.js';
import { toInstant } from '../date-time.js';
import type { Attribute, AttributeType } from '../schemas/schema.js';
import { invalidFilter } from '../scim-error.js';
import type { CompareOperator, Filter, FilterValue } from './filter.js';

/** What the error message names: the attribute as the client wrote it, and where the value stands. */
interface Place {
  readonly name: string;
  readonly offset: number;
}

const ANY: readonly CompareOperator[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'];
const ORDERED: readonly CompareOperator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];
const EQUALITY: readonly CompareOperator[] = ['eq', 'ne'];

/** Substrings are for text; RFC 7644 table 3 refuses order for boolean and binary. */
const OPERATORS: Readonly<Record<Exclude<AttributeType, 'complex'>, readonly CompareOperator[]>> = {
  string: ANY,
  reference: ANY,
  dateTime: ORDERED,
  decimal: ORDERED,
  integer: ORDERED,
  boolean: EQUALITY,
  binary: EQUALITY,
};

/** Operators may be in any case. */
export const toCompareOperator = (text: string): CompareOperator | undefined => {
  const folded = text.toLowerCase();
  return ANY.find((operator) => operator === folded);
};

export const toPresence = (target: AttributeReference): Filter => ({ type: 'present', target });

/** @throws ScimError 400 invalidFilter where the comparison is not defined. */
export const toComparison = (
  target: AttributeReference,
  operator: CompareOperator,
  literal: FilterValue | null,
  place: Place,
): Filter => {
  if (literal === null) return toNullComparison(target, operator, place);
  const simple = withValue(target, place);
  const attribute = simple.subAttribute ?? simple.attribute;
  if (attribute.type === 'complex' || !OPERATORS[attribute.type].includes(operator)) {
    throw invalidFilter(
      `"${operator}" is not defined for "${place.name}", whose type is ${attribute.type}`,
      place.offset,
    );
  }
  return { type: 'compare', operator, target: simple, value: toValue(attribute, literal, place) };
};

/** RFC 7643 §2.5: null is the same as unassigned. */
const toNullComparison = (target: AttributeReference, operator: CompareOperator, place: Place): Filter => {
  if (operator === 'ne') return toPresence(target);
  if (operator === 'eq') return { type: 'not', term: toPresence(target) };
  throw invalidFilter(`"${operator}" cannot compare with null; use eq or ne`, place.offset);
};

/** `emails co "x"` compares `emails.value`: an example of RFC 7644 itself, and how Entra asks for `manager` and `members`. */
const withValue = (target: AttributeReference, place: Place): AttributeReference => {
  if (target.subAttribute !== undefined || target.attribute.type !== 'complex') return target;
  const subAttribute = findSubAttribute(target.attribute, 'value');
  if (subAttribute === undefined || subAttribute.returned === 'never') {
    throw invalidFilter(`"${place.name}" is complex; name one of its sub-attributes`, place.offset);
  }
  return { ...target, subAttribute };
};

const toValue = (attribute: Attribute, literal: FilterValue, place: Place): FilterValue => {
  const value = coerce(attribute, literal);
  if (value !== undefined) return value;
  throw invalidFilter(`"${place.name}" is compared with ${WANTED[attribute.type]}`, place.offset);
};

const WANTED: Readonly<Record<AttributeType, string>> = {
  string: 'a text in double quotes',
  reference: 'a text in double quotes',
  binary: 'a text in double quotes',
  boolean: 'true or false',
  decimal: 'a number',
  integer: 'a whole number',
  dateTime: 'a dateTime such as "2026-01-31T12:00:00Z"',
  complex: 'the value of a sub-attribute',
};

const coerce = (attribute: Attribute, literal: FilterValue): FilterValue | undefined => {
  switch (attribute.type) {
    case 'boolean':
      return typeof literal === 'string' ? entraBooleanText(literal) : booleanOnly(literal);
    case 'integer':
      return Number.isInteger(literal) ? literal : undefined;
    case 'decimal':
      return typeof literal === 'number' ? literal : undefined;
    case 'dateTime':
      return typeof literal === 'string' ? toInstant(literal) : undefined;
    default:
      return typeof literal === 'string' ? literal : undefined;
  }
};

const booleanOnly = (literal: FilterValue): boolean | undefined => (typeof literal === 'boolean' ? literal : undefined);

/** Microsoft Entra ID writes `roles[primary eq "True"]` (idp-traffic.md §1.5). */
const entraBooleanText = (text: string): boolean | undefined => {
  const folded = text.toLowerCase();
  if (folded === 'true') return true;
  return folded === 'false' ? false : undefined;
};
