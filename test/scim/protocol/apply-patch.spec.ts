import { applyPatch } from '../../../src/scim/protocol/apply-patch.js';
import { jsonEqual } from '../../../src/scim/protocol/json-equal.js';
import { readPatch } from '../../../src/scim/protocol/read-patch.js';
import type { JsonObject } from '../../../src/scim/protocol/resource.js';
import { groupResourceType, userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { BADGE, badgeUser, E, patched, rejectionOf, RESOURCE_ID } from './patching.js';

const work = { type: 'work', value: 'w@x' };
const home = { type: 'home', value: 'h@x' };
const ada = { userName: 'ada', active: true };

type Case = readonly [sentence: string, before: JsonObject, operation: unknown, after: JsonObject];

const run = (cases: readonly Case[]): void => {
  it.each(cases)('%s', (_, before, operation, after) => {
    const operations: readonly unknown[] = Array.isArray(operation) ? operation : [operation];
    expect(patched({ ...ada, ...before }, operations)).toEqual({ ...ada, ...after });
  });
};

describe('add', () => {
  run([
    [
      'replaces a singular value (P-154)',
      { title: 'CEO' },
      { op: 'add', path: 'title', value: 'CTO' },
      { title: 'CTO' },
    ],
    [
      'sets a sub-attribute and keeps the others (P-155)',
      { name: { familyName: 'L' } },
      { op: 'add', path: 'name', value: { givenName: 'Ada' } },
      { name: { familyName: 'L', givenName: 'Ada' } },
    ],
    [
      'creates a complex value (P-156)',
      {},
      { op: 'add', path: 'name.givenName', value: 'Ada' },
      { name: { givenName: 'Ada' } },
    ],
    [
      'appends to a list (P-157)',
      { emails: [work] },
      { op: 'add', path: 'emails', value: [home] },
      { emails: [work, home] },
    ],
    [
      'appends a single object (P-157)',
      { emails: [work] },
      { op: 'add', path: 'emails', value: home },
      { emails: [work, home] },
    ],
    ['starts a list', {}, { op: 'add', path: 'emails', value: [home] }, { emails: [home] }],
    [
      'adds no value twice (P-158)',
      { emails: [work] },
      { op: 'add', path: 'emails', value: [work] },
      { emails: [work] },
    ],
    [
      'knows a value by what is compared',
      { emails: [work] },
      { op: 'add', path: 'emails', value: [{ type: 'WORK', value: 'W@X' }] },
      { emails: [work] },
    ],
    [
      'adds the same value with another type',
      { emails: [work] },
      { op: 'add', path: 'emails', value: [{ type: 'home', value: 'w@x' }] },
      { emails: [work, { type: 'home', value: 'w@x' }] },
    ],
    [
      'gives a value that is there what it lacks',
      { emails: [work] },
      { op: 'add', path: 'emails', value: [{ ...work, display: 'Office' }] },
      { emails: [{ ...work, display: 'Office' }] },
    ],
    [
      'knows an address by all of it',
      { addresses: [{ locality: 'Oslo' }] },
      { op: 'add', path: 'addresses', value: [{ locality: 'OSLO' }, { locality: 'Oslo', type: 'work' }] },
      { addresses: [{ locality: 'Oslo' }, { locality: 'Oslo', type: 'work' }] },
    ],
    [
      'without path adds each attribute, whatever its case (P-160)',
      { emails: [work] },
      { op: 'add', value: { emails: [home], nickname: 'Babs' } },
      { emails: [work, home], nickName: 'Babs' },
    ],
    [
      'makes a new primary value the only one (P-161)',
      { emails: [{ ...work, primary: true }] },
      { op: 'add', path: 'emails', value: [{ ...home, primary: true }] },
      {
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
    ],
    [
      'makes a value that is there the primary one',
      { emails: [{ ...work, primary: true }, home] },
      { op: 'add', path: 'emails', value: [{ ...home, primary: true }] },
      {
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
    ],
    [
      'adds nothing for null',
      { emails: [work], title: 'x' },
      { op: 'add', path: 'emails', value: null },
      { emails: [work], title: 'x' },
    ],
    ['adds nothing for labels without a value', {}, { op: 'add', path: 'emails', value: [{ type: 'work' }] }, {}],
    [
      'below a filter changes what matches',
      { emails: [work, home] },
      { op: 'add', path: 'emails[type eq "home"].display', value: 'Home' },
      { emails: [work, { ...home, display: 'Home' }] },
    ],
    [
      'with a filter merges into what matches',
      { emails: [work, home] },
      { op: 'add', path: 'emails[type eq "home"]', value: { display: 'Home' } },
      { emails: [work, { ...home, display: 'Home' }] },
    ],
    [
      'of a sub-attribute starts a list',
      {},
      { op: 'add', path: 'emails.value', value: 'x@y' },
      { emails: [{ value: 'x@y' }] },
    ],
    [
      'of a schema merges its attributes (P-143)',
      { [E]: { department: 'D' } },
      { op: 'add', path: E, value: { costCenter: 'C', manager: 'm' } },
      { [E]: { department: 'D', costCenter: 'C', manager: { value: 'm' } } },
    ],
    [
      'brings an extension (P-142)',
      {},
      { op: 'add', path: `${E}:employeeNumber`, value: '9' },
      { [E]: { employeeNumber: '9' } },
    ],
  ]);
});

describe('replace', () => {
  run([
    ['sets what was not set (P-169)', {}, { op: 'replace', path: 'title', value: 'CTO' }, { title: 'CTO' }],
    [
      'replaces a whole list (P-170)',
      { emails: [work, home] },
      { op: 'replace', path: 'emails', value: [{ value: 'n@x' }] },
      { emails: [{ value: 'n@x' }] },
    ],
    [
      'keeps the sub-attributes that are not mentioned (P-171)',
      { name: { givenName: 'B', familyName: 'L' } },
      { op: 'replace', path: 'name', value: { givenName: 'A' } },
      { name: { givenName: 'A', familyName: 'L' } },
    ],
    [
      'clears a sub-attribute that is null',
      { name: { givenName: 'B', familyName: 'L' } },
      { op: 'replace', path: 'name', value: { givenName: null } },
      { name: { familyName: 'L' } },
    ],
    [
      'replaces each value that matches and keeps the type (P-172)',
      {
        addresses: [
          { type: 'work', locality: 'A', region: 'R' },
          { type: 'home', locality: 'B' },
        ],
      },
      { op: 'replace', path: 'addresses[type eq "WORK"]', value: { locality: 'C' } },
      {
        addresses: [
          { type: 'work', locality: 'C' },
          { type: 'home', locality: 'B' },
        ],
      },
    ],
    [
      'lets the new value say otherwise',
      { addresses: [{ type: 'work', locality: 'A' }] },
      { op: 'replace', path: 'addresses[type eq "work"]', value: { type: 'home', locality: 'C' } },
      { addresses: [{ type: 'home', locality: 'C' }] },
    ],
    [
      'changes a sub-attribute in all matches (P-173)',
      {
        addresses: [
          { type: 'work', locality: 'A' },
          { type: 'work', locality: 'B' },
          { type: 'home', locality: 'C' },
        ],
      },
      { op: 'replace', path: 'addresses[type eq "work"].streetAddress', value: 'X' },
      {
        addresses: [
          { type: 'work', locality: 'A', streetAddress: 'X' },
          { type: 'work', locality: 'B', streetAddress: 'X' },
          { type: 'home', locality: 'C' },
        ],
      },
    ],
    [
      'moves primary (P-174)',
      { emails: [{ ...work, primary: true }, home] },
      { op: 'replace', path: 'emails[type eq "home"].primary', value: true },
      {
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
    ],
    [
      'makes one value primary even if two match',
      { emails: [work, { ...work, value: 'v@x' }] },
      { op: 'replace', path: 'emails[type eq "work"].primary', value: 'True' },
      {
        emails: [
          { ...work, primary: true },
          { ...work, value: 'v@x', primary: false },
        ],
      },
    ],
    ['unassigns by null (P-135)', { title: 'x' }, { op: 'replace', path: 'title', value: null }, {}],
    ['unassigns by an empty list (P-135)', { emails: [work] }, { op: 'replace', path: 'emails', value: [] }, {}],
    [
      'unassigns a complex value by null',
      { name: { givenName: 'A' } },
      { op: 'replace', path: 'name', value: null },
      {},
    ],
    [
      'leaves a complex value for an empty object',
      { name: { givenName: 'A' } },
      { op: 'replace', path: 'name', value: {} },
      { name: { givenName: 'A' } },
    ],
    [
      'removes matches by null',
      { emails: [work, home] },
      { op: 'replace', path: 'emails[type eq "work"]', value: null },
      { emails: [home] },
    ],
    [
      'removes matches whose value becomes empty',
      { emails: [work, home] },
      { op: 'replace', path: 'emails[type eq "work"].value', value: '' },
      { emails: [home] },
    ],
    ['makes no value out of nothing', {}, { op: 'replace', path: 'emails[type eq "work"].value', value: '' }, {}],
    [
      'without path merges nested objects and touches nothing else (P-178)',
      { title: 'x', name: { familyName: 'L' }, [E]: { costCenter: 'C' } },
      { op: 'replace', value: { name: { givenName: 'K' }, [E]: { department: 'D' } } },
      { title: 'x', name: { familyName: 'L', givenName: 'K' }, [E]: { costCenter: 'C', department: 'D' } },
    ],
    ['clears an extension by null', { [E]: { department: 'D' } }, { op: 'replace', path: E, value: null }, {}],
    [
      'clears an extension with its last value',
      { [E]: { department: 'D' } },
      { op: 'replace', value: { [E]: { department: null } } },
      {},
    ],
    [
      'changes a sub-attribute of every value',
      { emails: [work, home] },
      { op: 'replace', path: 'emails.type', value: 'other' },
      {
        emails: [
          { ...work, type: 'other' },
          { ...home, type: 'other' },
        ],
      },
    ],
    ['clears externalId', { externalId: 'e' }, { op: 'replace', path: 'externalId', value: '' }, {}],
  ]);
});

describe('replace with a filter that matches nothing (P-175)', () => {
  run([
    [
      'creates the value from eq',
      { emails: [home] },
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'w@x' },
      { emails: [home, work] },
    ],
    [
      'creates the value from eq joined by and',
      {},
      { op: 'replace', path: 'emails[type eq "work" and primary eq true].value', value: 'w@x' },
      { emails: [{ ...work, primary: true }] },
    ],
    [
      'creates a whole value',
      {},
      { op: 'replace', path: 'addresses[type eq "work"]', value: { locality: 'Oslo' } },
      { addresses: [{ type: 'work', locality: 'Oslo' }] },
    ],
    [
      'creates a value found by its value',
      {},
      { op: 'add', path: 'emails[value eq "w@x"].type', value: 'work' },
      { emails: [work] },
    ],
    [
      'makes a created primary value the only one',
      { emails: [{ ...home, primary: true }] },
      { op: 'add', path: 'emails[type eq "work" and primary eq true].value', value: 'w@x' },
      {
        emails: [
          { ...home, primary: false },
          { ...work, primary: true },
        ],
      },
    ],
  ]);

  it.each([
    'emails[type ne "home"].value',
    'emails[type co "work"].value',
    'emails[type eq "work" or type eq "other"].value',
    'emails[not (type eq "home")].value',
    'emails[display pr].value',
    'emails[type eq null and value eq "x"].value',
    'emails[type eq "work" and type eq "other"].value',
  ])('refuses %s with noTarget', (path) => {
    for (const op of ['add', 'replace']) {
      expect(rejectionOf(() => patched({ ...ada, emails: [home] }, [{ op, path, value: 'x@y' }]))).toBe('400 noTarget');
    }
  });

  it('refuses to create a member, which only exists as a resource', () => {
    const operation = { op: 'replace', path: 'members[value eq "u1"].type', value: 'User' };
    expect(rejectionOf(() => patched({ displayName: 'G' }, [operation], groupResourceType))).toBe('400 noTarget');
  });

  it('refuses to create a member without an id', () => {
    const operation = { op: 'add', path: 'members[type eq "User"]', value: { type: 'User' } };
    expect(rejectionOf(() => patched({ displayName: 'G' }, [operation], groupResourceType))).toBe('400 invalidValue');
  });
});

describe('remove', () => {
  run([
    ['unassigns (P-189)', { title: 'x' }, { op: 'remove', path: 'title' }, {}],
    ['of what is not there changes nothing (P-189)', {}, { op: 'remove', path: 'title' }, {}],
    [
      'takes no notice of a value with a singular attribute',
      { title: 'x' },
      { op: 'Remove', path: 'title', value: 'y' },
      {},
    ],
    [
      'removes a complex value (P-190)',
      { name: { givenName: 'A', middleName: 'B' } },
      { op: 'remove', path: 'name' },
      {},
    ],
    [
      'removes one sub-attribute (P-190)',
      { name: { givenName: 'A', middleName: 'B' } },
      { op: 'remove', path: 'name.middleName' },
      { name: { givenName: 'A' } },
    ],
    [
      'removes the value with its last sub-attribute',
      { name: { givenName: 'A' } },
      { op: 'remove', path: 'name.givenName' },
      {},
    ],
    ['removes a whole list (P-191)', { emails: [work, home] }, { op: 'remove', path: 'emails' }, {}],
    [
      'removes a whole list for a value of null (P-195)',
      { emails: [work] },
      { op: 'remove', path: 'emails', value: null },
      {},
    ],
    [
      'removes matches only (P-191)',
      { emails: [work, home] },
      { op: 'remove', path: 'emails[type eq "work"]' },
      { emails: [home] },
    ],
    [
      'removes matches of a longer filter (P-191)',
      { emails: [work, { type: 'work', value: 'a@example.com' }] },
      { op: 'remove', path: 'emails[type eq "work" and value ew "example.com"]' },
      { emails: [work] },
    ],
    ['removes the last value (P-198)', { emails: [work] }, { op: 'remove', path: 'emails[type eq "work"]' }, {}],
    [
      'removes a sub-attribute of matches (P-192)',
      { emails: [{ ...work, display: 'W' }] },
      { op: 'remove', path: 'emails[type eq "work"].display' },
      { emails: [work] },
    ],
    [
      'drops what has labels left only (P-192)',
      { emails: [{ ...work, primary: true, display: 'W' }, home] },
      { op: 'remove', path: 'emails[type eq "work"].value' },
      { emails: [home] },
    ],
    [
      'removes a sub-attribute of all values',
      {
        emails: [
          { ...work, display: 'W' },
          { ...home, display: 'H' },
        ],
      },
      { op: 'remove', path: 'emails.display' },
      { emails: [work, home] },
    ],
    [
      'with a filter without match changes nothing (P-193, C25)',
      { emails: [work] },
      { op: 'remove', path: 'emails[type eq "other"]' },
      { emails: [work] },
    ],
    [
      'removes the listed values only (P-196)',
      { emails: [work, home] },
      { op: 'remove', path: 'emails', value: [{ value: 'W@x' }] },
      { emails: [home] },
    ],
    [
      'removes a listed single object',
      { emails: [work, home] },
      { op: 'remove', path: 'emails', value: { value: 'w@x' } },
      { emails: [home] },
    ],
    [
      'removes a listed bare value',
      { emails: [work, home] },
      { op: 'remove', path: 'emails', value: 'w@x' },
      { emails: [home] },
    ],
    [
      'removes listed bare values',
      { emails: [work, home] },
      { op: 'remove', path: 'emails', value: ['w@x', 'h@x', 'z@x'] },
      {},
    ],
    [
      'minds the type of a listed value',
      { emails: [work, { ...work, type: 'home' }] },
      { op: 'remove', path: 'emails', value: [work] },
      { emails: [{ ...work, type: 'home' }] },
    ],
    [
      'removes by a label alone if that is listed',
      { emails: [work, home] },
      { op: 'remove', path: 'emails', value: [{ type: 'work' }] },
      { emails: [home] },
    ],
    [
      'removes a listed address by all that is named',
      { addresses: [{ locality: 'A', region: 'R' }, { locality: 'B' }] },
      { op: 'remove', path: 'addresses', value: [{ locality: 'a' }] },
      { addresses: [{ locality: 'B' }] },
    ],
    [
      'removes nothing for an empty list (P-195)',
      { emails: [work] },
      { op: 'remove', path: 'emails', value: [] },
      { emails: [work] },
    ],
    [
      'removes nothing for a list of nothing',
      { emails: [work] },
      { op: 'remove', path: 'emails', value: [null, {}] },
      { emails: [work] },
    ],
    [
      'removes nothing for an empty text',
      { emails: [work] },
      { op: 'remove', path: 'emails', value: '' },
      { emails: [work] },
    ],
    [
      'removes a whole extension (P-143)',
      { [E]: { department: 'D', manager: { value: 'm' } } },
      { op: 'remove', path: E },
      {},
    ],
    [
      'removes an extension with its last attribute (P-142)',
      { [E]: { department: 'D' } },
      { op: 'remove', path: `${E}:department` },
      {},
    ],
    [
      'removes the manager',
      { [E]: { department: 'D', manager: { value: 'm' } } },
      { op: 'remove', path: 'manager' },
      { [E]: { department: 'D' } },
    ],
    ['removes externalId', { externalId: 'e' }, { op: 'remove', path: 'externalId' }, {}],
  ]);
});

describe('a PATCH as a whole', () => {
  run([
    [
      'applies operations in order (P-132)',
      { title: 'X' },
      [
        { op: 'remove', path: 'title' },
        { op: 'add', path: 'title', value: 'A' },
        { op: 'replace', path: 'title', value: 'B' },
      ],
      { title: 'B' },
    ],
    [
      'finds what an earlier operation created (P-162)',
      {},
      [
        { op: 'Add', path: 'emails[type eq "work"].primary', value: 'True' },
        { op: 'Add', path: 'emails[type eq "work"].value', value: 'w@x' },
      ],
      { emails: [{ ...work, primary: true }] },
    ],
    [
      'takes its own id in a value (P-145)',
      {},
      { op: 'replace', value: { id: RESOURCE_ID, title: 'x' } },
      { title: 'x' },
    ],
  ]);

  it.each([['other'], [5], [[RESOURCE_ID]], [{ value: 'x' }]])('refuses the id %j in a value with mutability', (id) => {
    expect(rejectionOf(() => patched(ada, [{ op: 'replace', value: { id } }]))).toBe('400 mutability');
  });

  it('leaves its arguments as they were, also when it fails', () => {
    const current = { ...ada, emails: [work], name: { givenName: 'A' }, [E]: { department: 'D' } };
    const before = JSON.stringify(current);
    const deepFrozen: JsonObject = Object.freeze(current);
    for (const each of [current.emails, current.name, current[E], work]) Object.freeze(each);
    const operations = readPatch(
      {
        Operations: [
          { op: 'replace', value: { 'name.givenName': 'B', [E]: { department: 'X' }, emails: [home] } },
          { op: 'replace', path: 'emails[type ne "home"].value', value: 'x' },
        ],
      },
      userResourceType,
    );
    expect(rejectionOf(() => applyPatch(deepFrozen, operations, userResourceType, 'x'))).toBe('400 noTarget');
    expect(JSON.stringify(current)).toBe(before);
  });

  it.each([
    [{ op: 'replace', path: 'title', value: 'x' }],
    [{ op: 'add', path: 'emails', value: [work] }],
    [{ op: 'replace', path: 'active', value: 'True' }],
    [{ op: 'remove', path: 'nickName' }],
    [{ op: 'remove', path: 'emails[type eq "home"]' }],
    [{ op: 'replace', value: { name: { givenName: 'A' } } }],
  ])('is equal to what was there if %j changes nothing (P-150)', (operation) => {
    const current = { ...ada, title: 'x', emails: [work], name: { givenName: 'A' } };
    const operations = readPatch({ Operations: [operation] }, userResourceType);
    expect(jsonEqual(applyPatch(current, operations, userResourceType, 'x'), current)).toBe(true);
  });

  it('refuses with 413 what would take too long', () => {
    const emails = Array.from({ length: 1_000 }, (_, index) => ({ value: `${index}@x` }));
    const operation = { op: 'replace', path: 'emails[value eq "5@x" or value eq "6@x"].display', value: 'x' };
    const times = (count: number) => Array.from({ length: count }, () => operation);
    expect(rejectionOf(() => patched({ ...ada, emails }, times(200)))).toBe('413');
    expect(rejectionOf(() => patched({ ...ada, emails }, times(100)))).toBe('nothing');
    expect(rejectionOf(() => patched({ ...ada, emails: emails.slice(0, 100) }, times(1_000)))).toBe('nothing');
  });

  it('refuses a thousand and first value', () => {
    const emails = Array.from({ length: 1_000 }, (_, index) => ({ value: `${index}@x` }));
    const full = { ...ada, emails };
    expect(rejectionOf(() => patched(full, [{ op: 'add', path: 'emails', value: [home] }]))).toBe('400 invalidValue');
    expect(rejectionOf(() => patched(full, [{ op: 'add', path: 'emails[type eq "x"].value', value: 'y' }]))).toBe(
      '400 invalidValue',
    );
  });
});

describe('immutable attributes (P-146)', () => {
  const current = { ...ada, [BADGE]: { number: 7, printer: { serial: 's', site: 'Oslo' } } };

  it.each([
    [{ op: 'add', path: `${BADGE}:number`, value: 7 }],
    [{ op: 'replace', path: `${BADGE}:printer.serial`, value: 's' }],
    [{ op: 'replace', path: `${BADGE}:printer`, value: { site: 'Oslo' } }],
  ])('take %j, which says the same', (operation) => {
    expect(patched(current, [operation], badgeUser)).toEqual(current);
  });

  it('take a first value', () => {
    const operation = { op: 'add', path: BADGE, value: { number: 7, printer: { serial: 's', site: 'Oslo' } } };
    expect(patched(ada, [operation], badgeUser)).toEqual(current);
  });

  it.each([
    [{ op: 'add', path: `${BADGE}:number`, value: 8 }],
    [{ op: 'replace', path: `${BADGE}:number`, value: 8 }],
    [{ op: 'replace', value: { [`${BADGE}:number`]: 8 } }],
    [{ op: 'remove', path: BADGE }],
    [{ op: 'replace', path: `${BADGE}:printer.serial`, value: 't' }],
    [{ op: 'replace', path: `${BADGE}:printer`, value: { serial: 't' } }],
    [{ op: 'remove', path: `${BADGE}:printer.serial` }],
    [{ op: 'remove', path: `${BADGE}:printer` }],
    [{ op: 'replace', path: `${BADGE}:printer`, value: null }],
  ])('refuse %j with mutability', (operation) => {
    expect(rejectionOf(() => patched(current, [operation], badgeUser))).toBe('400 mutability');
  });

  it('refuse a change of a member', () => {
    const group = { displayName: 'G', members: [{ value: 'u1', type: 'User' }] };
    const operation = { op: 'replace', path: 'members[value eq "u1"].value', value: 'u2' };
    expect(rejectionOf(() => patched(group, [operation], groupResourceType))).toBe('400 mutability');
  });

  it('refuses an extension without what it requires', () => {
    const operation = { op: 'add', path: `${BADGE}:weight`, value: 1 };
    expect(rejectionOf(() => patched(ada, [operation], badgeUser))).toBe('400 invalidValue');
  });

  it('knows lists of simple values', () => {
    const operations = [
      { op: 'add', path: `${BADGE}:doors`, value: ['A', 'b', 'B'] },
      { op: 'add', path: `${BADGE}:doors`, value: 'C' },
      { op: 'remove', path: `${BADGE}:doors`, value: ['a'] },
    ];
    expect(patched(current, operations, badgeUser)).toEqual({
      ...current,
      [BADGE]: { ...current[BADGE], doors: ['b', 'C'] },
    });
    expect(
      rejectionOf(() => patched(current, [{ op: 'remove', path: `${BADGE}:doors[value eq "A"]` }], badgeUser)),
    ).toBe('400 invalidPath');
  });
});

describe('members of a group', () => {
  const group = {
    displayName: 'G',
    members: [
      { value: 'u1', type: 'User' },
      { value: 'u2', type: 'User' },
    ],
  };
  const members = (operation: unknown) => patched(group, [operation], groupResourceType);

  it.each([
    [{ op: 'add', path: 'members', value: [{ value: 'u1' }] }, ['u1', 'u2']],
    [{ op: 'add', path: 'members', value: [{ value: 'U1' }] }, ['u1', 'u2', 'U1']],
    [{ op: 'replace', path: 'members', value: [{ value: 'u2' }, { value: 'u3' }, { value: 'u3' }] }, ['u2', 'u3']],
    [{ op: 'replace', value: { displayName: 'G' } }, ['u1', 'u2']],
    [{ op: 'remove', path: 'members[value eq"u1"]' }, ['u2']],
    [{ op: 'remove', path: 'members[value eq "u1" or value eq "u2"]' }, undefined],
    [{ op: 'remove', path: 'members', value: [{ value: 'u9' }] }, ['u1', 'u2']],
    [{ op: 'remove', path: 'members', value: null }, undefined],
    [{ op: 'replace', path: 'members', value: [] }, undefined],
  ])('after %j are %j', (operation, expected) => {
    const result = members(operation);
    const values = (result as { members?: { value: string }[] }).members?.map(({ value }) => value);
    expect(values).toEqual(expected);
  });

  it('are added and removed in long lists without comparing each with each', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => ({ value: `m${index}` }));
    const added = patched(group, [{ op: 'add', path: 'members', value: many }], groupResourceType);
    expect(patched(added as JsonObject, [{ op: 'remove', path: 'members', value: many }], groupResourceType)).toEqual(
      group,
    );
  });
});
