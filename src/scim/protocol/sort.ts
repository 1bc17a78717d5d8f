/** RFC 7644 §3.4.2.3: by which attribute a list is sorted. */
import { type AttributeReference, findAttribute, findSubAttribute } from './attribute-path.js';
import type { ResourceType } from './schemas/schema.js';
import { invalidPath, invalidValue } from './scim-error.js';

export interface Sort {
  /** A simple attribute or sub-attribute. Of several values the primary one counts, else the first. */
  readonly target: AttributeReference;
  readonly descending: boolean;
}

/**
 * Undefined without `sortBy`. An empty parameter is an absent one; `sortOrder` is ascending unless it says otherwise.
 * @throws ScimError 400 invalidPath where the attribute is unknown or complex; invalidValue for another order.
 */
export function readSort(
  { sortBy, sortOrder }: { readonly sortBy?: string | undefined; readonly sortOrder?: string | undefined },
  resourceType: ResourceType,
): Sort | undefined {
  const order = (sortOrder ?? '').trim().toLowerCase();
  if (!['', 'ascending', 'descending'].includes(order))
    throw invalidValue('"sortOrder" is "ascending" or "descending".');
  const name = (sortBy ?? '').trim();
  if (name === '') return undefined;
  const target = toSimple(findAttribute(resourceType, name));
  if (!target) throw invalidPath('"sortBy" names a simple attribute or sub-attribute of the resource type.');
  return { target, descending: order === 'descending' };
}

/** `emails` means `emails.value`, as in filters. What is never returned cannot be sorted by either. */
function toSimple(reference: AttributeReference | undefined): AttributeReference | undefined {
  if (!reference || reference.attribute.returned === 'never') return undefined;
  const { attribute, subAttribute } = reference;
  if (attribute.type !== 'complex' || subAttribute) return reference;
  const value = findSubAttribute(attribute, 'value');
  return value ? { ...reference, subAttribute: value } : undefined;
}
