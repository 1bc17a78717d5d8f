import { fold, toComparable } from '../protocol/comparable.js';
import { schemasOf } from '../protocol/resource-schemas.js';
import type { Json, JsonObject, ResourceAttributes } from '../protocol/resource.js';
import type { Attribute, ResourceType } from '../protocol/schemas/schema.js';

/**
 * A resource as filters compare it: strings folded where `caseExact` is false, instants in UTC, under the same names.
 * The database never folds, so that it agrees with the module about which two names are equal.
 */
export function toSearchDocument(attributes: ResourceAttributes, resourceType: ResourceType): JsonObject {
  const document: Record<string, Json> = comparableObject(attributes, resourceType.schema.attributes);
  for (const { schema } of resourceType.extensions) {
    const extension = attributes[schema.id];
    if (isObject(extension)) document[schema.id] = comparableObject(extension, schema.attributes);
  }
  document['schemas'] = schemasOf(attributes, resourceType).map(fold);
  return document;
}

/** `emails.value` as compared, for the index that look-ups by e-mail use. */
export function emailKeys(search: JsonObject): string[] {
  const emails = search['emails'];
  if (!Array.isArray(emails)) return [];
  return emails.flatMap((email: Json) =>
    isObject(email) && typeof email['value'] === 'string' ? [email['value']] : [],
  );
}

function comparableObject(values: JsonObject, attributes: readonly Attribute[]): Record<string, Json> {
  const result: Record<string, Json> = {};
  for (const attribute of attributes) {
    const value = comparable(attribute, values[attribute.name]);
    if (value !== undefined) result[attribute.name] = value;
  }
  return result;
}

function comparable(attribute: Attribute, value: Json | undefined): Json | undefined {
  if (value === undefined) return undefined;
  if (attribute.multiValued) {
    return Array.isArray(value) ? value.flatMap((element: Json) => comparableOne(attribute, element) ?? []) : undefined;
  }
  return comparableOne(attribute, value);
}

function comparableOne(attribute: Attribute, value: Json): Json | undefined {
  if (attribute.type !== 'complex') return toComparable(attribute, value);
  return isObject(value) ? comparableObject(value, attribute.subAttributes ?? []) : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
