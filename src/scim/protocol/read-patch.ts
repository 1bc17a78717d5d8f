/** RFC 7644 §3.5.2: a PATCH body as a list of changes, each of one attribute, with values that were checked already. */
import { findAttribute, foldName, type AttributeReference } from './attribute-path.js';
import { rulesOf } from './attribute-rules.js';
import { isObject, readMembers, sentTwice, type UnknownObject } from './json-object.js';
import {
  findPathOfKey,
  labelOf,
  parsePatchPath,
  type AttributePath,
  type PatchPath,
  type SchemaPath,
} from './patch-path.js';
import { type Leniency, leniencyOf } from './leniency.js';
import { membersOf, readExtension, readUrns } from './read-resource.js';
import { quote } from './quote.js';
import { describe, isUnassigned } from './read-simple.js';
import { isWritable, readElement, readList, readValue } from './read-value.js';
import type { Json } from './resource.js';
import type { ResourceType } from './schemas/schema.js';
import { invalidPath, invalidSyntax, invalidValue, mutability, noTarget, payloadTooLarge } from './scim-error.js';
import { refuseUnreadSpelling } from './unread-spelling.js';

export type PatchOperation = SetOperation | RemoveOperation | IdExpectation;

export interface SetOperation {
  readonly type: 'add' | 'replace';
  readonly path: AttributePath;
  /** As `readValue` reads it: null (also of a sub-attribute) is "unassigned". A list holds the values as stored. */
  readonly value: Json;
  /** Where the filter in the path selects nothing, there is nothing to change. Default: the value it describes is made. */
  readonly mustMatch?: true;
}

export interface RemoveOperation {
  readonly type: 'remove';
  readonly path: AttributePath;
  /** Only these values of a multi-valued attribute; absent: all the path means. */
  readonly listed?: readonly Json[];
}

/** The body names the id of the resource it is for: nothing changes, but it must be the right one. */
interface IdExpectation {
  readonly type: 'expectId';
  readonly id: Json;
}

/** Checklist P-152. */
const MAX_OPERATIONS = 1_000;

/**
 * The changes in the order in which they apply; an operation without path becomes one change an attribute, and one that
 * changes nothing (`password`, what is unknown) becomes none.
 * @throws ScimError 400 invalidSyntax, invalidPath, invalidFilter, invalidValue, mutability, noTarget; 413
 */
export function readPatch(body: unknown, resourceType: ResourceType): readonly PatchOperation[] {
  const operations = isObject(body) ? readMembers(body, ['Operations']).get('Operations') : undefined;
  if (!isObject(body) || !Array.isArray(operations) || operations.length === 0) {
    throw invalidSyntax('A PATCH body must have "Operations": a list of at least one operation.');
  }
  if (operations.length > MAX_OPERATIONS) {
    throw payloadTooLarge(`A PATCH can have at most ${MAX_OPERATIONS} operations, not ${operations.length}.`);
  }
  if (!leniencyOf(resourceType).bodiesWithoutSchema) checkMessage(body);
  return operations.flatMap((operation) => readOperation(operation, resourceType));
}

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** Some clients leave `schemas` out or write something else there (checklist P-130). */
function checkMessage(body: UnknownObject): void {
  const urns = readUrns(readMembers(body, ['schemas']).get('schemas'));
  if (!urns.includes(foldName(PATCH_OP))) throw invalidSyntax(`schemas must name ${PATCH_OP}.`);
}

function readOperation(input: unknown, resourceType: ResourceType): readonly PatchOperation[] {
  if (!isObject(input)) throw invalidSyntax(`An operation must be an object, not ${describe(input)}.`);
  const members = readMembers(input, ['op', 'path', 'value']);
  const op = readOp(members.get('op'));
  const path = readPath(members.get('path'), resourceType);
  const value = members.get('value');
  if (op === 'remove') {
    if (path === undefined) throw noTarget('A "remove" needs a path.');
    return path.type === 'schema'
      ? removeSchema(path, resourceType)
      : readRemove(path, value, leniencyOf(resourceType));
  }
  if (value === undefined) throw invalidValue(`"${op}" needs a value.`);
  if (path === undefined) return readWithoutPath(op, value, resourceType);
  return path.type === 'schema'
    ? readSchemaValue(op, path, value, resourceType)
    : readSetting({ op, path: checkWritable(path), value }, leniencyOf(resourceType));
}

type Op = SetOperation['type'] | 'remove';

const OPS: ReadonlyMap<string, Op> = new Map<string, Op>([
  ['add', 'add'],
  ['replace', 'replace'],
  ['remove', 'remove'],
]);

/** Entra sends `Add`, `Replace` and `Remove` (checklist P-131). */
function readOp(input: unknown): Op {
  const op = typeof input === 'string' ? OPS.get(foldName(input)) : undefined;
  if (op === undefined) throw invalidSyntax(`"op" must be "add", "replace" or "remove", not ${describe(input)}.`);
  return op;
}

function readPath(input: unknown, resourceType: ResourceType): PatchPath | undefined {
  if (isUnassigned(input)) return undefined;
  if (typeof input !== 'string') throw invalidPath(`A path must be a text, not ${describe(input)}.`);
  return parsePatchPath(input, resourceType);
}

/** RFC 7644 §3.5.2: "A client MUST NOT modify an attribute that has mutability readOnly". */
function checkWritable(path: AttributePath): AttributePath {
  if (isReadOnly(path.target)) throw mutability(`${labelOf(path.target)} is readOnly.`);
  return path;
}

/** An `add` or `replace` of one attribute; none where the value is not stored anyway, as a password's (P-151). */
function readSetting(
  { op, path, value }: { readonly op: SetOperation['type']; readonly path: AttributePath; readonly value: unknown },
  leniency: Leniency,
): readonly PatchOperation[] {
  const { attribute, subAttribute } = path.target;
  if (rulesOf(subAttribute ?? attribute).discarded) return [];
  const label = labelOf(path.target);
  const isElement = path.where !== undefined && subAttribute === undefined;
  const read = isElement
    ? readElement(attribute, value, label, leniency)
    : readValue(subAttribute ?? attribute, value, label, leniency);
  const mustMatch = op === 'replace' && path.where !== undefined && !leniency.replacingMissingValues;
  return [{ type: op, path, value: read, ...(mustMatch ? { mustMatch } : {}) }];
}

function readRemove(path: AttributePath, input: unknown, leniency: Leniency): readonly PatchOperation[] {
  const { attribute, subAttribute } = checkWritable(path).target;
  if (rulesOf(subAttribute ?? attribute).discarded) return [];
  const whole = path.where === undefined && subAttribute === undefined;
  if (whole && attribute.multiValued && input !== undefined && input !== null) {
    return [{ type: 'remove', path, listed: entraListedValues(path.target, input, leniency) }];
  }
  const label = labelOf(path.target);
  if (subAttribute === undefined ? whole && attribute.required : subAttribute.required) {
    throw mutability(`${label} is required and cannot be removed.`);
  }
  if (rulesOf(attribute).alwaysAssigned) throw invalidValue(`${label} always has a value; it cannot be removed.`);
  return [{ type: 'remove', path }];
}

/**
 * Entra, JumpCloud and authentik name the values to remove in `value`, not in a filter; the RFC, read literally, would empty
 * the group (checklist P-195, P-196). Bare ids are taken too.
 */
function entraListedValues(target: AttributeReference, input: unknown, leniency: Leniency): readonly Json[] {
  const label = labelOf(target);
  if (!leniency.listsToRemove)
    throw invalidValue(`A "remove" has no value: name in the path which ${label} are to go.`);
  return readList(target.attribute, typeof input === 'string' && input !== '' ? [input] : input, label, leniency);
}

/** Okta deactivates with `{"active":false}` and no path; every attribute that is not mentioned stays as it is (P-178). */
function readWithoutPath(
  type: SetOperation['type'],
  input: unknown,
  resourceType: ResourceType,
): readonly PatchOperation[] {
  if (!isObject(input)) throw invalidValue(`Without a path the value must be an object, not ${describe(input)}.`);
  const seen = new Set<string>();
  return membersOf(input, resourceType.schema).flatMap(([key, value]) => {
    const path = entraKeyAsPath(key, resourceType);
    if (path === undefined) {
      refuseUnreadSpelling(key, resourceType);
      return [];
    }
    if (seen.has(foldName(key))) throw sentTwice(key);
    seen.add(foldName(key));
    if (path.type === 'schema') return path.extension ? readSchemaValue(type, path, value, resourceType) : [];
    return isReadOnly(path.target)
      ? oktaReadOnlyMember(path.target, value)
      : readSetting({ op: type, path, value }, leniencyOf(resourceType));
  });
}

/**
 * Entra with `aadOptscim062020` collapses several changes into one value whose keys are paths, such as `name.givenName` or
 * an extension's attribute with its URN (checklist P-177, P-179). A key without a known attribute is ignored (P-138).
 */
const entraKeyAsPath = (key: string, resourceType: ResourceType): PatchPath | undefined =>
  findPathOfKey(key, resourceType);

/** Okta sends the id with each group rename, authentik `schemas` too: ignored, unless the id is another one (P-145). */
function oktaReadOnlyMember({ attribute }: AttributeReference, value: unknown): readonly PatchOperation[] {
  if (attribute.name !== 'id' || isUnassigned(value)) return [];
  return [{ type: 'expectId', id: typeof value === 'string' ? value : null }];
}

/** A schema's URN as path merges an object into its attributes (checklist P-143). */
function readSchemaValue(
  type: SetOperation['type'],
  path: SchemaPath,
  input: unknown,
  resourceType: ResourceType,
): readonly PatchOperation[] {
  if (!path.extension) return readWithoutPath(type, input, resourceType);
  if (type === 'add' && isUnassigned(input)) return [];
  const values = readExtension(input, path.schema, resourceType);
  return Object.entries(values).map(([name, value]) => ({ type, path: inSchema(path, name, resourceType), value }));
}

function removeSchema(path: SchemaPath, resourceType: ResourceType): readonly PatchOperation[] {
  if (!path.extension) throw mutability(`${path.schema.id} cannot be removed.`);
  return path.schema.attributes
    .filter(isWritable)
    .map(({ name }) => ({ type: 'remove', path: inSchema(path, name, resourceType) }));
}

function inSchema({ schema }: SchemaPath, name: string, resourceType: ResourceType): AttributePath {
  const target = findAttribute(resourceType, `${schema.id}:${name}`);
  if (target === undefined) throw invalidPath(`${quote(name)} is no attribute of ${schema.id}.`);
  return { type: 'attribute', target };
}

const isReadOnly = ({ attribute, subAttribute }: AttributeReference): boolean =>
  attribute.mutability === 'readOnly' || subAttribute?.mutability === 'readOnly';
