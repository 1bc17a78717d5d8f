import fc from 'fast-check';
import { withoutLinks } from '../../../src/scim/bulk/bulk-circle.js';
import { applyPatch } from '../../../src/scim/protocol/apply-patch.js';
import { readBulk } from '../../../src/scim/protocol/bulk.js';
import { referencesOf } from '../../../src/scim/protocol/bulk-references.js';
import { readPatch } from '../../../src/scim/protocol/read-patch.js';
import { readReplacement, readResource } from '../../../src/scim/protocol/read-resource.js';
import type { Json, JsonObject } from '../../../src/scim/protocol/resource.js';
import { groupResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { ScimError } from '../../../src/scim/protocol/scim-error.js';
import { BADGE, badgeUser, E, overTheWire, plain, U } from './patching.js';

const current: JsonObject = {
  userName: 'ada',
  active: true,
  emails: [
    { value: 'w@x', type: 'work', primary: true },
    { value: 'h@x', type: 'home' },
  ],
  [E]: { manager: { value: 'm' } },
};

const builtins = [Object, Array, Map, Set, String, Function, Promise].flatMap((each) => [each, each.prototype]);
const fingerprint = () => builtins.map((each) => Reflect.ownKeys(each).map(String));
const before = fingerprint();

afterEach(() => {
  expect(fingerprint()).toEqual(before);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

/** The result, or undefined where a ScimError of the 4xx kind was thrown; nothing else may be. */
const settle = (action: () => JsonObject): JsonObject | undefined => {
  try {
    return action();
  } catch (error) {
    if (error instanceof ScimError && error.status >= 400 && error.status < 500) return undefined;
    throw error;
  }
};

const everyUse = (body: unknown): readonly (JsonObject | undefined)[] => [
  settle(() => readResource(body, badgeUser)),
  settle(() => readResource(body, groupResourceType)),
  settle(() => readReplacement(body, badgeUser, current)),
  settle(() => applyPatch(current, readPatch(body, badgeUser), badgeUser, 'x')),
  settle(() => applyPatch(current, readPatch({ Operations: body }, badgeUser), badgeUser, 'x')),
  settle(() => applyPatch(current, readPatch({ Operations: [body] }, badgeUser), badgeUser, 'x')),
  settle(() => applyPatch(current, readPatch({ Operations: [{ op: 'add', value: body }] }, badgeUser), badgeUser, 'x')),
];

describe('prototype pollution', () => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'];
  const paths = names.flatMap((name) => [
    name,
    `${name}.polluted`,
    `${name}.prototype.polluted`,
    `name.${name}`,
    `name.${name}.polluted`,
    `emails.${name}`,
    `emails[type eq "work"].${name}`,
    `emails[${name} eq "work"].value`,
    `${name}[type eq "work"].value`,
    `${U}:${name}`,
    `${E}:${name}`,
    `${E}:manager.${name}`,
  ]);

  it.each(paths)('is impossible by the path or key %s', (path) => {
    for (const op of ['add', 'replace', 'remove']) {
      for (const value of ['x', { polluted: true }, [{ value: 'x' }]]) {
        expect(
          settle(() =>
            applyPatch(current, readPatch({ Operations: [{ op, path, value }] }, badgeUser), badgeUser, 'x'),
          ),
        ).toBeUndefined();
        const byKey = { Operations: [{ op, value: overTheWire({ [path]: value }) }] };
        const result = settle(() => applyPatch(current, readPatch(byKey, badgeUser), badgeUser, 'x'));
        if (result !== undefined) expect(plain(result)).toEqual(plain(current));
      }
    }
  });

  it.each(names)('is impossible by the key %s at any depth of a body', (name) => {
    const evil = `{"${name}":{"polluted":true,"value":"x"}}`;
    for (const text of [
      `{"userName":"x","${name}":{"polluted":true}}`,
      `{"userName":"x","name":${evil}}`,
      `{"userName":"x","emails":[${evil}]}`,
      `{"userName":"x","${E}":${evil}}`,
      `{"userName":"x","${E}":{"manager":${evil}}}`,
      `{"userName":${evil}}`,
      evil,
    ]) {
      for (const result of everyUse(JSON.parse(text))) {
        expect(result === undefined || !JSON.stringify(result).includes('polluted')).toBe(true);
      }
    }
  });
});

const names = [
  'userName', 'USERNAME', 'externalId', 'active', 'name', 'name.givenName', 'givenName', 'emails', 'value', 'VALUE', 'type', 'primary',
  'emails[type eq "work"].value', 'emails[type eq "other"]', 'emails[primary eq "True"].value', 'emails.type', 'addresses', 'locality', 'roles', 'members', 'displayName', 'password', 'id', 'schemas',
  'meta', 'groups', U, E, BADGE, `${E}:manager`, 'manager', `${E}:department`, `${U}:title`, 'title', 'number', 'weight', 'issued', 'doors', 'printer', 'serial', 'x509Certificates',
  '$ref', 'op', 'path', 'Operations', '__proto__', 'constructor', 'toString', 'favoriteColor', '', '[', '.',
]; // prettier-ignore

const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      'True',
      'false',
      '',
      'work',
      'x@y',
      'add',
      'Replace',
      'remove',
      7,
      1.5,
      '2026-01-31T12:00:00Z',
      '\u0000',
      '\ud800',
      ...names,
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.double(),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names), tie('json'), { maxKeys: 6 }),
  ),
}));

const operation = fc.record(
  { op: fc.constantFrom('add', 'Replace', 'remove'), path: fc.constantFrom(...names), value: json },
  { requiredKeys: ['op'] },
);

/** What `ResourceAttributes` promises: nothing unassigned, no prototypes, one primary value, well-formed text. */
const expectInvariants = (value: Json): void => {
  expect(value).not.toBeNull();
  if (typeof value === 'string') expect(value).toMatch(/^(?!.*[\p{Cs}\0]).+$/su);
  if (typeof value !== 'object' || value === null) return;
  const parts = Object.values(value);
  expect(parts.length).toBeGreaterThan(0);
  if (Array.isArray(value)) expect(value.filter((each) => each?.primary === true).length).toBeLessThanOrEqual(1);
  else
    expect(Reflect.ownKeys(Object.prototype).filter((name) => name in value && !Object.hasOwn(value, name))).toEqual(
      [],
    );
  parts.forEach(expectInvariants);
};

describe('any JSON value', () => {
  it('as a body gives a sound resource or a ScimError', () => {
    fc.assert(
      fc.property(json, (value) => {
        everyUse(overTheWire(value ?? null));
      }),
      { numRuns: 2_000 },
    );
  });

  it('as attributes of a user gives a sound resource that is read back the same', () => {
    const users = fc.dictionary(fc.constantFrom(...names), json, { maxKeys: 6 });
    fc.assert(
      fc.property(users, (value) => {
        const body = overTheWire({ ...value, userName: 'x' });
        const created = settle(() => readResource(body, badgeUser));
        if (created === undefined) return;
        expectInvariants(created);
        expect(plain(readResource(plain(created), badgeUser))).toEqual(plain(created));
        expect(plain(readReplacement(plain(created), badgeUser, created))).toEqual(plain(created));
      }),
      { numRuns: 2_000 },
    );
  });

  it('as operations gives a sound resource or a ScimError', () => {
    const start = readResource(current, badgeUser);
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 4 }), (operations) => {
        const body = overTheWire({ Operations: operations });
        const result = settle(() => applyPatch(start, readPatch(body, badgeUser), badgeUser, 'x'));
        if (result !== undefined) expectInvariants(result);
      }),
      { numRuns: 4_000 },
    );
    expect(plain(start)).toEqual(plain(current));
  });
});

it('survives deep nesting', () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"name":', '}'],
    [`{"${U}":`, '}'],
    ['{"value":', '}'],
    [`{"${E}":`, '}'],
  ]) {
    const deep = JSON.parse(`${open?.repeat(5_000)}1${close?.repeat(5_000)}`);
    everyUse(deep);
    everyUse({ userName: deep, emails: deep, name: deep, [E]: deep, [U]: deep });
  }
});

it('takes long hostile texts in linear time', () => {
  const long = (text: string) => text.repeat(Math.ceil(1_000_000 / text.length));
  for (const text of [
    long('['),
    long('emails['),
    `emails[${long(' ')}`,
    `emails[${long('"')}]`,
    long('.'),
    long('a.'),
    `${long(' ')}x`,
  ]) {
    everyUse({ op: 'replace', path: text, value: text });
    everyUse({ [text]: text });
  }
  everyUse({ userName: 'x', x509Certificates: [{ value: `${' '.repeat(9_990)}!` }] });
});

describe('a long hostile bulk request is taken in linear time', () => {
  const length = 1_000_000;
  const readOne = (operation: unknown) => readBulk({ Operations: [operation] }, 1).operations[0];

  it.each(['/', '//x', ' /'])('with a path of many %j', (text) => {
    const path = `/Users/x${text.repeat(length / text.length)}x`;
    expect(readOne({ method: 'DELETE', path })?.refused).toMatchObject({ status: 400 });
  });

  it.each(['"', '\\"', '""\\"'])('with filters of many %j that do not end', (text) => {
    const path = `bulkId:[${text.repeat(length / text.length)}\\`;
    const Operations = [
      { op: 'add', path, value: 'x' },
      { op: 'add', value: { [path]: 'x' } },
    ];
    const operation = readOne({ method: 'PATCH', path: '/Users/x', data: { Operations } });
    expect(operation && [...referencesOf(operation)]).toEqual([]);
  });

  it('with a circle of many members', () => {
    const members = Array.from({ length: length / 16 }, (_, index) => ({ value: `bulkId:${index % 2}` }));
    const parted = withoutLinks({ members }, ['members'], (bulkId) => bulkId === '1');
    expect(parted).toMatchObject({ links: [{ name: 'members', values: { length: members.length / 2 } }] });
    expect(parted.body).toMatchObject({ members: { length: members.length / 2 } });
  });
});
