import { findAttribute } from '../../../src/scim/protocol/attribute-path.js';
import { lenient } from '../../../src/scim/protocol/leniency.js';
import { readValue, toAssigned } from '../../../src/scim/protocol/read-value.js';
import { groupResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { badgeUser, BADGE, detailOf, E, plain, rejectionOf } from './patching.js';

const read = (name: string, input: unknown): unknown => {
  const found = findAttribute(badgeUser, name) ?? findAttribute(groupResourceType, name);
  if (found === undefined) throw new Error(`no attribute ${name}`);
  const value = toAssigned(readValue(found.subAttribute ?? found.attribute, input, name, lenient));
  return value === undefined ? undefined : plain(value);
};

describe('readValue', () => {
  it.each([
    // Values round-trip unmodified (P-092).
    ['userName', 'Ada@ACME.io', 'Ada@ACME.io'],
    ['userName', ' ada ', ' ada '],
    ['displayName', 'Zoe\u0308 (NFD)', 'Zoe\u0308 (NFD)'],
    ['displayName', 'tab\tand\r\nline', 'tab\tand\r\nline'],
    ['title', '  ', '  '],
    ['title', '👩‍💻', '👩‍💻'],
    ['phoneNumbers', [{ value: '55555555555' }], [{ value: '55555555555' }]],
    // Any country is taken (P-094).
    ['addresses', [{ country: 'The Netherlands' }], [{ country: 'The Netherlands' }]],
    [`${BADGE}:number`, 7, 7],
    [`${BADGE}:weight`, 7.5, 7.5],
    [`${BADGE}:issued`, '2026-01-31T12:00:00+01:00', '2026-01-31T12:00:00+01:00'],
    [`${BADGE}:doors`, ['A', 'B'], ['A', 'B']],
    ['x509Certificates', [{ value: 'MIIB\nAa==' }], [{ value: 'MIIB\nAa==' }]],
  ])('keeps %s %j', (name, input, expected) => {
    expect(read(name, input)).toEqual(expected);
  });

  it.each([true, 'true', 'True', 'TRUE', [true], ['True'], { value: 'true' }, [{ $ref: null, value: true }]])(
    'reads the boolean %j as true',
    (input) => {
      expect(read('active', input)).toBe(true);
    },
  );

  it.each([false, 'false', 'False', 'FALSE', [false], ['False'], { VALUE: 'false' }])(
    'reads the boolean %j as false',
    (input) => {
      expect(read('active', input)).toBe(false);
    },
  );

  it.each([
    ['title', null],
    ['title', ''],
    ['title', []],
    ['title', [null]],
    ['title', { value: null }],
    ['name', null],
    ['name', ''],
    ['name', {}],
    ['name', { givenName: null, familyName: '' }],
    ['name', { unknown: 'x' }],
    ['emails', null],
    ['emails', []],
    ['emails', ''],
    ['emails', [null]],
    ['emails', [{}]],
    ['emails', [{ type: 'work', primary: true, value: '' }]],
    [`${BADGE}:doors`, ['', null]],
    [`${E}:manager`, ''],
    [`${E}:manager`, { value: '' }],
    [`${E}:manager`, { displayName: 'readOnly' }],
  ])('takes %s %j as unassigned', (name, input) => {
    expect(read(name, input)).toBeUndefined();
  });

  it.each([
    // One object instead of a list: OneLogin (P-088).
    ['emails', { value: 'a@x' }, [{ value: 'a@x' }]],
    [`${BADGE}:doors`, 'A', ['A']],
    ['roles', ['Admin', { value: 'Reader' }], [{ value: 'Admin' }, { value: 'Reader' }]],
    // Names in any case, unknown and readOnly ones left out.
    ['emails', [{ VALUE: 'a@x', colour: 'red', $ref: null }], [{ value: 'a@x' }]],
    ['members', [{ value: 'u1', $ref: null, display: 'x', type: 'User' }], [{ value: 'u1', type: 'User' }]],
    // The manager as text, as an object, as a list of one (P-168).
    [`${E}:manager`, 'm1', { value: 'm1' }],
    [`${E}:manager`, { value: 'm1', displayName: 'x' }, { value: 'm1' }],
    [`${E}:manager`, [{ $ref: 'https://x/Users/m1', value: 'm1' }], { value: 'm1' }],
    // A singular value in a list of one or in an object (P-181).
    ['title', ['CTO'], 'CTO'],
    ['title', { value: 'CTO' }, 'CTO'],
    ['title', [{ $ref: null, value: 'CTO' }], 'CTO'],
    ['name', [{ givenName: ['Ada'] }], { givenName: 'Ada' }],
    // The same value twice is one value (RFC 7643 §2.4).
    [
      'emails',
      [
        { value: 'a@x', type: 'work' },
        { value: 'A@X', type: 'work', primary: true },
        { value: 'a@x', type: 'home' },
      ],
      [
        { value: 'a@x', type: 'work', primary: true },
        { value: 'a@x', type: 'home' },
      ],
    ],
  ])('reads %s %j as %j', (name, input, expected) => {
    expect(read(name, input)).toEqual(expected);
  });

  it.each([
    ['userName', 123],
    ['userName', true],
    ['userName', null],
    ['userName', ''],
    ['userName', '   '],
    ['userName', '\u3000'],
    ['userName', ['a', 'b']],
    ['externalId', 1],
    ['title', { a: 1 }],
    ['title', { value: 'x', a: 1 }],
    ['title', [['x']]],
    ['name', 'Ada'],
    ['name', 5],
    ['name', [{ givenName: 'A' }, { givenName: 'B' }]],
    ['name', { givenName: 5 }],
    ['emails', 'x'],
    ['emails', 1],
    ['emails', [1]],
    ['emails', [[{ value: 'x' }]]],
    ['emails', [{ value: 1 }]],
    ['emails', [{ value: 'x', primary: 'yes' }]],
    ['addresses', ['Main Street 1']],
    ['active', 'maybe'],
    ['active', 0],
    ['active', 1],
    ['active', {}],
    ['active', { active: false }],
    ['active', [false, false]],
    ['active', null],
    ['active', ''],
    ['active', []],
    [`${E}:manager`, 5],
    [`${E}:manager`, ['a', 'b']],
    ['members', [{}]],
    ['members', [{ display: 'x' }]],
    ['members', [null]],
    ['members', ['']],
    ['members', [[]]],
    ['members', [{ value: 'u1' }, null]],
    ['members', [{ value: '' }]],
    [`${BADGE}:number`, '7'],
    [`${BADGE}:number`, 7.5],
    [`${BADGE}:number`, Infinity],
    [`${BADGE}:number`, 2 ** 53],
    [`${BADGE}:weight`, Infinity],
    [`${BADGE}:issued`, 'yesterday'],
    [`${BADGE}:issued`, 1767225600],
    ['x509Certificates', [{ value: 'not base64!' }]],
    // Two primary values (P-089).
    [
      'emails',
      [
        { value: 'a@x', primary: true },
        { value: 'b@x', primary: 'True' },
      ],
    ],
    // NUL, other controls, halves of surrogate pairs (security.md J06, J07).
    ['displayName', 'a\u0000b'],
    ['displayName', 'a\u0007b'],
    ['displayName', 'a\u001bb'],
    ['userName', 'a\ud800b'],
    ['externalId', '\udc00'],
    ['emails', [{ value: 'a@x\u0000' }]],
    // Lengths.
    ['title', 'x'.repeat(10_001)],
    ['userName', 'x'.repeat(1_025)],
    ['externalId', 'x'.repeat(1_025)],
    ['externalId', '山'.repeat(1_000)],
    // Folded by NFC, U+FB2C becomes three characters.
    ['userName', '\ufb2c'.repeat(600)],
    ['emails', [{ value: `${'x'.repeat(1_025)}@x` }]],
    ['emails', Array.from({ length: 1_001 }, (_, index) => ({ value: `${index}@x` }))],
  ])('refuses %s %j with invalidValue', (name, input) => {
    expect(rejectionOf(() => read(name, input))).toBe('400 invalidValue');
    expect(detailOf(() => read(name, input))).toContain(name);
  });

  it.each([
    ['title', 'x'.repeat(10_000)],
    ['userName', 'x'.repeat(1_024)],
    ['externalId', '山'.repeat(682)],
  ])('takes the longest %s', (name, input) => {
    expect(read(name, input)).toBe(input);
  });

  it('takes any number of members', () => {
    const members = Array.from({ length: 20_000 }, (_, index) => ({ value: `u${index}` }));
    expect(read('members', members)).toHaveLength(20_000);
  });

  it('refuses a sub-attribute in two spellings with invalidSyntax', () => {
    expect(rejectionOf(() => read('name', { givenName: 'A', GIVENNAME: 'A' }))).toBe('400 invalidSyntax');
  });

  it('names the part and the offending value, shortened and escaped', () => {
    expect(detailOf(() => read('emails', [{ value: 'a@x', primary: `\u0000${'y'.repeat(90)}` }]))).toBe(
      `emails.primary must be true or false, not the text "\\u0000${'y'.repeat(59)}…".`,
    );
  });
});
