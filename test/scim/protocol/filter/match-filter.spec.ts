import fc from 'fast-check';
import { findAttribute } from '../../../../src/scim/protocol/attribute-path.js';
import { matchFilter, matchValue } from '../../../../src/scim/protocol/filter/match-filter.js';
import { parseFilter, parseValueFilter } from '../../../../src/scim/protocol/filter/parse-filter.js';
import type { JsonObject } from '../../../../src/scim/protocol/resource.js';
import { userResourceType } from '../../../../src/scim/protocol/schemas/resource-types.js';
import { thing } from './show-filter.js';

const U = 'urn:ietf:params:scim:schemas:core:2.0:User';
const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const ada: JsonObject = {
  schemas: [U, E],
  id: '5d0c3f0a-77aa-4a52-9c1e-0b6b7f1d2e33',
  externalId: 'abc',
  userName: 'Ada@Acme.io',
  displayName: '100%_\\*',
  name: { givenName: 'Ada', familyName: "O'Malley" },
  active: false,
  emails: [
    { type: 'work', value: 'ada@acme.io', primary: true },
    { type: 'home', value: 'ada@home.example' },
    { value: 'ada@x' },
  ],
  x509Certificates: [{ value: 'QUI=' }],
  groups: [{ value: 'g1', display: 'Eng', type: 'direct' }],
  [E]: { department: 'R&D', manager: { value: 'M1' } },
  meta: { resourceType: 'User', created: '2026-01-01T00:00:00.000Z', lastModified: '2026-02-01T12:30:00.000Z' },
};

const matches = (filter: string, attributes = ada, resourceType = userResourceType) =>
  matchFilter(parseFilter(filter, resourceType), attributes);

describe('matchFilter', () => {
  it.each([
    'userName eq "ada@ACME.IO"',
    'userName eq "ada@acme.io" and externalId eq "abc"',
    'userName ne "bob"',
    'userName co "ACME"',
    'userName sw "ada@"',
    'userName ew ".IO"',
    'userName gt "ac"',
    'userName ge "ADA@acme.io"',
    'userName lt "adb"',
    'userName le "ada@acme.io"',
    'displayName co "%_"',
    'displayName ew "\\\\*"',
    'name.familyName eq "o\'malley"',
    'name pr',
    'active pr',
    'active eq false',
    'active ne true',
    'active eq "False"',
    'emails pr',
    'emails.type pr',
    'emails co "home.example"',
    'emails.type eq "work" and emails.value co "@home"',
    'emails[type eq "work" and value co "@acme"]',
    'emails[type eq "work"].value eq "ADA@acme.io"',
    'emails[primary eq true].value eq "ada@acme.io"',
    'emails[not (type pr)]',
    'emails[type eq "school" or value ew "@x"]',
    'emails.type ne "work"',
    'emails.primary ne true',
    'not (emails[type eq "school"])',
    'x509Certificates eq "QUI="',
    `${E}:department eq "r&d"`,
    'manager eq "M1"',
    `schemas eq "${E}"`,
    `schemas eq "${E.toUpperCase()}"`,
    'groups eq "g1" and groups.display sw "en"',
    'meta.resourceType eq "User"',
    'meta.created eq "2026-01-01T01:00:00+01:00"',
    'meta.lastModified gt "2026-02-01T12:29:59.999Z"',
    'meta.lastModified le "2026-02-01T12:30:00Z"',
    // What is unassigned differs from everything (checklist P-214).
    'title ne "x"',
    'not (title eq "x")',
    'title eq null',
    'not (title pr)',
    'phoneNumbers ne "1"',
    'phoneNumbers.type ne "work"',
    'userName ne null',
    'title pr or userName sw "a" and active eq false',
    'title co "x" or not (title co "x")',
  ])('is true for %s', (filter) => {
    expect(matches(filter)).toBe(true);
  });

  it.each([
    'externalId eq "ABC"',
    'externalId sw "A"',
    'id eq "5D0C3F0A-77AA-4A52-9C1E-0B6B7F1D2E33"',
    'userName ne "ADA@acme.io"',
    'userName co "%"',
    'userName sw "%"',
    'title eq "x"',
    'title pr',
    'title ne null',
    'title gt ""',
    'title co ""',
    'userName eq null',
    'active eq true',
    'active ne false',
    'name.middleName pr',
    'phoneNumbers pr',
    'emails[type eq "work" and value co "@home"]',
    'emails[type eq "work"].value eq "ada@home.example"',
    'emails[type eq "work"].display pr',
    'x509Certificates eq "qui="',
    'manager eq "m1"',
    `${E}:costCenter pr`,
    'meta.created lt "2026-01-01T00:00:00Z"',
    'userName eq "x\' OR 1=1 --"',
    '(title pr or userName sw "a") and active eq true',
    'schemas eq "urn:ietf:params:scim:schemas:core:2.0:Group"',
  ])('is false for %s', (filter) => {
    expect(matches(filter)).toBe(false);
  });

  it('binds and tighter than or', () => {
    const filter = (text: string) => matches(text, { userName: 'a', title: 'x' });
    expect(filter('title pr or locale pr and nickName pr')).toBe(true);
    expect(filter('(title pr or locale pr) and nickName pr')).toBe(false);
  });

  it('orders text by code point', () => {
    expect(matches('title gt "\uffee"', { title: '\u{1f600}' })).toBe(true);
    expect(matches('title lt "\u{1f600}"', { title: '\uffee' })).toBe(true);
  });

  it('takes an extension that is not there as unassigned', () => {
    expect(matches(`${E}:department ne "x"`, { userName: 'a' })).toBe(true);
    expect(matches(`${E}:department pr`, { userName: 'a' })).toBe(false);
  });

  it('compares numbers as numbers', () => {
    const attributes = { count: 10, tags: ['Red', 'blue'] };
    expect(matches('count gt 9', attributes, thing)).toBe(true);
    expect(matches('count lt 9', attributes, thing)).toBe(false);
    expect(matches('count eq 1e1', attributes, thing)).toBe(true);
    expect(matches('tags eq "red" and tags ne "red"', attributes, thing)).toBe(true);
    expect(matches('tags eq "green"', attributes, thing)).toBe(false);
  });

  it('reads own keys only', () => {
    expect(matches('title pr', Object.create({ title: 'x' }))).toBe(false);
  });

  it('agrees about brackets with a name after them and the same name inside', () => {
    const words = fc.constantFrom('work', 'home', 'a', 'b');
    const email = fc.record({ type: words, value: words }, { requiredKeys: [] });
    fc.assert(
      fc.property(
        fc.array(email, { minLength: 1 }),
        words,
        words,
        fc.constantFrom('eq', 'ne', 'lt'),
        (emails, a, b, op) => {
          const inside = matches(`emails[type eq "${a}" and value ${op} "${b}"]`, { emails });
          expect(matches(`emails[type eq "${a}"].value ${op} "${b}"`, { emails })).toBe(inside);
          expect(matches(`not (emails[type eq "${a}" and value ${op} "${b}"])`, { emails })).toBe(!inside);
        },
      ),
    );
  });
});

describe('matchValue', () => {
  const emails = findAttribute(userResourceType, 'emails');
  if (emails === undefined) throw new Error('User has no emails');
  const value: JsonObject = { type: 'Work', value: 'ada@acme.io', primary: true };

  it.each([
    ['type eq "work"', true],
    ['type eq "home"', false],
    ['primary eq "True" and value ew "@ACME.io"', true],
    ['display pr', false],
    ['display ne "x"', true],
    ['not (display pr) and (type eq "home" or type sw "w")', true],
  ])('%s is %s', (text, expected) => {
    expect(matchValue(parseValueFilter(text, emails), value)).toBe(expected);
  });
});
