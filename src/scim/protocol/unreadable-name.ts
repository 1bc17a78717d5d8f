/** RFC 7643 §2.1: names of attributes are ASCII letters, digits and a few signs. */
import { quote } from './quote.js';
import { invalidSyntax } from './scim-error.js';

/** Wider than the grammar, because what is unknown does no harm: `Cost centre`, `@type`, `$ref`. No white space around it. */
const READABLE = /^(?! )[ -~]*(?<! )$/;

/**
 * For a name that is not known. What is unknown for an invisible character, or for one that looks like another (`active\u200b`,
 * a Cyrillic `а`, white space around it), is refused, not ignored: the client means the attribute, and would think it changed.
 * @throws ScimError 400 invalidSyntax
 */
export function refuseUnreadableName(name: string): void {
  if (READABLE.test(name) || READABLE.test(withoutFilter(name))) return;
  throw invalidSyntax(`${quote(name)} can be no name: names are plain ASCII, without white space around them.`);
}

/** In brackets stands a filter, and in a filter any text: `emails[display eq "Büro"].value`. */
function withoutFilter(name: string): string {
  const [open, close] = [name.indexOf('['), name.lastIndexOf(']')];
  return open < 0 || close < open ? name : name.slice(0, open) + name.slice(close + 1);
}
