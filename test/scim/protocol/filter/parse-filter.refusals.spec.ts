import { parseFilter } from '../../../../src/scim/protocol/filter/parse-filter.js';
import { userResourceType } from '../../../../src/scim/protocol/schemas/resource-types.js';
import { refusal, thing } from './show-filter.js';

const U = 'urn:ietf:params:scim:schemas:core:2.0:User';

describe('parseFilter, refusing', () => {
  it.each([
    ['nothing', ''],
    ['only blanks', '   '],
    ['an unknown operator', 'userName regex "x"'],
    ['a missing operand', 'userName eq'],
    ['a missing operator', 'userName'],
    ['a missing operator before a value', 'userName "x"'],
    ['a missing attribute', 'eq "x"'],
    ['a missing term', 'title pr and'],
    ['a leading and', 'and title pr'],
    ['two ands', 'title pr and and locale pr'],
    ['an open parenthesis', '(title pr'],
    ['a closing parenthesis', 'title pr)'],
    ['empty parentheses', '()'],
    ['an open bracket', 'emails[type eq "work"'],
    ['a closing bracket', 'emails[type eq "work"]]'],
    ['empty brackets', 'emails[]'],
    ['brackets closed by a parenthesis', 'emails[type eq "work")'],
    ['an index in brackets', 'emails[0]'],
    ['an open quote', 'userName eq "x'],
    ['an open quote after a backslash', 'userName eq "x\\"'],
    ['single quotes', "userName eq 'x'"],
    ['a bare word', 'userName eq bob'],
    ['a literal in another case, which is not JSON', 'active eq True'],
    ['trailing text', 'userName eq "x" "y"'],
    ['trailing words', 'title pr locale pr'],
    ['an attribute that begins with a digit', '1title eq "x"'],
    ['an attribute that begins with a dot', '.title eq "x"'],
    ['a dot at the end', 'name. eq "x"'],
    ['a dot after brackets and nothing else', 'emails[type eq "a"].'],
    ['an operator right after brackets', 'emails[type eq "a"] eq "x"'],
    ['two names after brackets', 'emails[type eq "a"].value.x eq "x"'],
    ['an unknown name after brackets', 'emails[type eq "a"].size eq "x"'],
    ['brackets inside brackets (erratum 4690)', 'emails[type eq "a" and ims[type eq "b"]]'],
    ['brackets after brackets', 'emails[type eq "a"].value[type eq "b"]'],
    ['brackets after a singular attribute', 'name[givenName eq "x"]'],
    ['brackets after a simple attribute', 'userName[value eq "x"]'],
    ['brackets after a sub-attribute', 'emails.type[value eq "x"]'],
    ['an outer attribute inside brackets', 'emails[userName eq "x"]'],
    ['not without parentheses', 'not userName eq "a"'],
    ['an unknown attribute', 'favoriteColor eq "red"'],
    ['an unknown sub-attribute', 'emails.size pr'],
    ['an attribute of another resource type', 'members eq "x"'],
    ['an unknown URN', 'urn:example:User:department eq "x"'],
    ['the prototype', '__proto__ pr'],
    ['the constructor', 'constructor pr'],
    ['password', 'password eq "x"'],
    ['password pr', 'password pr'],
    ['password by its URN', `${U}:password sw "a"`],
    ['a boolean with gt', 'active gt true'],
    ['a boolean with le', 'active le true'],
    ['a boolean with co', 'active co "tr"'],
    ['a boolean with sw', 'active sw true'],
    ['a boolean compared with other text', 'active eq "yes"'],
    ['a boolean compared with a number', 'active eq 1'],
    ['binary with gt', 'x509Certificates.value gt "QQ=="'],
    ['binary with co', 'x509Certificates.value co "QQ=="'],
    ['a complex attribute of binary values with lt', 'x509Certificates lt "QQ=="'],
    ['a dateTime with co', 'meta.created co "2026"'],
    ['a dateTime with ew', 'meta.created ew "Z"'],
    ['a dateTime that is none', 'meta.created gt "yesterday"'],
    ['a date without a time', 'meta.created gt "2026-01-01"'],
    ['a dateTime compared with a number', 'meta.created gt 1767225600'],
    ['a string compared with a number', 'userName eq 5'],
    ['a string compared with a boolean', 'userName eq true'],
    ['null with gt', 'title gt null'],
    ['null with co', 'title co null'],
    ['a complex attribute without value', 'name eq "Ada"'],
    ['another complex attribute without value', 'addresses co "Paris"'],
    ['meta itself', 'meta eq "x"'],
    ['a list', 'title eq ["a"]'],
    ['an object', 'title eq {"a":1}'],
    ['a lone high surrogate', 'title eq "\\ud800"'],
    ['a lone low surrogate, not escaped', 'title eq "\udc00"'],
    ['NUL', 'title eq "\\u0000"'],
    ['a control character in text', 'title eq "a\u0001b"'],
    ['a line break in text', 'title eq "a\nb"'],
    ['an unknown escape', 'title eq "\\x41"'],
    ['half an escape', 'title eq "\\u12"'],
    ['letters that are not ASCII', 'ţitle pr'],
    ['a Kelvin sign for a k', 'nic\u212aName pr'],
    ['a comma', 'title pr, locale pr'],
    ['a semicolon', 'title pr; drop table scim_identity'],
    ['C operators', 'title == "x" && locale pr'],
  ])('refuses %s', (_what, text) => {
    expect(refusal(() => parseFilter(text, userResourceType))).toMatchObject({
      status: 400,
      scimType: 'invalidFilter',
    });
  });

  it.each(['count eq "5"', 'count eq 1.5', 'count co 5', 'weight sw 1', 'weight eq true', 'tags[value eq "x"]'])(
    'refuses %s over a resource type of the host',
    (text) => {
      expect(refusal(() => parseFilter(text, thing)).scimType).toBe('invalidFilter');
    },
  );

  it.each(['01', '-', '1.', '.5', '+1', '1e', '1e999', '0x10', '1_000', 'NaN', 'Infinity', '--1', '1a', '5"x"'])(
    'refuses the number %s',
    (literal) => {
      expect(refusal(() => parseFilter(`weight eq ${literal}`, thing)).scimType).toBe('invalidFilter');
    },
  );

  it.each([
    ['userName eq bob', 'text in double quotes', 'character 13'],
    ['userName regex "x"', '"regex"', 'character 10'],
    ['title pr and favoriteColor pr', '"favoriteColor"', 'character 14'],
    ["title eq 'x'", 'double quotes', 'character 10'],
    ['title pr and (locale pr', 'the end', 'character 24'],
    ['active gt true', 'boolean', 'character 11'],
    ['meta.created gt "x"', 'dateTime', 'character 17'],
    ['name eq "x"', 'sub-attributes', 'character 9'],
  ])('tells for %s what is wrong and where', (text, what, where) => {
    const { message } = refusal(() => parseFilter(text, userResourceType));
    expect(message).toContain(what);
    expect(message).toContain(where);
  });

  it('shows a character that nobody sees', () => {
    const { message } = refusal(() => parseFilter('user\u200bName eq "x"', userResourceType));
    expect(message).toContain('The character "\\u200b" has no meaning here');
  });

  describe('limits', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}title pr${')'.repeat(depth)}`;
    const chain = (terms: number) => Array.from({ length: terms }, () => 'title pr').join(' or ');
    const long = (bytes: number) => `title eq "${'x'.repeat(bytes - 'title eq ""'.length)}"`;

    it.each([
      ['4,096 bytes', long(4096)],
      ['32 parentheses', nested(32)],
      ['31 parentheses and a bracket', `${'('.repeat(31)}emails[type pr]${')'.repeat(31)}`],
      ['100 terms', chain(100)],
    ])('allows %s', (_what, text) => {
      expect(parseFilter(text, userResourceType)).toBeDefined();
    });

    it.each([
      ['4,097 bytes', long(4097)],
      ['4,097 bytes in fewer characters', `title eq "${'é'.repeat(2043)}"`],
      ['10,000 characters', long(10_000)],
      ['33 parentheses', nested(33)],
      ['200 parentheses', nested(200)],
      ['4,000 opening parentheses', '('.repeat(4000)],
      ['not, 33 times', `${'not('.repeat(33)}title pr${')'.repeat(33)}`],
      ['32 parentheses and a bracket', `${'('.repeat(32)}emails[type pr]${')'.repeat(32)}`],
      ['101 terms', chain(101)],
      ['terms inside brackets', `emails[${Array.from({ length: 101 }, () => 'type pr').join(' or ')}]`],
      ['500 terms', chain(500)],
    ])('refuses %s', (_what, text) => {
      expect(refusal(() => parseFilter(text, userResourceType)).scimType).toBe('invalidFilter');
    });

    it('takes other limits', () => {
      const limits = { maxLength: 20_000, maxDepth: 300, maxTerms: 600 };
      expect(parseFilter(nested(200), userResourceType, limits)).toMatchObject({ type: 'present' });
      expect(parseFilter(chain(500), userResourceType, limits)).toMatchObject({ type: 'or' });
      expect(refusal(() => parseFilter(chain(601), userResourceType, limits)).scimType).toBe('invalidFilter');
    });
  });
});
