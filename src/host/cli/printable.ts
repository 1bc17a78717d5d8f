/** What a terminal obeys instead of showing, what turns a line round, and what is no character: no text of a stranger may do that. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text as one line that shows what it is: an escape sequence becomes `\u001b[2J`. */
export const printable = (text: string): string => text.replaceAll(UNPRINTABLE, escapeCharacter);

/** JSON of one line that means the same and is as harmless: JSON itself escapes only what is below U+0020. */
export const printableJson = (value: unknown): string => printable(JSON.stringify(value));

/** Of one line per error: nothing that it quotes begins another one. */
const escapeCharacter = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
