import { findAttribute } from '../../../../src/scim/protocol/attribute-path.js';
import { parseFilter, parseValueFilter } from '../../../../src/scim/protocol/filter/parse-filter.js';
import { groupResourceType, userResourceType } from '../../../../src/scim/protocol/schemas/resource-types.js';
import { refusal, show, thing } from './show-filter.js';

const U = 'urn:ietf:params:scim:schemas:core:2.0:User';
const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const parse = (text: string, resourceType = userResourceType) => show(parseFilter(text, resourceType));

describe('parseFilter', () => {
  it.each([
    ['every operator', 'title eq "a"', 'title eq "a"'],
    ['ne', 'title ne "a"', 'title ne "a"'],
    ['co', 'title co "a"', 'title co "a"'],
    ['sw', 'title sw "a"', 'title sw "a"'],
    ['ew', 'title ew "a"', 'title ew "a"'],
    ['gt', 'title gt "a"', 'title gt "a"'],
    ['ge', 'title ge "a"', 'title ge "a"'],
    ['lt', 'title lt "a"', 'title lt "a"'],
    ['le', 'title le "a"', 'title le "a"'],
    ['pr', 'title pr', 'title pr'],
    ['names and operators in any case', 'USERNAME Eq "Ada" AND NOT (Title PR)', '(userName eq "Ada" and not title pr)'],
    ['and before or', 'title pr or active eq true and nickName pr', '(title pr or (active eq true and nickName pr))'],
    [
      'and before or, the other way round',
      'title pr and nickName pr or locale pr',
      '((title pr and nickName pr) or locale pr)',
    ],
    [
      'parentheses over precedence',
      '(title pr or locale pr) and nickName pr',
      '((title pr or locale pr) and nickName pr)',
    ],
    ['not before and', 'not (title pr) and locale pr', '(not title pr and locale pr)'],
    ['not without a blank', 'not(userName sw "a")', 'not userName sw "a"'],
    ['not twice', 'NOT (not (title pr))', 'not not title pr'],
    [
      'groups inside groups',
      '((userName sw "a") and (title pr or active eq false))',
      '(userName sw "a" and (title pr or active eq false))',
    ],
    ['a dot path', 'emails.type eq "work"', 'emails.type eq "work"'],
    [
      'a value path',
      'emails[type eq "work" and value co "@x"]',
      'emails[(emails.type eq "work" and emails.value co "@x")]',
    ],
    [
      'value paths side by side',
      'emails[type eq "work"] or ims[type eq "xmpp"]',
      '(emails[emails.type eq "work"] or ims[ims.type eq "xmpp"])',
    ],
    [
      'everything inside brackets (erratum 7322)',
      'emails[type eq "work" or (not (type pr) and value ew "@x")]',
      'emails[(emails.type eq "work" or (not emails.type pr and emails.value ew "@x"))]',
    ],
    [
      'a sub-attribute after the brackets, as Entra sends it',
      'emails[type eq "work"].value eq "ada@acme.io"',
      'emails[(emails.type eq "work" and emails.value eq "ada@acme.io")]',
    ],
    [
      'a sub-attribute after brackets with or',
      'emails[type eq "work" or primary eq true].value ne "x" and title pr',
      '(emails[((emails.type eq "work" or emails.primary eq true) and emails.value ne "x")] and title pr)',
    ],
    ['pr after the brackets', 'emails[type eq "work"].value pr', 'emails[(emails.type eq "work" and emails.value pr)]'],
    [
      'null after the brackets',
      'emails[type eq "a"].value eq null',
      'emails[(emails.type eq "a" and not emails.value pr)]',
    ],
    ['a complex attribute by its value', 'emails co "acme.io"', 'emails.value co "acme.io"'],
    ['a complex attribute with pr', 'emails pr and name pr', '(emails pr and name pr)'],
    [
      'manager, as Entra sends it',
      'id eq "1" and manager eq "2"',
      '(id eq "1" and EnterpriseUser:manager.value eq "2")',
    ],
    ['a boolean as text, as Entra sends it', 'active eq "True"', 'active eq true'],
    [
      'a boolean as text in brackets',
      'roles[primary eq "False"].value eq "x"',
      'roles[(roles.primary eq false and roles.value eq "x")]',
    ],
    ['ne with a boolean', 'active ne true', 'active ne true'],
    ['an extension by its URN', `${E}:department eq "R&D"`, 'EnterpriseUser:department eq "R&D"'],
    [
      'an extension by its URN in any case',
      `${E.toUpperCase()}:MANAGER.VALUE eq "1"`,
      'EnterpriseUser:manager.value eq "1"',
    ],
    [
      'the core URN',
      `${U}:userName sw "J" and ${U}:emails[type eq "a"]`,
      '(userName sw "J" and emails[emails.type eq "a"])',
    ],
    ['an extension without its URN', 'department eq "x"', 'EnterpriseUser:department eq "x"'],
    ['schemas', `schemas eq "${E}"`, `schemas eq "${E}"`],
    [
      'an instant',
      'meta.lastModified gt "2026-01-01T01:00:00+01:00"',
      'meta.lastModified gt "2026-01-01T00:00:00.000Z"',
    ],
    ['meta', 'meta.resourceType eq "User" and meta.location pr', '(meta.resourceType eq "User" and meta.location pr)'],
    ['computed groups', 'groups eq "g" or groups.display co "x"', '(groups.value eq "g" or groups.display co "x")'],
    ['$ref', 'groups.$ref eq "x" and groups[$ref pr]', '(groups.$ref eq "x" and groups[groups.$ref pr])'],
    ['eq null', 'title eq null', 'not title pr'],
    ['ne null', 'title ne null', 'title pr'],
    ['null for a complex attribute', 'emails eq null or active ne null', '(not emails pr or active pr)'],
    ['blanks around tokens', '  userName   eq\t"x"  ', 'userName eq "x"'],
    [
      'blanks in and around brackets',
      'emails [ type eq "a" ] .value eq "b"',
      'emails[(emails.type eq "a" and emails.value eq "b")]',
    ],
    ['no blank before a quote', 'userName eq"x"', 'userName eq "x"'],
    [
      'no blanks at all where none are needed',
      '(userName eq"x")and(title pr)or emails[type eq"x"]and title pr',
      '((userName eq "x" and title pr) or (emails[emails.type eq "x"] and title pr))',
    ],
    [
      'a comparison with text that looks like a filter',
      'title eq "x\' OR 1=1 --) and (active pr"',
      'title eq "x\' OR 1=1 --) and (active pr"',
    ],
    ['a binary value', 'x509Certificates.value eq "QQ=="', 'x509Certificates.value eq "QQ=="'],
    [
      'long conjunctions as one node',
      'title pr and (locale pr and (nickName pr and active pr))',
      '(title pr and locale pr and nickName pr and active pr)',
    ],
  ])('reads %s', (_what, text, expected) => {
    expect(parse(text)).toBe(expected);
  });

  it.each([
    ["O'Malley", '"O\'Malley"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['back\\slash', '"back\\\\slash"'],
    ['ends in a backslash\\', '"ends in a backslash\\\\"'],
    ['café', '"caf\\u00e9"'],
    ['a/b', '"a\\/b"'],
    ['😀', '"\\ud83d\\ude00"'],
    ['山田 😀', '"山田 😀"'],
    ['\b\f\n\r\t', '"\\b\\f\\n\\r\\t"'],
    ['', '""'],
    ['100%_*', '"100%_*"'],
  ])('reads the JSON text %j', (value, literal) => {
    expect(parseFilter(`displayName eq ${literal}`, userResourceType)).toMatchObject({ type: 'compare', value });
  });

  it.each([
    ['count eq 5', 'count eq 5'],
    ['count gt -12', 'count gt -12'],
    ['count eq 1.0', 'count eq 1'],
    ['count eq 1e3', 'count eq 1000'],
    ['weight le 2.50', 'weight le 2.5'],
    ['(weight ge 0)', 'weight ge 0'],
    ['tags eq "x" and tags pr', '(tags eq "x" and tags pr)'],
    ['and eq true and and pr', '(and eq true and and pr)'],
  ])('reads %s over a resource type of the host', (text, expected) => {
    expect(parse(text, thing)).toBe(expected);
  });

  it('reads the filters over groups that IdPs send', () => {
    expect(parse('id eq "g" and members eq "u"', groupResourceType)).toBe('(id eq "g" and members.value eq "u")');
    expect(parse('displayName eq "Eng"', groupResourceType)).toBe('displayName eq "Eng"');
    expect(parse('externalId eq "x"', groupResourceType)).toBe('externalId eq "x"');
    expect(parse('members[type eq "Group" and value eq "g"]', groupResourceType)).toBe(
      'members[(members.type eq "Group" and members.value eq "g")]',
    );
  });
});

describe('parseValueFilter', () => {
  const emails = findAttribute(userResourceType, 'emails');
  if (emails === undefined) throw new Error('User has no emails');

  it.each([
    ['type eq "work"', 'emails.type eq "work"'],
    ['type eq "work" and not (value ew "@x")', '(emails.type eq "work" and not emails.value ew "@x")'],
    ['PRIMARY eq "True"', 'emails.primary eq true'],
  ])('reads %s', (text, expected) => {
    expect(show(parseValueFilter(text, emails))).toBe(expected);
  });

  it.each(['', 'type xx "work"', 'type eq work', 'userName pr', 'emails.type pr', 'emails[type pr]', 'type eq "a"]'])(
    'refuses %j',
    (text) => {
      expect(refusal(() => parseValueFilter(text, emails))).toMatchObject({ status: 400, scimType: 'invalidFilter' });
    },
  );

  it('has limits too', () => {
    const limits = { maxLength: 100, maxDepth: 1, maxTerms: 1 };
    expect(refusal(() => parseValueFilter('((type pr))', emails, limits)).scimType).toBe('invalidFilter');
    expect(refusal(() => parseValueFilter('type pr or value pr', emails, limits)).scimType).toBe('invalidFilter');
  });
});
