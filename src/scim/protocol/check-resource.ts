/** RFC 7643 §7: the characteristics `required` and `immutable`, checked on values that were read already. */
import { jsonEqual } from './json-equal.js';
import { isJsonObject } from './json-object.js';
import { findMissingPart, isWritable } from './read-value.js';
import type { Json, JsonObject, ResourceAttributes } from './resource.js';
import type { Attribute, ResourceType, Schema } from './schemas/schema.js';
import { invalidValue, mutability } from './scim-error.js';

/**
 * @throws ScimError 400 invalidValue where something required is missing: an attribute of the base schema, one of an
 * extension that has values, an extension that is required itself.
 */
export function checkRequired(attributes: ResourceAttributes, resourceType: ResourceType): void {
  const missing = findMissing(attributes, resourceType);
  if (missing !== undefined) throw invalidValue(missing);
}

/**
 * The same after a PATCH, but only of a resource that had everything before: one from before the host required an
 * attribute may be patched, deactivated above all, without it.
 */
export function checkStillRequired(
  before: ResourceAttributes,
  after: ResourceAttributes,
  resourceType: ResourceType,
): void {
  const missing = findMissing(after, resourceType);
  if (missing !== undefined && findMissing(before, resourceType) === undefined) throw invalidValue(missing);
}

/** What is missing, as an error says it. */
function findMissing(attributes: ResourceAttributes, { schema, extensions }: ResourceType): string | undefined {
  const own = findMissingIn(schema.attributes, attributes, '');
  if (own !== undefined) return own;
  for (const extension of extensions) {
    const { id, attributes: known } = extension.schema;
    const values = attributes[id];
    const missing = hasWritten(values, extension.schema)
      ? findMissingIn(known, values, `${id}:`)
      : extension.required
        ? `The extension ${id} is required.`
        : undefined;
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/** Whether a client gave an extension values: those that the host put there (readOnly) ask for no others. */
const hasWritten = (values: Json | undefined, { attributes }: Schema): values is JsonObject =>
  isJsonObject(values) && attributes.some((attribute) => isWritable(attribute) && values[attribute.name] !== undefined);

/** RFC 7644 §3.5.1: "If value(s) are already set for the attribute, the input value(s) MUST match". */
export function checkUnchanged(label: string, current: Json | undefined, value: Json | undefined): void {
  if (current !== undefined && (value === undefined || !jsonEqual(current, value))) {
    throw mutability(`${label} is immutable and already has a value.`);
  }
}

function findMissingIn(attributes: readonly Attribute[], values: JsonObject, prefix: string): string | undefined {
  for (const attribute of attributes) {
    const value = values[attribute.name];
    const label = `${prefix}${attribute.name}`;
    if (value === undefined) {
      if (attribute.required && isWritable(attribute)) return `${label} is required.`;
    } else if (!attribute.multiValued) {
      const missing = findMissingPart(attribute, value, label);
      if (missing !== undefined) return missing;
    }
  }
  return undefined;
}
