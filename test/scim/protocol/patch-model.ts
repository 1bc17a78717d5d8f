import type { Json } from '../../../src/scim/protocol/resource.js';
import {
  invalidFilter,
  invalidPath,
  invalidSyntax,
  invalidValue,
  mutability,
  noTarget,
} from '../../../src/scim/protocol/scim-error.js';
import { changedList } from './patch-model-lists.js';
import {
  type Element,
  isObject,
  isRemove,
  isUnassigned,
  type ModelOperation,
  type ModelPath,
  type Resource,
} from './patch-model-values.js';

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
  const kind = kindOf(path);
  if (kind === 'complex') checkParts(path, value);
  if (kind === 'list') checkList(path, value);
  if (kind === 'extension') checkMembers(value, `${EXTENSION}:`);
  if (kind === 'text' && typeof value !== 'string') throw invalidValue('P-149');
  if (kind === 'boolean' && typeof value !== 'boolean') throw invalidValue('P-149');
}

function checkList(path: ModelPath, value: Json): void {
  const elements: readonly Json[] = Array.isArray(value) ? value : [value];
  for (const each of elements) checkParts(path, each);
  if (elements.filter((each) => isObject(each) && each['primary'] === true).length > 1) throw invalidValue('P-089');
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
  const holder: Element = inExtension ? { ...(isObject(extension) ? extension : {}) } : resource;
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
