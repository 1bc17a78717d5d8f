/** RFC 7644 §3.12: what a client sent, in the `detail` of an error: short, and with everything escaped that nobody sees. */

export const quote = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text).replace(INVISIBLE, escapeUnits);

/** Zero width, soft hyphens, spaces of other kinds: they are what is wrong. JSON escapes control characters itself. */
const INVISIBLE = /(?! )[\p{Cf}\p{Z}]/gu;

const escapeUnits = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
