/** RFC 7643 §2.3.8 and §2.4: an attribute's value from what a client sent, complex and multi-valued ones included. */
import { findSubAttribute } from './attribute-path.js';
import { rulesOf } from './attribute-rules.js';
import { isJsonArray, isJsonObject, isObject, sentTwice, toObject, type UnknownObject } from './json-object.js';
import type { Leniency } from './leniency.js';
import { addValues, checkCount, checkOnePrimary, isBlank } from './multi-valued.js';
import { describe, isUnassigned, readSimple } from './read-simple.js';
import type { Json, JsonObject } from './resource.js';
import type { Attribute } from './schemas/schema.js';
import { invalidValue } from './scim-error.js';
import { refuseUnreadableName } from './unreadable-name.js';

/**
 * The value under canonical names. Null says "unassigned": for the value itself, and for those sub-attributes of a
 * singular complex value that the client mentions in order to clear them (PATCH needs to know; `toAssigned` drops them).
 * @param label how error messages call the attribute, e.g. `name.givenName`
 * @throws ScimError 400 invalidValue, or invalidSyntax for a name that is there twice
 */
export function readValue(attribute: Attribute, input: unknown, label: string, leniency: Leniency): Json {
  const value = attribute.multiValued
    ? readWholeList(attribute, input, label, leniency)
    : readSingle(attribute, onlyElement(input, label), label, leniency);
  if (value !== null) return value;
  if (attribute.required) throw invalidValue(`${label} is required; it cannot be empty.`);
  if (rulesOf(attribute).alwaysAssigned) throw invalidValue(`${label} always has a value; it cannot be cleared.`);
  return null;
}

/** The values of a list as they are, also those that hold labels only; empty where it is unassigned. */
export function readList(attribute: Attribute, input: unknown, label: string, leniency: Leniency): readonly Json[] {
  const inputs = toInputs(attribute, input, label);
  checkCount(attribute, inputs);
  return inputs.flatMap((each) => {
    const value = toAssigned(readSingle(attribute, each, label, leniency));
    // A null in a list says nothing, unless its values need a part: a member without an id is no member left out.
    checkRequiredParts(attribute, value, label);
    return value === undefined ? [] : [value];
  });
}

/** One value of a multi-valued attribute, or a singular attribute's only one. */
export const readElement = (attribute: Attribute, input: unknown, label: string, leniency: Leniency): Json =>
  readSingle(attribute, onlyElement(input, label), label, leniency);

/**
 * The members of an object that are attributes a client may write, under their canonical names; null is "unassigned".
 * What is unknown or readOnly is ignored (RFC 7644 §3.3), and so is a password: nobody signs in with it here.
 * @throws ScimError 400 invalidValue; invalidSyntax for a name that is there twice, or can be none
 */
export function readAttributes(
  input: UnknownObject,
  find: (name: string) => Attribute | undefined,
  toLabel: (attribute: Attribute) => string,
  leniency: Leniency,
): JsonObject {
  const seen = new Set<Attribute>();
  const values: (readonly [string, Json])[] = [];
  for (const [name, value] of Object.entries(input)) {
    const attribute = find(name);
    if (attribute === undefined) {
      refuseUnreadableName(name);
      continue;
    }
    if (seen.has(attribute)) throw sentTwice(toLabel(attribute));
    seen.add(attribute);
    if (isWritable(attribute)) values.push([attribute.name, readValue(attribute, value, toLabel(attribute), leniency)]);
  }
  return toObject(values);
}

/** False for what the service provider makes itself, and for what it never stores. */
export const isWritable = (attribute: Attribute): boolean =>
  attribute.mutability !== 'readOnly' && !rulesOf(attribute).discarded;

/** The value without its nulls; undefined where nothing is left (RFC 7643 §2.5). */
export function toAssigned(value: Json): Json | undefined {
  if (value === null) return undefined;
  if (isJsonArray(value)) return value.length === 0 ? undefined : value;
  if (!isJsonObject(value)) return value;
  const assigned = Object.entries(value).flatMap(([name, part]) => {
    const kept = toAssigned(part);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return assigned.length === 0 ? undefined : toObject(assigned);
}

/** @throws ScimError 400 invalidValue where an object lacks a part that its attribute requires. */
export function checkRequiredParts(attribute: Attribute, value: Json | undefined, label: string): void {
  const missing = findMissingPart(attribute, value, label);
  if (missing !== undefined) throw invalidValue(missing);
}

/** What is missing, as an error says it. */
export function findMissingPart(attribute: Attribute, value: Json | undefined, label: string): string | undefined {
  const parts = isJsonObject(value) ? value : toObject([]);
  const missing = attribute.subAttributes?.find(({ name, required }) => required && (parts[name] ?? null) === null);
  return missing && `${label} needs a ${missing.name}.`;
}

/** Entra's older jobs, Okta and Oracle send a singular value as a list of one (checklist P-181). */
function onlyElement(input: unknown, label: string): unknown {
  if (!Array.isArray(input)) return input;
  const [first, ...others]: readonly unknown[] = input;
  if (others.length > 0) throw invalidValue(`${label} takes one value, not ${describe(input)}.`);
  return first;
}

const LABELS: readonly string[] = ['type', 'primary'];

/** A whole list as POST, PUT and `replace` send it: no repetitions, and no values that hold labels only. */
function readWholeList(attribute: Attribute, input: unknown, label: string, leniency: Leniency): Json {
  const values = readList(attribute, input, label, leniency).filter((value) => !isBlank(value, LABELS));
  checkOnePrimary(values, label);
  return values.length === 0 ? null : addValues(attribute, [], values);
}

/** OneLogin's template sends `emails` as one object (checklist P-088). */
function toInputs(attribute: Attribute, input: unknown, label: string): readonly unknown[] {
  if (Array.isArray(input)) return input;
  if (isUnassigned(input)) return [];
  if (attribute.type === 'complex' && !isObject(input)) {
    throw invalidValue(`${label} must be a list of objects, not ${describe(input)}.`);
  }
  return [input];
}

const readSingle = (attribute: Attribute, input: unknown, label: string, leniency: Leniency): Json =>
  attribute.type === 'complex'
    ? readComplex(attribute, input, label, leniency)
    : readSimple(attribute, input, label, leniency);

function readComplex(attribute: Attribute, input: unknown, label: string, leniency: Leniency): Json {
  if (isUnassigned(input)) return null;
  return readAttributes(
    isObject(input) ? input : entraBareValue(attribute, input, label),
    (name) => findSubAttribute(attribute, name),
    ({ name }) => `${label}.${name}`,
    leniency,
  );
}

/** Entra sends `manager` as the bare id (checklist P-168, P-302); others send roles and members so. */
function entraBareValue(attribute: Attribute, input: unknown, label: string): UnknownObject {
  if (typeof input === 'string' && findSubAttribute(attribute, 'value') !== undefined) return { value: input };
  throw invalidValue(`${label} must be an object, not ${describe(input)}.`);
}
