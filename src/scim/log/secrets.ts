import type { Attribute, Schema } from '../protocol/schemas/schema.js';

/** What stands for what is never kept. */
export const REMOVED = '[removed]';

/**
 * Tokens of this module with any prefix, also where a message cut them, and JSON Web Tokens, which Entra ID sends where none was
 * configured. Each part is bounded or cannot fail once it began: no text costs more than its length.
 */
const TOKEN =
  /[0-9A-Za-z][0-9A-Za-z_]{0,31}_[0-9A-Za-z]{13}_[0-9A-Za-z]{16,49}|(?<![0-9A-Za-z])eyJ[\w-]{8,}(?:\.[\w-]*){0,2}|eyJ[\w-]{8,400}\.eyJ[\w-]*(?:\.[\w-]*)?/g;
/** More than a token of this module has. */
const LONGEST_TOKEN = 100;

/** What most texts are not and are, cheaper to see. */
const MAYBE_TOKEN = /_[0-9A-Za-z]{13}_|eyJ/;
const PLAIN = /^[ -~]*$/;
const CONTROL =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** What clients call what nobody else may see, beside the attributes that their schemas call so. Folded. */
const NAMES = ['privatekey', 'apikey', 'authorization', 'token', 'accesstoken', 'refreshtoken', 'pin'];
/** And whatever these are part of: directories say `userPassword`, `unicodePwd`, `passwordHash`. */
const NAME_PART = /password|passwd|passphrase|secret|pwd$/;

/** Names of attributes whose values no log may hold: those that are never returned or only written, in any resource type. */
export class SecretNames {
  private readonly names: ReadonlySet<string>;
  /** Names come again and again. Of values none is remembered. */
  private readonly known = new Map<string, boolean>();

  constructor(schemas: readonly Schema[]) {
    const secret = schemas.flatMap(({ attributes }) => attributes.flatMap(secretsOf));
    this.names = new Set([...NAMES, ...secret.map(({ name }) => foldName(name))]);
  }

  /** Whether the name of a member or a parameter says so. */
  has(name: string): boolean {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const found = this.isNamedIn(name);
    if (this.known.size < MOST_KNOWN && name.length <= LONGEST_KNOWN) this.known.set(name, found);
    return found;
  }

  /** Whether a text, such as a URN or a path (`emails[type eq "work"].value`), says so anywhere. */
  isNamedIn(text: string): boolean {
    return text.length <= LONGEST_PATH
      ? text.split(/[^\w$-]+/).some((name) => this.isSecret(foldName(name)))
      : /pass|pwd|secret|token|key/i.test(text);
  }

  private isSecret(folded: string): boolean {
    return this.names.has(folded) || NAME_PART.test(folded);
  }
}

const LONGEST_KNOWN = 60;
const MOST_KNOWN = 1000;
/** Longer ones are no paths. */
const LONGEST_PATH = 1000;

/** `access_token` and `accessToken` are one name. */
const foldName = (name: string): string => name.toLowerCase().replace(/[_-]/g, '');

const secretsOf = (attribute: Attribute): Attribute[] =>
  attribute.returned === 'never' || attribute.mutability === 'writeOnly'
    ? [attribute]
    : (attribute.subAttributes ?? []).flatMap(secretsOf);

/** The same text without what could be a token. */
export const hideTokens = (text: string): string => (MAYBE_TOKEN.test(text) ? text.replace(TOKEN, REMOVED) : text);

/** The same text without what could be a token, without control characters, and with whole characters only. */
export function withoutTokens(text: string): string {
  const clean = hideTokens(text);
  return PLAIN.test(clean) ? clean : clean.replace(CONTROL, '\ufffd');
}

/** Beginning of a text that may be very long, without tokens: the work is that of what is kept. */
export function beginningOf(text: string, length: number): string {
  const bound = length + 5 * LONGEST_TOKEN;
  if (text.length <= bound) return cut(withoutTokens(text), length);
  // What was cut may end in half a token, which looks like none.
  const clean = withoutTokens(text.slice(0, bound));
  const last = clean.slice(-LONGEST_TOKEN);
  return cut(`${clean.slice(0, clean.length - last.length)}${last.replace(/\w+$/, '')}…`, length);
}

const QUOTED = /"(?:[^"\\]|\\.)*"?/g;
/** No part of a name, a URN or an index. */
const NUMBER = /(?<![\w:.[])-?\d(?:[\w+-]|\.(?=\w))*/g;

/** A message without the values that it quotes. */
export const withoutValues = (message: string): string => message.replace(QUOTED, REMOVED).replace(NUMBER, REMOVED);

/** Beginning of a text; no half of a character at its end. */
export const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
