/** RFC 7644 §3.5.2.1 to §3.5.2.3: a resource after the operations of a PATCH. */
import type { AttributeReference } from './attribute-path.js';
import { checkStillRequired, checkUnchanged } from './check-resource.js';
import type { Filter } from './filter/filter.js';
import { isJsonArray, isJsonObject, toObject, withMember } from './json-object.js';
import { addValues, removeListed } from './multi-valued.js';
import { changeParts, clearParts } from './patch-parts.js';
import { changeValues, removeValues } from './patch-values.js';
import { outerLabelOf } from './patch-path.js';
import type { PatchOperation, RemoveOperation, SetOperation } from './read-patch.js';
import { toAssigned } from './read-value.js';
import type { Json, JsonObject, ResourceAttributes } from './resource.js';
import type { ResourceType } from './schemas/schema.js';
import { mutability, payloadTooLarge } from './scim-error.js';

/** Some seconds of work at most: one organization's PATCH must not hold up all the others. */
const MAX_STEPS = 500_000;

/**
 * A new resource; `current` stays as it is, so that an error leaves nothing half done.
 * @throws ScimError 400 mutability (an immutable value, another `id`), noTarget, invalidValue (something required is
 * missing); 413 for many operations on long lists
 */
export function applyPatch(
  current: ResourceAttributes,
  operations: readonly PatchOperation[],
  resourceType: ResourceType,
  resourceId: string,
): ResourceAttributes {
  let resource = toObject(Object.entries(current));
  let steps = 0;
  for (const operation of operations) {
    steps += countSteps(resource, operation);
    if (steps > MAX_STEPS) throw payloadTooLarge('This PATCH changes too long lists too often; split it into several.');
    resource = applyOperation(resource, operation, resourceId);
  }
  checkStillRequired(current, resource, resourceType);
  return resource;
}

/** How many values of a list an operation looks at, once for each comparison of its filter. */
function countSteps(resource: JsonObject, operation: PatchOperation): number {
  if (operation.type === 'expectId') return 0;
  const { target, where } = operation.path;
  const values = currentValue(resource, target);
  return isJsonArray(values) ? values.length * (1 + (where === undefined ? 0 : countComparisons(where))) : 0;
}

function countComparisons(filter: Filter): number {
  switch (filter.type) {
    case 'and':
    case 'or':
      return filter.terms.reduce((sum, term) => sum + countComparisons(term), 0);
    case 'not':
      return countComparisons(filter.term);
    case 'some':
      return countComparisons(filter.where);
    case 'present':
    case 'compare':
      return 1;
  }
}

function currentValue(resource: JsonObject, { schema, extension, attribute }: AttributeReference): Json | undefined {
  const holder = extension ? resource[schema.id] : resource;
  return isJsonObject(holder) ? holder[attribute.name] : undefined;
}

function applyOperation(resource: JsonObject, operation: PatchOperation, resourceId: string): JsonObject {
  switch (operation.type) {
    case 'expectId':
      if (operation.id === resourceId) return resource;
      throw mutability('id is readOnly, and the id in the value is not that of the resource.');
    case 'add':
    case 'replace':
      return changeAttribute(resource, operation.path.target, (value) => toChanged(value, operation));
    case 'remove':
      return changeAttribute(resource, operation.path.target, (value) => toRemoved(value, operation));
  }
}

/** The resource with the attribute changed where it stands; an extension without values is no longer there (P-142). */
function changeAttribute(
  resource: JsonObject,
  target: AttributeReference,
  change: (value: Json | undefined) => Json | undefined,
): JsonObject {
  const { schema, extension, attribute } = target;
  const holder = extension ? resource[schema.id] : resource;
  const before = currentValue(resource, target);
  const after = change(before);
  if (attribute.mutability === 'immutable') checkUnchanged(outerLabelOf(target), before, after);
  const changed = withMember(isJsonObject(holder) ? holder : toObject([]), attribute.name, after);
  if (!extension) return changed;
  return withMember(resource, schema.id, Object.keys(changed).length === 0 ? undefined : changed);
}

function toChanged(current: Json | undefined, operation: SetOperation): Json | undefined {
  const { path, value, type } = operation;
  const { attribute, subAttribute } = path.target;
  if (attribute.multiValued) {
    const values = isJsonArray(current) ? current : [];
    if (path.where !== undefined || subAttribute !== undefined) return toAssigned(changeValues(values, operation));
    if (type === 'replace') return toAssigned(value);
    return toAssigned(isJsonArray(value) ? addValues(attribute, values, value) : values);
  }
  if (attribute.type !== 'complex') return toAssigned(value);
  const label = outerLabelOf(path.target);
  if (subAttribute !== undefined) return changeParts(attribute, current, [[subAttribute.name, value]], label);
  // RFC 7644 §3.5.2.3: the sub-attributes that the value does not mention stay, for replace as for add.
  return isJsonObject(value)
    ? changeParts(attribute, current, Object.entries(value), label)
    : clearParts(attribute, current, label);
}

function toRemoved(current: Json | undefined, operation: RemoveOperation): Json | undefined {
  const { path, listed } = operation;
  const { attribute, subAttribute } = path.target;
  if (current === undefined) return undefined;
  if (isJsonArray(current)) {
    if (listed !== undefined) return toAssigned(removeListed(attribute, current, listed));
    return toAssigned(removeValues(current, path));
  }
  if (attribute.type !== 'complex') return undefined;
  const label = outerLabelOf(path.target);
  return subAttribute === undefined
    ? clearParts(attribute, current, label)
    : changeParts(attribute, current, [[subAttribute.name, null]], label);
}
