/** RFC 7643 §2.3: one value of a simple attribute, from what a client sent. */
import { foldName } from './attribute-path.js';
import { rulesOf } from './attribute-rules.js';
import { isAscii, toComparable } from './comparable.js';
import { isObject } from './json-object.js';
import type { Leniency } from './leniency.js';
import { quote } from './quote.js';
import type { Json } from './resource.js';
import type { Attribute } from './schemas/schema.js';
import { invalidValue } from './scim-error.js';

/**
 * The value, unchanged but for booleans sent as text; null where it is unassigned.
 * @param label how the error message calls the attribute
 * @throws ScimError 400 invalidValue
 */
export function readSimple(attribute: Attribute, input: unknown, label: string, leniency: Leniency): Json {
  const value = entraWrappedValue(input);
  if (isUnassigned(value) || (attribute.required && isBlank(value))) return null;
  switch (attribute.type) {
    case 'boolean':
      return readBoolean(value, label, leniency);
    case 'integer':
    case 'decimal':
      return readNumber(attribute, value, label);
    case 'string':
    case 'reference':
      return readText(attribute, value, label);
    case 'binary':
      return readBinary(attribute, value, label);
    case 'dateTime':
      return readDateTime(attribute, value, label);
    case 'complex':
      throw invalidValue(`${label} is complex and has no value of its own.`);
  }
}

/** RFC 7643 §2.5: null and an empty array are "unassigned". Okta sends "" for empty profile fields (checklist P-080). */
export const isUnassigned = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** What the client sent, for an error message. */
export function describe(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? `the text ${quote(value)}` : `the ${typeof value} ${JSON.stringify(value)}`;
}

/** Older Entra jobs send `{"$ref":null,"value":"x"}` for simple attributes (idp-traffic.md §1.5). */
function entraWrappedValue(input: unknown): unknown {
  if (!isObject(input)) return input;
  const members = Object.entries(input).map(([key, value]) => [foldName(key), value] as const);
  const wrapped = members.find(([name]) => name === 'value');
  return wrapped !== undefined && members.every(([name]) => name === 'value' || name === '$ref') ? wrapped[1] : input;
}

const isBlank = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** "True" and "False" come from Entra, "true" from Keycloak's client (checklist P-087). */
function readBoolean(value: unknown, label: string, { textForBooleans }: Leniency): boolean {
  const boolean = textForBooleans && typeof value === 'string' ? BOOLEANS.get(foldName(value)) : value;
  if (typeof boolean !== 'boolean') throw invalidValue(`${label} must be true or false, not ${describe(value)}.`);
  return boolean;
}

function readNumber(attribute: Attribute, value: unknown, label: string): number {
  if (
    typeof value === 'number' &&
    (attribute.type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value))
  ) {
    return value;
  }
  const wanted = attribute.type === 'integer' ? 'a whole number' : 'a number';
  throw invalidValue(`${label} must be ${wanted}, not ${describe(value)}.`);
}

// Controls other than tab, line feed and carriage return (the second range, DEL to U+009F, is harmless), and halves of
// surrogate pairs: PostgreSQL stores neither NUL nor these, and would make all of them one and the same character.
const FORBIDDEN = /(?![\t\n\r\u007f-\u009f])\p{Cc}|\p{Cs}/u;

function readText(attribute: Attribute, value: unknown, label: string): string {
  if (typeof value !== 'string') throw invalidValue(`${label} must be a text, not ${describe(value)}.`);
  const { maxLength, maxBytes } = rulesOf(attribute);
  if (value.length > maxLength) {
    throw invalidValue(`${label} has ${value.length} characters; at most ${maxLength} are allowed.`);
  }
  if (FORBIDDEN.test(value)) throw invalidValue(`${label} holds control characters or broken Unicode.`);
  if (maxBytes !== Infinity && lengthInBytes(attribute, value) > maxBytes) {
    throw invalidValue(`${label} is longer than ${maxBytes} bytes.`);
  }
  return value;
}

/** Folding can make a text longer, and both forms are stored. */
const lengthInBytes = (attribute: Attribute, value: string): number =>
  isAscii(value)
    ? value.length
    : Math.max(...[value, String(toComparable(attribute, value))].map((text) => new TextEncoder().encode(text).length));

// White space is in one of the two only, so that nothing backtracks.
const BASE64 = /^[A-Za-z0-9+/_\s-]*(?:=\s*){0,2}$/;

function readBinary(attribute: Attribute, value: unknown, label: string): string {
  const text = readText(attribute, value, label);
  if (!BASE64.test(text)) throw invalidValue(`${label} must be base64.`);
  return text;
}

function readDateTime(attribute: Attribute, value: unknown, label: string): string {
  const text = readText(attribute, value, label);
  if (toComparable(attribute, text) === undefined) {
    throw invalidValue(`${label} must be a dateTime such as "2026-01-31T12:00:00Z", not ${describe(value)}.`);
  }
  return text;
}
