import { invalidFilter, invalidSyntax, invalidValue } from '../protocol/scim-error.js';

/** Query parameters that RFC 7644 §3.4.2 and §3.9 and RFC 9865 §2 name; others are ignored. */
const SINGLE = [
  'filter',
  'sortBy',
  'sortOrder',
  'startIndex',
  'count',
  'cursor',
  'attributes',
  'excludedAttributes',
] as const;

export type ScimParameters = Readonly<Partial<Record<(typeof SINGLE)[number], string>>>;

/** @throws ScimError 400 where a parameter is given twice: which one counts is anybody's guess. */
export function readParameters(query: URLSearchParams): ScimParameters {
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
 * For a request whose query is its body (RFC 7644 §3.4.3). Parameters in the URL would be ignored, and a client that put its
 * filter there would get everybody.
 * @throws ScimError 400 invalidSyntax
 */
export function refuseParameters(query: URLSearchParams): void {
  const [misplaced] = Object.keys(readParameters(query));
  if (misplaced) throw invalidSyntax(`The parameters of a search stand in its body, "${misplaced}" too.`);
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
