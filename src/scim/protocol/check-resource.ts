/** RFC 7643 §7: the characteristics `required` and `immutable`, checked on values that were read already. */
import { jsonEqual } from './json-equal.js';
import { isJsonObject } from './json-object.js';
import { checkRequiredParts, isWritable } from './read-value.js';
import type { Json, JsonObject, ResourceAttributes } from './resource.js';
import type { Attribute, ResourceType } from './schemas/schema.js';
import { invalidValue, mutability } from './scim-error.js';

/**
 * @throws ScimError 400 invalidValue where something required is missing: an attribute of the base schema, one of an
 * extension that has values, an extension that is required itself.
 */
export function checkRequired(attributes: ResourceAttributes, { schema, extensions }: ResourceType): void {
  checkAttributes(schema.attributes, attributes, '');
  for (const extension of extensions) {
    const values = attributes[extension.schema.id];
    if (isJsonObject(values)) checkAttributes(extension.schema.attributes, values, `${extension.schema.id}:`);
    else if (extension.required) throw invalidValue(`The extension ${extension.schema.id} is required.`);
  }
}

/** RFC 7644 §3.5.1: "If value(s) are already set for the attribute, the input value(s) MUST match". */
export function checkUnchanged(label: string, current: Json | undefined, value: Json | undefined): void {
  if (current !== undefined && (value === undefined || !jsonEqual(current, value))) {
    throw mutability(`${label} is immutable and already has a value.`);
  }
}

function checkAttributes(attributes: readonly Attribute[], values: JsonObject, prefix: string): void {
  for (const attribute of attributes) {
    const value = values[attribute.name];
    const label = `${prefix}${attribute.name}`;
    if (attribute.required && isWritable(attribute) && value === undefined) throw invalidValue(`${label} is required.`);
    if (value !== undefined && !attribute.multiValued) checkRequiredParts(attribute, value, label);
  }
}
