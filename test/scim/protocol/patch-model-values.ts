import type { Json } from '../../../src/scim/protocol/resource.js';

export type Resource = Record<string, Json>;
export type Element = Record<string, Json>;

export interface ModelPath {
  /** `emails`, or with the extension's URN before it. */
  readonly attribute: string;
  readonly sub?: string;
  readonly where?: Where;
}

export interface ModelOperation {
  readonly op: string;
  readonly path?: ModelPath;
  readonly value?: Json;
  /** What is wrong with this operation by the checklist, whatever else the list holds. */
  readonly fault?: 'invalidFilter' | 'invalidPath' | 'invalidSyntax' | 'invalidValue' | 'noTarget';
}

export const isUnassigned = (value: Json | undefined): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

export const isObject = (value: Json | undefined): value is Element =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isRemove = ({ op }: ModelOperation): boolean => op.toLowerCase() === 'remove';

/** A filter in brackets. */
export type Where = Compare | Present | Joined | Negated;

interface Compare {
  readonly type: 'compare';
  readonly operator: 'eq' | 'ne' | 'co' | 'sw' | 'ew';
  readonly name: string;
  readonly value: string | boolean;
}

interface Present {
  readonly type: 'present';
  readonly name: string;
}

interface Joined {
  readonly type: 'and' | 'or';
  readonly terms: readonly Where[];
}

interface Negated {
  readonly type: 'not';
  readonly term: Where;
}

/** As compared: letters of any case are the same but for the address of a photo, a reference (RFC 7643 §2.3.7). */
function comparable(attribute: string, name: string, value: unknown): unknown {
  if (typeof value !== 'string' || (attribute === 'photos' && name === 'value')) return value;
  return value.toLowerCase();
}

/** Checklist P-210 to P-214. */
export function matches(attribute: string, element: Element, where: Where): boolean {
  switch (where.type) {
    case 'and':
      return where.terms.every((term) => matches(attribute, element, term));
    case 'or':
      return where.terms.some((term) => matches(attribute, element, term));
    case 'not':
      return !matches(attribute, element, where.term);
    case 'present':
      return element[where.name] !== undefined;
    case 'compare':
      return compares(attribute, element, where);
  }
}

function compares(attribute: string, element: Element, { name, operator, value }: Compare): boolean {
  const left = comparable(attribute, name, element[name]);
  const right = comparable(attribute, name, value);
  switch (operator) {
    case 'eq':
      return left === right;
    case 'ne':
      return left !== right;
    case 'co':
      return typeof left === 'string' && left.includes(String(right));
    case 'sw':
      return typeof left === 'string' && left.startsWith(String(right));
    case 'ew':
      return typeof left === 'string' && left.endsWith(String(right));
  }
}

/** The equalities that hold for every element that the filter selects. */
export function wantedParts(where: Where): readonly { readonly name: string; readonly value: string | boolean }[] {
  if (where.type === 'compare') return where.operator === 'eq' ? [where] : [];
  return where.type === 'and' ? where.terms.flatMap((term) => (term.type === 'compare' ? wantedParts(term) : [])) : [];
}

/** P-158: the same `value` and `type`; where there is no `value`, the same everything. */
export function sameValue(attribute: string, left: Element, right: Element): boolean {
  const hasValue = left['value'] !== undefined || right['value'] !== undefined;
  const names = hasValue ? ['value', 'type'] : [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return names.every((name) => comparable(attribute, name, left[name]) === comparable(attribute, name, right[name]));
}

/** P-195, P-196: an element is listed by its `value`, and its `type` if that is named; without a `value` by all that is named. */
export function listed(attribute: string, element: Element, named: Element): boolean {
  const names = named['value'] === undefined ? Object.keys(named) : ['value', 'type'].filter((name) => name in named);
  return names.every((name) => comparable(attribute, name, element[name]) === comparable(attribute, name, named[name]));
}
