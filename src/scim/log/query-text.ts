import { literalsOf, MASK, maskFilter } from './mask-filter.js';
import type { PersonKeys } from './person-keys.js';
import { cut, REMOVED, type SecretNames, withoutTokens } from './secrets.js';

const LONGEST = 2000;
/** Parameters that say what is asked for, and nothing of anybody. */
const OPEN = /^(startIndex|count|cursor|sortBy|sortOrder|attributes|excludedAttributes)$/i;

/** The query of a URL as it is kept: without passwords and tokens; notes whom it is about. */
export function redactQuery(query: string, secrets: SecretNames, people: PersonKeys): string {
  const parts = [...new URLSearchParams(query)].map(([name, value]) => {
    if (secrets.has(name)) return write(name, REMOVED);
    if (secrets.isNamedIn(value)) return write(name, maskFilter(value));
    const noted = literalsOf(value).map((literal) => people.noteCompared(withoutTokens(literal)));
    // What no erasure would find is not kept.
    return write(name, noted.every(Boolean) ? value : maskFilter(value));
  });
  return cut(parts.join('&'), LONGEST);
}

/** A kept query for people to read: what a filter compares with is hidden, and what nobody knows the meaning of. */
export const maskQuery = (query: string): string =>
  read(query)
    .map(([name, value]) => {
      const label = /^[\w$.-]{1,50}$/.test(name) ? name : MASK;
      if (value === '' || value === REMOVED || OPEN.test(name)) return join(label, value);
      return join(label, /^filter$/i.test(name) ? maskFilter(value) : MASK);
    })
    .join('&');

/** The same with nothing hidden. */
export const showQuery = (query: string): string =>
  read(query)
    .map(([name, value]) => join(name, value))
    .join('&');

/** Only what would be taken for a separator is escaped. */
const write = (name: string, value: string): string =>
  join(escape(withoutTokens(name)).replaceAll('=', '%3D'), escape(withoutTokens(value)));
const escape = (text: string): string => text.replaceAll('%', '%25').replaceAll('&', '%26');
const unescape = (text: string): string => text.replaceAll('%3D', '=').replaceAll('%26', '&').replaceAll('%25', '%');

const read = (query: string): readonly (readonly [string, string])[] =>
  query.split('&').map((part) => {
    const [name = '', ...value] = part.split('=');
    return [unescape(name), unescape(value.join('='))];
  });

/** A parameter without a value is a flag. */
const join = (name: string, value: string): string => (value === '' ? name : `${name}=${value}`);
