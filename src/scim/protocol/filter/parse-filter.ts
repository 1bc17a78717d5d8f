/**
 * RFC 7644 §3.4.2.2: a filter's text as a tree.
 *
 *     or    = and *( "or" and )                                   binds loosest
 *     and   = term *( "and" term )
 *     term  = [ "not" ] "(" or ")"  /  expression
 *     expression = path "pr"  /  path operator value
 *                / path "[" or "]" [ "." name ( "pr" / operator value ) ]
 *
 * The text after the brackets is not in the RFC; Microsoft Entra ID matches users by
 * `emails[type eq "work"].value eq "…"` (idp-traffic.md §1.3).
 */
import { findAttributeIn, findSubAttribute, type AttributeReference } from '../attribute-path.js';
import type { ResourceType } from '../schemas/schema.js';
import { invalidFilter } from '../scim-error.js';
import { toCompareOperator, toComparison, toPresence } from './comparison.js';
import type { Filter } from './filter.js';
import { toTokens, type Token } from './lexer.js';

export interface FilterLimits {
  /** Bytes of UTF-8. */
  readonly maxLength: number;
  /** Parentheses and brackets inside one another. */
  readonly maxDepth: number;
  /** Comparisons, `pr` included. */
  readonly maxTerms: number;
}

/** decisions.md 27. */
const defaultFilterLimits: FilterLimits = { maxLength: 4096, maxDepth: 32, maxTerms: 100 };

/** @throws ScimError 400 invalidFilter, for whatever is not a filter over the attributes of the resource type. */
export const parseFilter = (
  text: string,
  resourceType: ResourceType,
  limits: FilterLimits = defaultFilterLimits,
): Filter => parseFilterOver(text, [resourceType], limits);

/**
 * A filter over several resource types (RFC 7644 §3.4.2.1): a name means the attribute of the first one that has it.
 * @throws ScimError 400 invalidFilter, for a name that none of them has, too.
 */
export const parseFilterOver = (
  text: string,
  resourceTypes: readonly ResourceType[],
  limits: FilterLimits = defaultFilterLimits,
): Filter =>
  parse(text, limits, {
    outer: undefined,
    find: (name) => findAttributeIn(resourceTypes, name),
    owner: resourceTypes.map(({ name }) => name).join(' or '),
  });

/**
 * What stands inside the brackets of a value path: a filter over the sub-attributes of `reference`.
 * @throws ScimError 400 invalidFilter
 */
export const parseValueFilter = (
  text: string,
  reference: AttributeReference,
  limits: FilterLimits = defaultFilterLimits,
): Filter => parse(text, limits, insideOf(reference));

/** Where names are looked up: the resource type, or inside brackets one attribute of it. */
interface Scope {
  readonly outer: AttributeReference | undefined;
  readonly find: (name: string) => AttributeReference | undefined;
  readonly owner: string;
}

const insideOf = (outer: AttributeReference): Scope => ({
  outer,
  owner: outer.attribute.name,
  find: (name) => {
    const subAttribute = findSubAttribute(outer.attribute, name);
    return subAttribute === undefined ? undefined : { ...outer, subAttribute };
  },
});

const parse = (text: string, limits: FilterLimits, scope: Scope): Filter => {
  // The first test spares encoding a text that is too long anyway.
  if (text.length > limits.maxLength || new TextEncoder().encode(text).length > limits.maxLength) {
    throw invalidFilter(`The filter is longer than ${limits.maxLength} bytes.`);
  }
  const tokens = toTokens(text);
  if (tokens.length === 1) throw invalidFilter('The filter is empty.');
  return new FilterParser(tokens, limits).readAll(scope);
};

class FilterParser {
  private position = 0;
  private depth = 0;
  private terms = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly limits: FilterLimits,
  ) {}

  readAll(scope: Scope): Filter {
    const filter = this.readOr(scope);
    const rest = this.peek();
    if (rest.type !== 'end')
      throw invalidFilter(`Expected "and", "or" or the end instead of ${quote(rest)}`, rest.offset);
    return filter;
  }

  private readOr(scope: Scope): Filter {
    const terms = [this.readAnd(scope)];
    while (this.skipKeyword('or')) terms.push(this.readAnd(scope));
    return join('or', terms);
  }

  private readAnd(scope: Scope): Filter {
    const terms = [this.readTerm(scope)];
    while (this.skipKeyword('and')) terms.push(this.readTerm(scope));
    return join('and', terms);
  }

  private readTerm(scope: Scope): Filter {
    if (this.skipKeyword('not')) {
      if (this.peek().type !== '(') throw invalidFilter('"not" is followed by "("', this.peek().offset);
      return { type: 'not', term: this.readEnclosed(scope, '(', ')') };
    }
    return this.peek().type === '(' ? this.readEnclosed(scope, '(', ')') : this.readExpression(scope);
  }

  private readEnclosed(scope: Scope, open: '(' | '[', close: ')' | ']'): Filter {
    const { offset } = this.expect(open);
    this.depth += 1;
    if (this.depth > this.limits.maxDepth) {
      throw invalidFilter(`More than ${this.limits.maxDepth} parentheses and brackets inside one another`, offset);
    }
    const filter = this.readOr(scope);
    this.expect(close);
    this.depth -= 1;
    return filter;
  }

  private readExpression(scope: Scope): Filter {
    const name = this.expect('word');
    const target = this.find(scope, name);
    return this.peek().type === '[' ? this.readValuePath(scope, name, target) : this.readComparison(name, target);
  }

  private readValuePath(scope: Scope, name: Token, target: AttributeReference): Filter {
    if (scope.outer !== undefined) throw invalidFilter('Brackets cannot stand inside brackets', this.peek().offset);
    if (target.attribute.type !== 'complex' || !target.attribute.multiValued || target.subAttribute !== undefined) {
      throw invalidFilter(
        `"${name.text}" takes no brackets, because it has no values with sub-attributes`,
        name.offset,
      );
    }
    const inside = insideOf(target);
    const where = this.readEnclosed(inside, '[', ']');
    if (this.peek().type !== '.') return { type: 'some', target, where };
    this.next();
    const subName = this.expect('word');
    const comparison = this.readComparison(subName, this.find(inside, subName));
    return { type: 'some', target, where: join('and', [where, comparison]) };
  }

  private readComparison(name: Token, target: AttributeReference): Filter {
    this.terms += 1;
    if (this.terms > this.limits.maxTerms) {
      throw invalidFilter(`The filter has more than ${this.limits.maxTerms} comparisons`, name.offset);
    }
    const word = this.next();
    if (isKeyword(word, 'pr')) return toPresence(target);
    const operator = word.type === 'word' ? toCompareOperator(word.text) : undefined;
    if (operator === undefined) {
      throw invalidFilter(
        `Expected one of eq, ne, co, sw, ew, gt, ge, lt, le, pr after "${name.text}" instead of ${quote(word)}`,
        word.offset,
      );
    }
    const literal = this.next();
    return toComparison(target, operator, toLiteral(literal), { name: name.text, offset: literal.offset });
  }

  /** An attribute that is never returned is as good as unknown: a filter must not tell what its value is. */
  private find(scope: Scope, name: Token): AttributeReference {
    const target = scope.find(name.text);
    if (target === undefined || target.attribute.returned === 'never' || target.subAttribute?.returned === 'never') {
      throw invalidFilter(`${scope.owner} has no attribute ${quote(name)} that can be filtered by`, name.offset);
    }
    return target;
  }

  private peek(): Token {
    return this.tokens[this.position] ?? { type: 'end', text: '', offset: 0 };
  }

  private next(): Token {
    const token = this.peek();
    this.position += 1;
    return token;
  }

  private expect(type: Token['type']): Token {
    const token = this.next();
    if (token.type === type) return token;
    throw invalidFilter(
      `Expected ${type === 'word' ? 'an attribute name' : `"${type}"`} instead of ${quote(token)}`,
      token.offset,
    );
  }

  private skipKeyword(keyword: string): boolean {
    const found = isKeyword(this.peek(), keyword);
    if (found) this.position += 1;
    return found;
  }
}

/** A term of the same kind is taken apart, so that `a and (b and c)` is one `and` of three. */
const join = (type: 'and' | 'or', terms: readonly Filter[]): Filter => {
  const flat = terms.flatMap((term) => (term.type === type ? term.terms : [term]));
  const [only] = flat;
  return flat.length === 1 && only !== undefined ? only : { type, terms: flat };
};

const toLiteral = (token: Token): string | number | boolean | null => {
  if (token.type === 'value') return token.value;
  if (token.type === 'word') {
    if (token.text === 'true') return true;
    if (token.text === 'false') return false;
    if (token.text === 'null') return null;
  }
  throw invalidFilter(
    `Expected a value (text in double quotes, a number, true, false or null) instead of ${quote(token)}`,
    token.offset,
  );
};

const isKeyword = (token: Token, keyword: string): boolean =>
  token.type === 'word' && token.text.toLowerCase() === keyword;

const quote = ({ type, text }: Token): string => {
  if (type === 'end') return 'the end';
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return type === 'value' ? short : `"${short}"`;
};
