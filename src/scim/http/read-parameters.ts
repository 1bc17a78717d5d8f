import { invalidFilter, invalidValue, notImplemented } from '../protocol/scim-error.js';

/** Query parameters that RFC 7644 §3.4.2 and §3.9 name; others are ignored. */
const SINGLE = ['filter', 'sortBy', 'sortOrder', 'startIndex', 'count', 'attributes', 'excludedAttributes'] as const;

export type ScimParameters = Readonly<Partial<Record<(typeof SINGLE)[number], string>>>;

/**
 * @throws ScimError 400 where a parameter is given twice: which one counts is anybody's guess; 501 for cursors, which
 *   change what a page means and are not there yet.
 */
export function readParameters(query: URLSearchParams): ScimParameters {
  if (query.has('cursor')) throw notImplemented('The parameter "cursor" is not supported.');
  refuseMisspeltFilter(query);
  const parameters: Partial<Record<(typeof SINGLE)[number], string>> = {};
  for (const name of SINGLE) {
    const [value, ...more] = query.getAll(name);
    if (more.length > 0) {
      const detail = `The parameter "${name}" stands more than once.`;
      throw name === 'filter' ? invalidFilter(detail) : invalidValue(detail);
    }
    if (value !== undefined) parameters[name] = value;
  }
  return parameters;
}

/**
 * `Filter=` and `filter[]=` are meant as a filter: ignored like other unknown parameters, they would answer with everybody,
 * and the IdP would take the first for the one it asked for (checklist P-235).
 */
function refuseMisspeltFilter(query: URLSearchParams): void {
  for (const name of query.keys()) {
    if (name !== 'filter' && /^filter($|\[)/i.test(name.trim()))
      throw invalidFilter('The parameter is spelt "filter".');
  }
}
