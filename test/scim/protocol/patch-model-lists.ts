import type { Json } from '../../../src/scim/protocol/resource.js';
import { noTarget } from '../../../src/scim/protocol/scim-error.js';
import {
  type Element,
  isObject,
  isRemove,
  isUnassigned,
  listed,
  matches,
  type ModelOperation,
  type ModelPath,
  sameValue,
  wantedParts,
  type Where,
} from './patch-model-values.js';

/** The values of a multi-valued attribute after an operation. */
export function changedList(before: readonly Json[], path: ModelPath, operation: ModelOperation): Json {
  const elements = before.filter(isObject);
  const { value } = operation;
  if (path.where) return changedMatches(elements, path, path.where, operation);
  const sent = (Array.isArray(value) ? value : [value ?? null]).filter(isObject);
  if (isRemove(operation)) {
    // C2: with a value only what is listed goes; without one, or with null, everything.
    if (value === undefined || value === null) return [];
    return elements.filter((element) => !sent.some((each) => listed(path.attribute, element, each)));
  }
  return withAdded(path.attribute, operation.op.toLowerCase() === 'add' ? elements : [], sent);
}

/** P-157, P-158: what is there already gains the sub-attributes sent with it and is not repeated. */
function withAdded(attribute: string, before: readonly Element[], sent: readonly Element[]): Element[] {
  const after = [...before];
  const touched = new Set<number>();
  for (const element of sent) {
    const place = after.findIndex((each) => sameValue(attribute, each, element));
    const old = after[place];
    if (old) after[place] = { ...element, ...old, ...labelsOf(element) };
    else after.push(element);
    touched.add(old ? place : after.length - 1);
  }
  return onePrimary(after, touched);
}

const labelsOf = ({ display, primary }: Element): Element => ({
  ...(display === undefined ? {} : { display }),
  ...(primary === undefined ? {} : { primary }),
});

/** P-161, P-174: a new primary value makes the old one not primary. */
function onePrimary(elements: readonly Element[], touched: ReadonlySet<number>): Element[] {
  const primaries = elements.flatMap(({ primary }, index) => (primary === true ? [index] : []));
  const winner = primaries.find((index) => touched.has(index)) ?? primaries[0];
  return elements.map((each, index) =>
    each['primary'] === true && index !== winner ? { ...each, primary: false } : each,
  );
}

function changedMatches(before: readonly Element[], path: ModelPath, where: Where, operation: ModelOperation): Json {
  const { attribute, sub } = path;
  const value = isRemove(operation) ? null : (operation.value ?? null);
  const clears = isUnassigned(value);
  if (!before.some((each) => matches(attribute, each, where))) {
    if (isRemove(operation)) return [...before];
    const made = madeFrom(attribute, where);
    if (clears) return [...before];
    const parts = sub === undefined ? (isObject(value) ? value : {}) : { [sub]: value };
    const element = { ...made, ...parts };
    return settled(attribute, [...before, element], new Set([before.length]));
  }
  const after: Element[] = [];
  const touched = new Set<number>();
  for (const element of before) {
    const isMatch = matches(attribute, element, where);
    const next = isMatch ? changedElement(element, path, where, operation) : element;
    if (next === undefined) continue;
    if (isMatch) touched.add(after.length);
    after.push(next);
  }
  return settled(attribute, after, touched);
}

/** RFC 7643 §2.4: what a change made the same becomes one; what changed has the last word. */
function settled(attribute: string, elements: readonly Element[], touched: ReadonlySet<number>): Element[] {
  const after: Element[] = [];
  const news = new Set<number>();
  for (const [index, element] of elements.entries()) {
    const place = after.findIndex((each) => sameValue(attribute, each, element));
    const first = after[place];
    if (first === undefined) after.push(element);
    else if (news.has(place) && !touched.has(index)) after[place] = { ...first, ...element, ...labelsOf(first) };
    else after[place] = { ...element, ...first, ...labelsOf(element) };
    if (touched.has(index)) news.add(first === undefined ? after.length - 1 : place);
  }
  return onePrimary(after, news);
}

/** Undefined where the element goes. */
function changedElement(
  element: Element,
  { attribute, sub }: ModelPath,
  where: Where,
  operation: ModelOperation,
): Element | undefined {
  const value = isRemove(operation) ? null : (operation.value ?? null);
  if (sub === undefined) {
    if (!isObject(value)) return undefined;
    if (operation.op.toLowerCase() === 'add') return { ...element, ...value };
    // P-172: what the filter says of the element stays.
    const kept = wantedParts(where).filter(({ name }) => element[name] !== undefined);
    return { ...Object.fromEntries(kept.map(({ name }) => [name, element[name] ?? null])), ...value };
  }
  if (!isUnassigned(value)) return { ...element, [sub]: value };
  if (element[sub] === undefined) return element;
  const { [sub]: _, ...rest } = element;
  // P-192: an element of which only labels are left is none.
  const labels = attribute === 'addresses' ? ['type', 'primary'] : ['type', 'primary', 'display'];
  return Object.keys(rest).every((name) => labels.includes(name)) ? undefined : rest;
}

/** C1: the element that a filter of `eq` joined by `and` describes. */
function madeFrom(attribute: string, where: Where): Element {
  const parts = wantedParts(where);
  const isPure = where.type === 'compare' || (where.type === 'and' && parts.length === where.terms.length);
  const made = Object.fromEntries(parts.map(({ name, value }) => [name, value]));
  if (parts.length === 0 || !isPure || !matches(attribute, made, where)) throw noTarget('P-175');
  return made;
}
