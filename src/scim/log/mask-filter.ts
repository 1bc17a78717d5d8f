/** What stands for a value that is hidden. */
export const MASK = '•••';

const LITERAL = String.raw`"(?:[^"\\]|\\.)*"?`;
const LITERALS = new RegExp(LITERAL, 'g');
const TOKENS = new RegExp(String.raw`\s+|${LITERAL}|[()[\]]|[^\s()[\]"]+`, 'g');
const COMPARES = /^(eq|ne|co|sw|ew|gt|ge|lt|le)$/i;
const JOINS = /^(and|or|not|pr|[()[\]])$/i;
const NAME = /^[\w:.$-]+$/;
/** No values but words of the language. */
const CONSTANT = /^(true|false|null|"(true|false)")$/i;
/** Sub-attributes that say which value is meant, not what it is. */
const SELECTOR = /^(type|primary)$|[.:](type|primary)$/i;

/** A filter that shows what is compared and how, and not with what; of one that is none, nothing. */
export const maskFilter = (text: string): string => maskTokens(text, false);

/** A path of PATCH, which may be a name alone and may have a filter in it. */
export const maskAttributePath = (text: string): string => maskTokens(text, true);

function maskTokens(text: string, isPath: boolean): string {
  const parts = text.match(TOKENS) ?? [];
  const tokens = parts.filter((part) => part.trim() !== '');
  let index = -1;
  return parts
    .map((part) => {
      if (part.trim() === '') return ' ';
      index += 1;
      const isShown = isOpen(tokens, index) || (isPath && tokens.length === 1 && NAME.test(part));
      return isShown ? part : `"${MASK}"`;
    })
    .join('');
}

function isOpen(tokens: readonly string[], index: number): boolean {
  const [before2 = '', before = '', token = '', after = ''] = [-2, -1, 0, 1].map((step) => tokens[index + step]);
  // What is compared with comes first: a value may be spelt like an operator.
  if (COMPARES.test(before)) return CONSTANT.test(token) || SELECTOR.test(before2);
  if (COMPARES.test(token) || JOINS.test(token)) return true;
  if (!NAME.test(token)) return false;
  return COMPARES.test(after) || /^pr$/i.test(after) || after === '[' || (before === ']' && token.startsWith('.'));
}

/** The texts that a filter compares with. */
export function literalsOf(filter: string): readonly string[] {
  return (filter.match(LITERALS) ?? []).flatMap((literal) => {
    try {
      const value: unknown = JSON.parse(literal);
      return typeof value === 'string' ? [value] : [];
    } catch {
      return [];
    }
  });
}
