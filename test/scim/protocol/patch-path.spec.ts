import { findPathOfKey, labelOf, parsePatchPath } from '../../../src/scim/protocol/patch-path.js';
import { userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { E, rejectionOf, U } from './patching.js';

const show = (text: string): string => {
  const path = parsePatchPath(text, userResourceType);
  if (path.type === 'schema') return `schema ${path.schema.name}`;
  return path.where === undefined ? labelOf(path.target) : `${labelOf(path.target)} where ${path.where.type}`;
};

describe('parsePatchPath', () => {
  it.each([
    ['title', 'title'],
    ['NAME.GIVENNAME', 'name.givenName'],
    ['externalId', 'externalId'],
    ['emails.type', 'emails.type'],
    [`${U}:userName`, 'userName'],
    [`${U}:name.givenName`, 'name.givenName'],
    [`${U}:emails[type eq "work"].value`, 'emails.value where compare'],
    [`${E}:department`, `${E}:department`],
    [`${E.toUpperCase()}:DEPARTMENT`, `${E}:department`],
    [`${E}:manager.value`, `${E}:manager.value`],
    ['manager', `${E}:manager`],
    [E, 'schema EnterpriseUser'],
    [U.toUpperCase(), 'schema User'],
    ['emails[type eq "work"]', 'emails where compare'],
    ['EMAILS[TYPE EQ "work"].VALUE', 'emails.value where compare'],
    ['emails[type eq "work" and value ew "example.com"]', 'emails where and'],
    ['emails[value eq"x"]', 'emails where compare'],
    ['emails[value eq "a]b\\"]c"].type', 'emails.type where compare'],
    ['groups[value eq "x"]', 'groups where compare'],
  ])('reads %s as %s', (text, expected) => {
    expect(show(text)).toBe(expected);
  });

  it.each([
    'emails[',
    'emails[type eq "work"',
    'emails[type eq "work"]]',
    'emails[type eq "work"]value',
    'emails[type eq "work"].',
    'emails[type eq "work"].value.x',
    'emails[type eq "work"].shoe',
    'emails[type eq "work"] .value',
    'emails[type eq "work]',
    'name..givenName',
    '.name',
    'name.',
    'emails[0]',
    'emails[]',
    'emails[ ].value',
    'a b',
    ' title',
    'name.givenName.x',
    'title.value',
    'favoriteColor',
    `${E}:shoe`,
    `${U}:`,
    'urn:scim:schemas:extension:enterprise:1.0:department',
    'name[givenName eq "x"]',
    'userName[value eq "x"]',
    'emails.value[value eq "x"]',
    'manager[value eq "x"]',
    '[type eq "work"]',
    'userName\u0000',
    '__proto__',
    '__proto__.x',
    'constructor.prototype',
    'toString.x',
    'emails.__proto__',
    'emails[type eq "work"].__proto__',
  ])('refuses %j with invalidPath', (text) => {
    expect(rejectionOf(() => show(text))).toBe('400 invalidPath');
  });

  it.each(['emails[type xx "work"]', 'emails[type eq work]', 'emails[shoe eq "x"]', 'emails[__proto__ eq "x"].value'])(
    'refuses %j with invalidFilter',
    (text) => {
      expect(rejectionOf(() => show(text))).toBe('400 invalidFilter');
    },
  );
});

describe('findPathOfKey', () => {
  it.each([
    'favoriteColor',
    '__proto__',
    'constructor.prototype',
    'x[y eq "z"]',
    `${E}:shoe`,
    'urn:x:2.0:y',
    '',
    '.',
    '[',
  ])('finds nothing behind the key %j', (key) => {
    expect(findPathOfKey(key, userResourceType)).toBeUndefined();
  });

  it.each([
    ['name.shoe', '400 invalidPath'],
    ['active.value', '400 invalidPath'],
    [`${U}:active.value`, '400 invalidPath'],
    ['emails[type eq "work"', '400 invalidPath'],
    ['emails[type xx "work"].value', '400 invalidFilter'],
  ])('refuses the key %j, which begins with an attribute, with %s', (key, expected) => {
    expect(rejectionOf(() => findPathOfKey(key, userResourceType))).toBe(expected);
  });
});
