/** RFC 7644 §3.4.2.2 figure 1: a filter's text as tokens, in one pass. */
import { quote } from '../quote.js';
import { invalidFilter } from '../scim-error.js';

/** `offset` is the 0-based position of the token's first character. */
export type Token =
  | { readonly type: '(' | ')' | '[' | ']' | '.' | 'end'; readonly text: string; readonly offset: number }
  /** A name or a keyword; a name may be qualified by a URN and hold a dot. */
  | { readonly type: 'word'; readonly text: string; readonly offset: number }
  /** A literal of JSON other than true, false and null, which are words. */
  | { readonly type: 'value'; readonly text: string; readonly offset: number; readonly value: string | number };

/** The last token is always `end`. */
export const toTokens = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < text.length) {
    if (isBlank(text.charAt(offset))) {
      offset += 1;
      continue;
    }
    const token = readToken(text, offset);
    tokens.push(token);
    offset += token.text.length;
  }
  tokens.push({ type: 'end', text: '', offset });
  return tokens;
};

const readToken = (text: string, offset: number): Token => {
  const first = text.charAt(offset);
  switch (first) {
    case '(':
    case ')':
    case '[':
    case ']':
    case '.':
      return { type: first, text: first, offset };
    case '"':
      return readString(text, offset);
  }
  if (first === '-' || isDigit(first)) return readNumber(text, offset);
  if (isLetter(first) || first === '$') return readWord(text, offset);
  if (first === "'") throw invalidFilter('Text is quoted with double quotes, not with single ones', offset);
  throw invalidFilter(`The character ${quote(first)} has no meaning here`, offset);
};

/** Letters, digits and what a URN may hold besides (RFC 8141), without the marks that mean something in a filter. */
const readWord = (text: string, offset: number): Token => {
  let end = offset + 1;
  while (isLetter(text.charAt(end)) || isDigit(text.charAt(end)) || isNameMark(text.charAt(end))) end += 1;
  return { type: 'word', text: text.slice(offset, end), offset };
};

const readString = (text: string, offset: number): Token => {
  let end = offset + 1;
  while (end < text.length && text.charAt(end) !== '"') end += text.charAt(end) === '\\' ? 2 : 1;
  if (end >= text.length) throw invalidFilter('A text is not closed by a double quote', offset);
  const literal = text.slice(offset, end + 1);
  return { type: 'value', text: literal, offset, value: unquote(literal, offset) };
};

/** PostgreSQL can neither store nor compare U+0000 and lone surrogates, so nothing could ever match them. */
const unquote = (literal: string, offset: number): string => {
  const value = parseJson(literal);
  if (typeof value !== 'string') throw invalidFilter('A text is not a valid JSON string', offset);
  if (/\0|\p{Surrogate}/u.test(value)) throw invalidFilter('A text holds a character that no value can have', offset);
  return value;
};

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

const readNumber = (text: string, offset: number): Token => {
  NUMBER.lastIndex = offset;
  const literal = NUMBER.exec(text)?.[0];
  const value = Number(literal);
  const next = text.charAt(offset + (literal?.length ?? 0));
  if (
    literal === undefined ||
    !Number.isFinite(value) ||
    !(next === '' || next === ')' || next === ']' || isBlank(next))
  ) {
    throw invalidFilter('Neither a number nor a name, which begins with a letter', offset);
  }
  return { type: 'value', text: literal, offset, value };
};

const parseJson = (literal: string): unknown => {
  try {
    return JSON.parse(literal);
  } catch {
    return undefined;
  }
};

const isBlank = (character: string): boolean => character !== '' && ' \t\r\n'.includes(character);
const isDigit = (character: string): boolean => character >= '0' && character <= '9';
const isLetter = (character: string): boolean =>
  (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
const isNameMark = (character: string): boolean => character !== '' && '$-_:./#~%+@'.includes(character);
