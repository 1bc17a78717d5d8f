/** What a name looks like. */
export const NAME_SHAPES = ['none', 'email', 'uuid', 'okta-id', 'number', 'name', 'opaque'] as const;

/** What a name looks like: `name` is a short one such as `mira.okafor`, `opaque` is none of the others. */
export type NameShape = (typeof NAME_SHAPES)[number];

const PATTERNS: readonly (readonly [NameShape, RegExp])[] = [
  ['email', /^[^@\s]+@[^@\s]+$/u],
  ['uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i],
  ['okta-id', /^00[0-9A-Za-z]{18}$/],
  ['number', /^\d+$/],
  // Long ones with digits among the letters are ids that somebody made.
  ['name', /^(?!.*\d.*\d.*\d)[\p{L}\p{M}\d._' -]{1,64}$/u],
];

export const shapeOf = (text: string | null): NameShape =>
  text === null ? 'none' : (PATTERNS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'opaque');

/** Below the `@` of an address; of anything else none. */
export const domainOf = (text: string): string | undefined => /@([^@]+)$/.exec(text)?.[1];

/** Tells names apart and does not spell them out. */
export function mask(text: string): string {
  const domain = domainOf(text);
  if (domain !== undefined && shapeOf(text) === 'email') return `${ends(text.slice(0, -domain.length - 1))}@${domain}`;
  return ends(text);
}

function ends(text: string): string {
  const characters = [...text];
  const shown = characters.length > 16 ? 4 : characters.length > 4 ? 1 : 0;
  const first = characters.slice(0, Math.max(shown, 1)).join('');
  return `${first}•••${shown === 0 ? '' : characters.slice(-shown).join('')}`;
}
