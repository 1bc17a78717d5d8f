/** RFC 7643 §2.3.8: a complex value with some of its sub-attributes changed. */
import { checkUnchanged } from './check-resource.js';
import { isJsonObject, toObject } from './json-object.js';
import { toAssigned } from './read-value.js';
import type { Json, JsonObject } from './resource.js';
import type { Attribute } from './schemas/schema.js';

/**
 * The value with these parts; a part that is null goes. Undefined where nothing is left.
 * @throws ScimError 400 mutability where an immutable part would change (checklist P-146)
 */
export function changeParts(
  attribute: Attribute,
  current: Json | undefined,
  parts: readonly (readonly [string, Json])[],
  label: string,
): JsonObject | undefined {
  const changed = new Map(isJsonObject(current) ? Object.entries(current) : []);
  for (const [name, value] of parts) {
    const assigned = toAssigned(value);
    if (isImmutable(attribute, name)) checkUnchanged(`${label}.${name}`, changed.get(name), assigned);
    if (assigned === undefined) changed.delete(name);
    else changed.set(name, assigned);
  }
  return changed.size === 0 ? undefined : toObject(changed);
}

/** Nothing, unless a part is immutable. */
export function clearParts(attribute: Attribute, current: Json | undefined, label: string): JsonObject | undefined {
  const names = isJsonObject(current) ? Object.keys(current) : [];
  return changeParts(
    attribute,
    current,
    names.map((name) => [name, null]),
    label,
  );
}

const isImmutable = (attribute: Attribute, name: string): boolean =>
  attribute.subAttributes?.some((each) => each.name === name && each.mutability === 'immutable') ?? false;
