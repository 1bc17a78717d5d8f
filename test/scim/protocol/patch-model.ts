import type { Json } from '../../../src/scim/protocol/resource.js';
import {
  invalidFilter,
  invalidPath,
  invalidSyntax,
  invalidValue,
  mutability,
  noTarget,
} from '../../../src/scim/protocol/scim-error.js';
import { listed, matches, sameValue, wantedParts, type Where } from './patch-model-values.js';

/**
 * A slow and plain PATCH of a User, written from sections 7 to 10 of the protocol checklist and nothing of ours, for the
 * real one to be compared with. It knows canonical shapes only, some attributes of each kind, and of the dialects C1 (a
 * value path without match), C2 (`remove` with a list), C3 (`op` in any case) and C7 (readOnly members).
 */
export function patchNaively(before: Resource, operations: readonly ModelOperation[], id: string): Resource {
  // A request is understood as a whole before any of it is carried out.
  for (const operation of operations) check(operation);
  const after = structuredClone(before);
  for (const operation of operations) apply(after, operation, id);
  return after;
}

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
  readonly fault?: keyof typeof FAULTS;
}

const FAULTS = { invalidFilter: () => invalidFilter('', 0), invalidPath, invalidSyntax, invalidValue, noTarget };

export const EXTENSION = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

type Kind = 'text' | 'boolean' | 'complex' | 'list' | 'extension' | 'readOnly';

const KINDS: Readonly<Record<string, Kind>> = {
  userName: 'text',
  externalId: 'text',
  displayName: 'text',
  title: 'text',
  active: 'boolean',
  name: 'complex',
  emails: 'list',
  roles: 'list',
  photos: 'list',
  addresses: 'list',
  id: 'readOnly',
  meta: 'readOnly',
  groups: 'readOnly',
  [EXTENSION]: 'extension',
  [`${EXTENSION}:employeeNumber`]: 'text',
  [`${EXTENSION}:department`]: 'text',
  [`${EXTENSION}:manager`]: 'complex',
};

const kindOf = ({ attribute, sub }: ModelPath): Kind | undefined => {
  if (attribute === `${EXTENSION}:manager` && (sub === 'displayName' || sub === '$ref')) return 'readOnly';
  if (KINDS[attribute] === 'readOnly' || sub === undefined) return KINDS[attribute];
  return sub === 'primary' ? 'boolean' : 'text';
};

const isUnassigned = (value: Json | undefined): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

const isObject = (value: Json | undefined): value is Element =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isRemove = ({ op }: ModelOperation): boolean => op.toLowerCase() === 'remove';

/** @throws ScimError for what is wrong with an operation whatever the resource is. */
function check(operation: ModelOperation): void {
  const { path, value, fault } = operation;
  if (fault) throw FAULTS[fault]('');
  if (path && kindOf(path) === 'readOnly') throw mutability('P-144');
  if (isRemove(operation)) {
    if (!path) throw noTarget('P-188');
    if (path.attribute === 'userName') throw mutability('P-147');
    if (path.attribute === 'active') throw invalidValue('decisions.md 13');
    return;
  }
  if (value === undefined) throw invalidValue('P-134');
  if (path) checkValue(path, value);
  else checkMembers(value, '');
}

function checkMembers(value: Json, prefix: string): void {
  if (!isObject(value)) throw invalidValue('P-149');
  for (const [name, member] of Object.entries(value)) {
    const path = { attribute: prefix + name };
    // What is unknown or readOnly is ignored in a value (P-138, P-145).
    if (kindOf(path) !== undefined && kindOf(path) !== 'readOnly') checkValue(path, member);
  }
}

function checkValue(path: ModelPath, value: Json): void {
  const required = path.attribute === 'userName' || path.attribute === 'active';
  if (isUnassigned(value)) {
    if (required) throw invalidValue('P-147');
    return;
  }
  switch (kindOf(path)) {
    case 'text':
      if (typeof value !== 'string' || (required && value.trim() === '')) throw invalidValue('P-149');
      return;
    case 'boolean':
      if (typeof value !== 'boolean') throw invalidValue('P-149');
      return;
    case 'complex':
      return checkParts(path, value);
    case 'extension':
      return checkMembers(value, `${EXTENSION}:`);
    case 'list': {
      const elements = Array.isArray(value) ? value : [value];
      for (const element of elements) checkParts(path, element);
      if (elements.filter((each) => isObject(each) && each['primary'] === true).length > 1) throw invalidValue('P-089');
      return;
    }
    default:
      return;
  }
}

function checkParts({ attribute }: ModelPath, value: Json): void {
  if (!isObject(value)) throw invalidValue('P-149');
  for (const [sub, part] of Object.entries(value)) {
    if (kindOf({ attribute, sub }) !== 'readOnly') checkValue({ attribute, sub }, part);
  }
}

/** Changes `resource` in place. */
function apply(resource: Resource, operation: ModelOperation, id: string): void {
  const { path, value } = operation;
  if (!path) return applyMembers(resource, operation, '', id);
  const { attribute } = path;
  if (attribute === EXTENSION) {
    if (isRemove(operation) || isUnassigned(value)) delete resource[EXTENSION];
    else applyMembers(resource, operation, `${EXTENSION}:`, id);
    return;
  }
  // P-142: the extension's object comes with its first attribute and goes with its last.
  const inExtension = attribute.startsWith(`${EXTENSION}:`);
  const extension = resource[EXTENSION];
  const holder = inExtension ? (isObject(extension) ? extension : {}) : resource;
  const name = inExtension ? attribute.slice(EXTENSION.length + 1) : attribute;
  const after = changed(holder[name], path, operation);
  if (after === undefined || isUnassigned(after) || (isObject(after) && Object.keys(after).length === 0)) {
    delete holder[name];
  } else holder[name] = after;
  if (!inExtension) return;
  if (Object.keys(holder).length === 0) delete resource[EXTENSION];
  else resource[EXTENSION] = holder;
}

/** P-160, P-178: each member is a change of its own. */
function applyMembers(resource: Resource, operation: ModelOperation, prefix: string, id: string): void {
  if (!isObject(operation.value)) return;
  for (const [name, value] of Object.entries(operation.value)) {
    const path = { attribute: prefix + name };
    if (name === 'id' && value !== id) throw mutability('P-145');
    if (kindOf(path) === undefined || kindOf(path) === 'readOnly') continue;
    apply(resource, { op: operation.op, path, value }, id);
  }
}

/** The value of an attribute after an operation. */
function changed(before: Json | undefined, path: ModelPath, operation: ModelOperation): Json | undefined {
  const value = isRemove(operation) ? null : (operation.value ?? null);
  if (KINDS[path.attribute] === 'list') return changedList(Array.isArray(before) ? before : [], path, operation);
  if (KINDS[path.attribute] !== 'complex') return value;
  if (path.sub !== undefined) return merged(before, { [path.sub]: value });
  if (!isObject(value)) return null;
  const writable = Object.entries(value).filter(([sub]) => kindOf({ ...path, sub }) !== 'readOnly');
  return merged(before, Object.fromEntries(writable));
}

/** P-155, P-171: what the new value does not mention stays. */
function merged(before: Json | undefined, parts: Element): Element {
  const after = { ...(isObject(before) ? before : {}) };
  for (const [name, part] of Object.entries(parts)) {
    if (isUnassigned(part)) delete after[name];
    else after[name] = part;
  }
  return after;
}

function changedList(before: readonly Json[], path: ModelPath, operation: ModelOperation): Json {
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
    const element = { ...made, ...(sub === undefined ? value : { [sub]: value }) } as Element;
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
