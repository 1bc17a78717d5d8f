/** RFC 7644 §3.4.2.1: what a filter over several resource types says of one of them. */
import { hasAttribute } from '../attribute-path.js';
import type { ResourceType } from '../schemas/schema.js';
import type { Filter } from './filter.js';
import { parseFilterOver } from './parse-filter.js';

/**
 * The filter as it is about resources of `resourceType`: an attribute that only `others` have has no value in them. A
 * boolean where that settles it for all of them, so that nothing need be read.
 * @throws ScimError 400 invalidFilter
 */
export const readFilterOfType = (
  text: string,
  resourceType: ResourceType,
  others: readonly ResourceType[],
): Filter | boolean => withoutStrangers(parseFilterOver(text, [resourceType, ...others]), resourceType);

const withoutStrangers = (filter: Filter, resourceType: ResourceType): Filter | boolean => {
  switch (filter.type) {
    case 'and':
    case 'or':
      return join(
        filter.type,
        filter.terms.map((term) => withoutStrangers(term, resourceType)),
      );
    case 'not': {
      const term = withoutStrangers(filter.term, resourceType);
      return typeof term === 'boolean' ? !term : { type: 'not', term };
    }
    case 'compare':
      // What has no value is different from every value (checklist P-214), and compares in no other way.
      return hasAttribute(resourceType, filter.target) ? filter : filter.operator === 'ne';
    case 'present':
    case 'some':
      return hasAttribute(resourceType, filter.target) && filter;
  }
};

const join = (type: 'and' | 'or', terms: readonly (Filter | boolean)[]): Filter | boolean => {
  const settling = type === 'or';
  if (terms.includes(settling)) return settling;
  const open = terms.flatMap((term) => (typeof term === 'boolean' ? [] : [term]));
  const [only] = open;
  if (only === undefined) return !settling;
  return open.length === 1 ? only : { type, terms: open };
};
