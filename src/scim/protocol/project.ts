/** RFC 7644 §3.9 and RFC 7643 §7 (`returned`): which attributes of a resource an answer holds. */
import { findAttribute, findExtension, foldName, type AttributeReference } from './attribute-path.js';
import { isJsonArray, isJsonObject } from './json-object.js';
import type { Json, JsonObject } from './resource.js';
import type { Attribute, ResourceType, Schema } from './schemas/schema.js';
import { invalidValue } from './scim-error.js';

/** What the query parameters `attributes` and `excludedAttributes` ask for. */
export interface Projection {
  readonly type: 'default' | 'only' | 'except';
  /** By attribute: all of it, or the named sub-attributes. Keys are those of `keyOf`. */
  readonly selected: ReadonlyMap<string, Selection>;
}

type Selection = 'all' | ReadonlySet<string>;

/**
 * Names that no schema knows are ignored; an empty parameter is an absent one.
 * @throws ScimError 400 invalidValue where both parameters name something: they exclude each other (RFC 7644 §3.9).
 */
export const readProjection = (
  query: { readonly attributes?: string | undefined; readonly excludedAttributes?: string | undefined },
  resourceType: ResourceType,
): Projection => {
  const only = readNames(query.attributes);
  const except = readNames(query.excludedAttributes);
  if (only.length > 0 && except.length > 0) {
    throw invalidValue('"attributes" and "excludedAttributes" are mutually exclusive; send one of them.');
  }
  if (only.length > 0) return { type: 'only', selected: select(only, resourceType) };
  return { type: except.length > 0 ? 'except' : 'default', selected: select(except, resourceType) };
};

/** Whether any of an attribute is in the answer; what is not need not be read from the database either. */
export const isProjected = (projection: Projection, { schema, extension, attribute }: AttributeReference): boolean =>
  keepsAttribute(projection, attribute, keyOf(extension ? schema : undefined, attribute));

/**
 * The part of a rendered resource that the answer holds. `resource` is complete, with `schemas`, `id` and `meta`;
 * it is not changed. Keys that no schema knows are left out.
 */
export const project = (resource: JsonObject, projection: Projection, resourceType: ResourceType): JsonObject =>
  Object.fromEntries(
    Object.entries(resource).flatMap(([key, value]) => {
      const kept = projectKey(key, value, projection, resourceType);
      return kept === undefined ? [] : [[key, kept] as const];
    }),
  );

const projectKey = (key: string, value: Json, projection: Projection, resourceType: ResourceType): Json | undefined => {
  const extension = findExtension(resourceType, key);
  if (extension !== undefined) return projectExtension(extension, value, projection);
  const reference = findAttribute(resourceType, key);
  if (reference === undefined || reference.extension) return undefined;
  return projectAttribute(reference.attribute, undefined, value, projection);
};

const projectExtension = (schema: Schema, value: Json, projection: Projection): Json | undefined => {
  if (!isJsonObject(value)) return undefined;
  const kept = schema.attributes.flatMap((attribute) => {
    const inner = Object.hasOwn(value, attribute.name) ? value[attribute.name] : undefined;
    const projected = inner === undefined ? undefined : projectAttribute(attribute, schema, inner, projection);
    return projected === undefined ? [] : [[attribute.name, projected] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
};

const projectAttribute = (
  attribute: Attribute,
  extension: Schema | undefined,
  value: Json,
  projection: Projection,
): Json | undefined => {
  const key = keyOf(extension, attribute);
  if (!keepsAttribute(projection, attribute, key)) return undefined;
  const dropped = droppedSubAttributes(attribute, projection, key);
  return dropped.length === 0 ? value : withoutKeys(value, dropped);
};

const keepsAttribute = ({ type, selected }: Projection, attribute: Attribute, key: string): boolean => {
  const selection = selected.get(key);
  switch (attribute.returned) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'request':
      return type === 'only' && selection !== undefined;
    case 'default':
      return type === 'only' ? selection !== undefined : selection !== 'all';
  }
};

const droppedSubAttributes = (attribute: Attribute, { type, selected }: Projection, key: string): readonly string[] => {
  const selection = selected.get(key);
  const named = selection === undefined || selection === 'all' ? undefined : selection;
  const dropped = (attribute.subAttributes ?? []).filter(({ name, returned }) => {
    if (returned === 'always' || returned === 'never') return returned === 'never';
    if (type === 'only' && named !== undefined && attribute.returned !== 'always') return !named.has(name);
    return returned === 'request' || (type === 'except' && named?.has(name) === true);
  });
  return dropped.map(({ name }) => name);
};

/** Undefined where nothing remains: an empty object or array is an unassigned attribute (RFC 7643 §2.5). */
const withoutKeys = (value: Json, dropped: readonly string[]): Json | undefined => {
  if (isJsonArray(value)) {
    const kept = value.flatMap((element) => withoutKeys(element, dropped) ?? []);
    return kept.length === 0 ? undefined : kept;
  }
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !dropped.includes(name));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
};

const readNames = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const select = (names: readonly string[], resourceType: ResourceType): ReadonlyMap<string, Selection> => {
  const selected = new Map<string, Selection>();
  for (const { schema, extension, attribute, subAttribute } of names.flatMap((name) => resolve(name, resourceType))) {
    const key = keyOf(extension ? schema : undefined, attribute);
    const before = selected.get(key);
    if (subAttribute === undefined || before === 'all') selected.set(key, 'all');
    else selected.set(key, new Set([...(before ?? []), subAttribute.name]));
  }
  return selected;
};

/** A URN alone stands for all attributes of its schema. */
const resolve = (name: string, resourceType: ResourceType): readonly AttributeReference[] => {
  const base = foldName(name) === foldName(resourceType.schema.id) ? resourceType.schema : undefined;
  const schema = base ?? findExtension(resourceType, name);
  if (schema !== undefined) {
    return schema.attributes.map((attribute) => ({ schema, extension: base === undefined, attribute }));
  }
  const reference = findAttribute(resourceType, name);
  return reference === undefined ? [] : [reference];
};

const keyOf = (extension: Schema | undefined, attribute: Attribute): string =>
  extension === undefined ? attribute.name : `${extension.id}:${attribute.name}`;
