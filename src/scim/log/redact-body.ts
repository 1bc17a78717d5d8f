import type { Json, JsonObject } from '../protocol/resource.js';
import { isObject, toObject, type UnknownObject } from '../protocol/json-object.js';
import { literalsOf } from './mask-filter.js';
import type { PersonKeys } from './person-keys.js';
import { beginningOf, REMOVED, type SecretNames, withoutTokens } from './secrets.js';

const LONGEST_TEXT = 500;
/** Of a filter: a name that begins in the part that is kept ends here. */
const LONGEST_FILTER = 2 * LONGEST_TEXT;
/** Texts that may have a name and its value in them. */
const HOLDER = /[[{("=]|\s(eq|ne|co|sw|ew|gt|ge|lt|le)\s/i;
/** Written where a list or an object was cut. */
const MORE = '…';

/** What redaction knows and how much it may still write: the work is that of the bound, not that of the body. */
interface Redaction {
  readonly secrets: SecretNames;
  readonly people: PersonKeys;
  left: number;
}

/** The body as it is kept: its structure, without passwords and tokens, cut to about `most` characters; notes whom it is about. */
export function redactBody(body: unknown, most: number, secrets: SecretNames, people: PersonKeys): string {
  return JSON.stringify(redact(body, '', { secrets, people, left: most }));
}

/** @param name of the attribute whose value it is. */
function redact(value: unknown, name: string, redaction: Redaction): Json {
  if (typeof value === 'string') return redactText(value, name, redaction);
  redaction.left -= 5;
  if (Array.isArray(value)) return redactList(value, name, redaction);
  if (isObject(value)) return redactObject(value, redaction);
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function redactText(text: string, name: string, redaction: Redaction): Json {
  const { secrets, people } = redaction;
  redaction.left -= Math.min(text.length, LONGEST_TEXT) + 3;
  // A secret may hide in JSON that is itself a text, as Entra ID sends roles, in a filter, and in that of a path.
  if (HOLDER.test(text) && secrets.isNamedIn(text)) return REMOVED;
  const compared = /^filter$/i.test(name) ? literalsOf(text.slice(0, LONGEST_FILTER)) : [];
  const clean = beginningOf(text, LONGEST_TEXT);
  const noted = [people.note(clean, name), ...compared.map((literal) => people.noteCompared(withoutTokens(literal)))];
  if (noted.every(Boolean)) return clean;
  // An erasure would not find it: nothing more is kept.
  if (people.isFull) redaction.left = 0;
  return MORE;
}

function redactList(list: readonly unknown[], name: string, redaction: Redaction): Json {
  const kept: Json[] = [];
  for (const element of list) {
    if (redaction.left <= 0) return [...kept, MORE];
    kept.push(redact(element, name, redaction));
  }
  return kept;
}

function redactObject(object: UnknownObject, redaction: Redaction): JsonObject {
  const entries: [string, Json][] = [];
  const target = targetOf(object);
  const hidesValue = isOfSecret(object, redaction.secrets);
  for (const [key, value] of Object.entries(object)) {
    if (redaction.left <= 0) return toObject([...entries, [MORE, MORE]]);
    const isValue = /^value$/i.test(key);
    redaction.left -= key.length + 4;
    if (redaction.secrets.has(key) || (isValue && hidesValue)) entries.push([keptName(key), REMOVED]);
    else entries.push([keptName(key), redact(value, isValue && target ? target : lastName(key), redaction)]);
  }
  return toObject(entries);
}

/** Whether the `value` of an object is a secret, because another member says what it is a value of. */
const isOfSecret = (object: UnknownObject, secrets: SecretNames): boolean =>
  Object.keys(object).some((key) => /^value$/i.test(key)) &&
  Object.entries(object).some(
    ([key, member]) => !/^value$/i.test(key) && typeof member === 'string' && secrets.isNamedIn(member),
  );

const keptName = (key: string): string => beginningOf(key, LONGEST_TEXT);

/** What the `value` of a PATCH operation is a value of. */
function targetOf(object: UnknownObject): string | undefined {
  const [, path] = Object.entries(object).find(([key]) => /^path$/i.test(key)) ?? [];
  return typeof path === 'string' ? lastName(path) : undefined;
}

/** `givenName` of `name.givenName`, `department` of `urn:…:User:department`, `value` of `emails[type eq "work"].value`. */
export const lastName = (path: string): string =>
  /([\w$-]*)(\[[^\]]*\])?\s*$/.exec(path.slice(-LONGEST_TEXT))?.[1] ?? '';
