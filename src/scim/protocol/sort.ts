/** RFC 7644 §3.4.2.3: by which attribute a list is sorted. */
import { type AttributeReference, findAttributeIn, findSubAttribute } from './attribute-path.js';
import type { ResourceType } from './schemas/schema.js';
import { invalidPath, invalidValue } from './scim-error.js';

export interface Sort {
  /** A simple attribute or sub-attribute. Of several values the primary one counts, else the first. */
  readonly target: AttributeReference;
  readonly descending: boolean;
}

/**
 * What `sortBy` names in the first of the resource types that has such an attribute. Undefined without `sortBy`. An empty parameter is an absent one; `sortOrder` is ascending unless it says otherwise.
 * @throws ScimError 400 invalidPath where the attribute is unknown or complex; invalidValue for another order.
 */
export function readSort(
  { sortBy, sortOrder }: { readonly sortBy?: string | undefined; readonly sortOrder?: string | undefined },
  ...resourceTypes: readonly ResourceType[]
): Sort | undefined {
  const order = (sortOrder ?? '').trim().toLowerCase();
  if (!['', 'ascending', 'descending'].includes(order))
    throw invalidValue('"sortOrder" is "ascending" or "descending".');
  const name = (sortBy ?? '').trim();
  if (name === '') return undefined;
  const target = findAttributeIn(resourceTypes, name, toSimple);
  if (!target) throw invalidPath('"sortBy" names a simple attribute or sub-attribute of the resource type.');
  return { target, descending: order === 'descending' };
}

/** `emails` means `emails.value`, as in filters. What is never returned cannot be sorted by either. */
function toSimple(reference: AttributeReference): AttributeReference | undefined {
  const { attribute } = reference;
  const subAttribute = reference.subAttribute ?? findSubAttribute(attribute, 'value');
  if (attribute.returned === 'never' || subAttribute?.returned === 'never') return undefined;
  if (attribute.type !== 'complex' || reference.subAttribute) return reference;
  return subAttribute ? { ...reference, subAttribute } : undefined;
}
