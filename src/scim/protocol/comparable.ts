/** RFC 7643 §2.2 and RFC 7644 §3.4.2.2: values in the form in which they are compared. */
import { toInstant } from './date-time.js';
import type { Json } from './resource.js';
import type { Attribute } from './schemas/schema.js';

/**
 * Text without regard to case and to Unicode normal form: as user names and e-mail addresses are compared, and kept in
 * `ProvisionedIdentity.userNameKey` and `emailKeys`. Lower-casing can break NFC, hence twice. A sigma is written
 * ς at the end of a word and σ elsewhere; as one letter, a part of a word is found in the whole.
 */
export const fold = (text: string): string =>
  isAscii(text) ? text.toLowerCase() : text.normalize('NFC').toLowerCase().replaceAll('ς', 'σ').normalize('NFC');

/** Most names and values are: what Unicode asks for is skipped for them. */
export const isAscii = (text: string): boolean => ASCII.test(text);

const ASCII = /^[\0-\x7f]*$/;

/**
 * A simple value as it is compared: text folded unless the attribute is caseExact, a dateTime as UTC
 * `YYYY-MM-DDTHH:mm:ss.sssZ`. Undefined where the value is not of the attribute's type, or the attribute is complex.
 */
export const toComparable = (attribute: Attribute, value: Json): string | number | boolean | undefined => {
  switch (attribute.type) {
    case 'string':
    case 'reference':
    case 'binary':
      if (typeof value !== 'string') return undefined;
      return attribute.caseExact ? value : fold(value);
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'decimal':
    case 'integer':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    case 'dateTime':
      return typeof value === 'string' ? toInstant(value) : undefined;
    case 'complex':
      return undefined;
  }
};

/**
 * Order by code point, as PostgreSQL's `COLLATE "C"` orders UTF-8: negative, zero or positive.
 * JavaScript's own `<` orders UTF-16 units, which puts U+10000 and above before U+E000.
 */
export const compareText = (left: string, right: string): number => {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const difference = toRank(left.charCodeAt(index)) - toRank(right.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
};

/** Surrogates go above the rest of the basic plane, because they stand for code points above it. */
const toRank = (unit: number): number => {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
};
