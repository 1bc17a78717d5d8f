/** RFC 7644 §3.3 and §3.5.1: the resource that the body of a POST or a PUT stands for. */
import { findAttribute, findExtension, foldName } from './attribute-path.js';
import { rulesOf } from './attribute-rules.js';
import { checkRequired, checkUnchanged } from './check-resource.js';
import { isJsonObject, isObject, sentTwice, toObject, withMember, type UnknownObject } from './json-object.js';
import { leniencyOf } from './leniency.js';
import { quote } from './quote.js';
import { describe, isUnassigned } from './read-simple.js';
import { isWritable, readAttributes, toAssigned } from './read-value.js';
import type { Json, JsonObject, ResourceAttributes } from './resource.js';
import { commonAttributes } from './schemas/common.js';
import type { Attribute, ResourceType, Schema } from './schemas/schema.js';
import { invalidSyntax, invalidValue } from './scim-error.js';
import { refuseUnreadSpelling } from './unread-spelling.js';

/**
 * The new resource a POST asks for.
 * @throws ScimError 400 invalidValue (a wrong or missing value) or invalidSyntax (no object, a name that is there twice,
 * the schema of another resource type, a name that can be none)
 */
export function readResource(body: unknown, resourceType: ResourceType): ResourceAttributes {
  const sent = readBody(body, resourceType);
  const initial = ownAttributes(resourceType).flatMap((attribute) => {
    const value = rulesOf(attribute).initial;
    return value === undefined || attribute.name in sent ? [] : [[attribute.name, value] as const];
  });
  return toResource(toObject([...Object.entries(sent), ...initial]), toObject([]), resourceType);
}

/**
 * What a PUT makes of `current`: what the body omits is cleared (checklist P-112), except `active` and `externalId`
 * (their rules say so) and what is immutable.
 * @throws ScimError as `readResource`, and 400 mutability where an immutable value would change
 */
export function readReplacement(
  body: unknown,
  resourceType: ResourceType,
  current: ResourceAttributes,
): ResourceAttributes {
  return toResource(readBody(body, resourceType), current, resourceType);
}

/** The attributes of one extension under their canonical names, null where unassigned. */
export function readExtension(input: unknown, schema: Schema, resourceType: ResourceType): JsonObject {
  if (isUnassigned(input)) return toObject(schema.attributes.filter(isWritable).map(({ name }) => [name, null]));
  const byName = new Map(schema.attributes.map((attribute) => [foldName(attribute.name), attribute]));
  const members = onlyObject(input, schema);
  for (const name of Object.keys(members)) if (!byName.has(foldName(name))) refuseUnreadSpelling(name, resourceType);
  return readAttributes(
    members,
    (name) => byName.get(foldName(name)),
    ({ name }) => `${schema.id}:${name}`,
    leniencyOf(resourceType),
  );
}

/** What stands under a schema's URN. */
function onlyObject(input: unknown, schema: Schema): UnknownObject {
  const [only, ...others]: readonly unknown[] = Array.isArray(input) ? input : [input];
  if (!isObject(only) || others.length > 0) {
    throw invalidValue(`${schema.id} must be an object, not ${describe(input)}.`);
  }
  return only;
}

/**
 * An object under the schema's own URN stands for its members (checklist P-143): nothing that a client says there, `active`
 * above all, is passed over. A number or a text says nothing.
 * @throws ScimError 400 invalidValue for several objects there, or one within another
 */
export function membersOf(input: UnknownObject, schema: Schema): readonly (readonly [string, unknown])[] {
  const own = foldName(schema.id);
  const isOwnUrn = ([key]: readonly [string, unknown]): boolean => foldName(key) === own;
  const entries = Object.entries(input);
  if (!entries.some(isOwnUrn)) return entries;
  return entries.flatMap((entry) => {
    const [, value] = entry;
    if (!isOwnUrn(entry)) return [entry];
    if (isUnassigned(value) || typeof value !== 'object') return [];
    const members = Object.entries(onlyObject(value, schema));
    if (members.some(isOwnUrn)) throw invalidValue(`${schema.id} stands within itself.`);
    return members;
  });
}

function readBody(input: unknown, resourceType: ResourceType): JsonObject {
  if (!isObject(input)) throw invalidSyntax(`The body must be a JSON object, not ${describe(input)}.`);
  const body = knownMembers(input, resourceType);
  checkSchemas(body, resourceType);
  const own = readAttributes(
    body,
    (name) => findOwn(resourceType, name),
    ({ name }) => name,
    leniencyOf(resourceType),
  );
  return toObject([...Object.entries(own), ...readExtensions(body, resourceType)]);
}

/** What the body says at its top and under the schema's own URN. What is unknown ends here: it may be much. */
function knownMembers(input: UnknownObject, resourceType: ResourceType): UnknownObject {
  const known: Record<string, unknown> = Object.create(null);
  for (const [key, value] of membersOf(input, resourceType.schema)) {
    if (!findAttribute(resourceType, key) && !findExtension(resourceType, key)) {
      refuseUnreadSpelling(key, resourceType);
      continue;
    }
    if (key in known) throw sentTwice(key);
    known[key] = value;
  }
  return known;
}

/** Extension attributes without their URN are ignored, as Microsoft's sample body needs it (checklist P-304). */
function findOwn(resourceType: ResourceType, name: string): Attribute | undefined {
  const reference = findAttribute(resourceType, name);
  return reference?.extension === false && reference.subAttribute === undefined ? reference.attribute : undefined;
}

function readExtensions(body: UnknownObject, resourceType: ResourceType): readonly (readonly [string, Json])[] {
  const seen = new Set<Schema>();
  return Object.entries(body).flatMap(([name, value]) => {
    const schema = findExtension(resourceType, name);
    if (schema === undefined) return [];
    if (seen.has(schema)) throw sentTwice(schema.id);
    seen.add(schema);
    return [[schema.id, readExtension(value, schema, resourceType)] as const];
  });
}

const CORE_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:';

/** What a body says in `schemas`, as URNs are compared. @throws ScimError 400 invalidValue */
export function readUrns(value: unknown): readonly string[] {
  if (isUnassigned(value)) return [];
  const urns: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!urns.every((urn) => typeof urn === 'string')) throw invalidValue('schemas must be a list of URNs.');
  return urns.map(foldName);
}

/**
 * Missing, unknown and foreign URNs do no harm: Entra, OneLogin and others send them (checklist P-084, P-085, P-123).
 * A body that says it is of another resource type was sent to the wrong endpoint. By the letter (RFC 7643 §3) the base
 * schema is named.
 */
function checkSchemas(body: UnknownObject, resourceType: ResourceType): void {
  const own = resourceType.schema.id;
  const urns = Object.entries(body).flatMap(([name, value]) => (foldName(name) === 'schemas' ? readUrns(value) : []));
  if (urns.includes(foldName(own))) return;
  const other = urns.find((urn) => urn.startsWith(CORE_SCHEMA));
  if (other !== undefined) throw invalidSyntax(`This endpoint takes ${own}, not ${quote(other)}.`);
  if (!leniencyOf(resourceType).bodiesWithoutSchema) throw invalidSyntax(`schemas must name ${own}.`);
}

/** `externalId` is the one common attribute that a client writes. What is readOnly stays as the host gave it. */
const ownAttributes = ({ schema }: ResourceType): readonly Attribute[] => [
  ...commonAttributes.filter(isWritable),
  ...schema.attributes,
];

function toResource(sent: JsonObject, current: ResourceAttributes, resourceType: ResourceType): ResourceAttributes {
  let resource = toReplaced(ownAttributes(resourceType), sent, current, '');
  for (const { schema } of resourceType.extensions) {
    const values = toReplaced(
      schema.attributes,
      asObject(sent[schema.id]),
      asObject(current[schema.id]),
      `${schema.id}:`,
    );
    if (Object.keys(values).length > 0) resource = withMember(resource, schema.id, values);
  }
  checkRequired(resource, resourceType);
  return resource;
}

/** One level of a replacement: the resource itself, an extension, or a complex value with its sub-attributes. */
function toReplaced(
  attributes: readonly Attribute[],
  sent: JsonObject,
  current: JsonObject,
  prefix: string,
): JsonObject {
  return toObject(
    attributes.flatMap((attribute) => {
      const value = toReplacedValue(attribute, sent[attribute.name], current[attribute.name], prefix);
      return value === undefined ? [] : [[attribute.name, value] as const];
    }),
  );
}

function toReplacedValue(
  attribute: Attribute,
  sent: Json | undefined,
  current: Json | undefined,
  prefix: string,
): Json | undefined {
  if (attribute.mutability === 'readOnly') return current;
  const immutable = attribute.mutability === 'immutable';
  if (sent === undefined && (immutable || isKeptWhenOmitted(attribute))) return current;
  const label = `${prefix}${attribute.name}`;
  if (attribute.type === 'complex' && !attribute.multiValued && !immutable) {
    const parts = toReplaced(attribute.subAttributes ?? [], asObject(sent), asObject(current), `${label}.`);
    return toAssigned(parts);
  }
  const value = sent === undefined ? undefined : toAssigned(sent);
  if (immutable) checkUnchanged(label, current, value);
  return value;
}

/** A client that writes back what it read does not know of a value that it is never shown. */
const isKeptWhenOmitted = (attribute: Attribute): boolean =>
  rulesOf(attribute).keptWhenOmitted || attribute.returned === 'never';

const NOTHING = toObject([]);

const asObject = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : NOTHING);
