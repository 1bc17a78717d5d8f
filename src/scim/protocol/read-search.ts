/** RFC 7644 §3.4.3: a query as the body of a POST, read as the parameters of the GET that means the same. */
import { isObject, readMembers } from './json-object.js';
import { invalidFilter, invalidSyntax, invalidValue } from './scim-error.js';

const SEARCH_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

const TEXTS = ['filter', 'sortBy', 'sortOrder', 'cursor'] as const;
const NUMBERS = ['startIndex', 'count'] as const;
const LISTS = ['attributes', 'excludedAttributes'] as const;

/** As text, so that one reader serves both. */
export type SearchParameters = Readonly<
  Partial<Record<(typeof TEXTS)[number] | (typeof NUMBERS)[number] | (typeof LISTS)[number], string>>
>;

/**
 * Members in any case; unknown ones are ignored, null is "not there". `schemas` may be missing, but not name another
 * message. A list of attributes may also be a text with commas, as in a GET, and a number a text with digits.
 * @throws ScimError 400 invalidSyntax where the body is no search request; invalidFilter, invalidValue where a member is
 *   not of its type.
 */
export function readSearch(body: unknown): SearchParameters {
  if (!isObject(body)) throw invalidSyntax('A search request is a JSON object.');
  const members = readMembers(body, ['schemas', ...TEXTS, ...NUMBERS, ...LISTS]);
  checkSchemas(members.get('schemas'));
  const parameters: Partial<Record<keyof SearchParameters, string>> = {};
  const read = <Name extends keyof SearchParameters>(names: readonly Name[], toText: Reader<Name>): void => {
    for (const name of names) {
      const value = members.get(name);
      if (value !== undefined && value !== null) parameters[name] = toText(name, value);
    }
  };
  read(TEXTS, readText);
  read(NUMBERS, readNumber);
  read(LISTS, readNames);
  return parameters;
}

type Reader<Name> = (name: Name, value: unknown) => string;

function checkSchemas(schemas: unknown): void {
  if (schemas === undefined || schemas === null) return;
  const named: readonly unknown[] = Array.isArray(schemas) ? schemas : [schemas];
  const isSearch = named.some((urn) => typeof urn === 'string' && urn.toLowerCase() === SEARCH_REQUEST.toLowerCase());
  if (!isSearch) throw invalidSyntax(`"schemas" of a search request is ["${SEARCH_REQUEST}"].`);
}

const readText: Reader<(typeof TEXTS)[number]> = (name, value) => {
  if (typeof value === 'string') return value;
  const detail = `"${name}" is a text.`;
  throw name === 'filter' ? invalidFilter(detail) : invalidValue(detail);
};

/** Whether the text is a whole number is for the reader of the parameters to say. */
const readNumber: Reader<(typeof NUMBERS)[number]> = (name, value) => {
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  throw invalidValue(`"${name}" is a whole number.`);
};

const readNames: Reader<(typeof LISTS)[number]> = (name, value) => {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(',');
  throw invalidValue(`"${name}" is a list of attribute names.`);
};
