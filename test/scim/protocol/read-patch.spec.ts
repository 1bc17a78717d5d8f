import { readPatch } from '../../../src/scim/protocol/read-patch.js';
import { groupResourceType, userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { BADGE, badgeUser, detailOf, E, overTheWire, PATCH_OP, rejectionOf, U } from './patching.js';

const G = 'urn:ietf:params:scim:schemas:core:2.0:Group';

const read = (operation: unknown, resourceType = userResourceType) =>
  readPatch(overTheWire({ schemas: [PATCH_OP], Operations: [operation] }), resourceType);

describe('readPatch', () => {
  const operation = { op: 'replace', path: 'title', value: 'CTO' };

  it.each([
    [{ schemas: [PATCH_OP], Operations: [operation] }],
    [{ operations: [operation] }],
    [{ schemas: [U], OPERATIONS: [operation] }],
    [{ Operations: [{ OP: 'Replace', PATH: 'TITLE', Value: 'CTO' }] }],
    [{ Operations: [{ op: 'REPLACE', path: `${U}:title`, value: ['CTO'] }] }],
    [{ Operations: [{ op: 'replace', path: '', value: { title: 'CTO' } }] }],
    [{ Operations: [{ op: 'replace', path: null, value: { Title: 'CTO', favoriteColor: 'red' } }] }],
    [{ Operations: [{ op: 'replace', value: { [U]: { title: 'CTO' } } }] }],
    [{ Operations: [{ op: 'replace', path: U, value: { title: 'CTO' } }] }],
  ])('reads %j', (body) => {
    expect(readPatch(body, userResourceType)).toEqual([
      {
        type: 'replace',
        value: 'CTO',
        path: { type: 'attribute', target: expect.objectContaining({ extension: false }) },
      },
    ]);
  });

  it.each([
    [null],
    ['x'],
    [[]],
    [{}],
    [{ Operations: null }],
    [{ Operations: [] }],
    [{ Operations: operation }],
    [{ Operations: [null] }],
    [{ Operations: ['x'] }],
    [{ Operations: [{ path: 'title', value: 'x' }] }],
    [{ Operations: [{ op: null, path: 'title', value: 'x' }] }],
    [{ Operations: [{ op: 'move', path: 'title', value: 'x' }] }],
    [{ Operations: [{ op: 'delete', path: 'title' }] }],
    [{ Operations: [{ op: 'test', path: 'title', value: 'x' }] }],
    [{ Operations: [{ op: '__proto__', path: 'title', value: 'x' }] }],
    [{ Operations: [{ op: 'add', OP: 'add', path: 'title', value: 'x' }] }],
    [{ Operations: [operation], operations: [operation] }],
    [{ Operations: [{ op: 'add', value: { title: 'x', TITLE: 'y' } }] }],
    [{ Operations: [{ op: 'add', value: { [U]: { title: 'x' }, title: 'y' } }] }],
    [{ Operations: [{ op: 'add', path: 'name', value: { givenName: 'x', GivenName: 'y' } }] }],
  ])('refuses %j with invalidSyntax', (body) => {
    expect(rejectionOf(() => readPatch(body, userResourceType))).toBe('400 invalidSyntax');
  });

  it('refuses more than 1,000 operations with 413', () => {
    const operations = (count: number) => ({ Operations: Array.from({ length: count }, () => operation) });
    expect(rejectionOf(() => readPatch(operations(1_001), userResourceType))).toBe('413');
    expect(readPatch(operations(1_000), userResourceType)).toHaveLength(1_000);
  });

  it.each([
    [{ op: 'add', path: 'title' }],
    [{ op: 'replace', path: 'title' }],
    [{ op: 'replace', path: 'active' }],
    [{ op: 'add' }],
    [{ op: 'add', value: null }],
    [{ op: 'add', value: 'x' }],
    [{ op: 'replace', value: [{ title: 'x' }] }],
    [{ op: 'replace', path: 'title', value: { a: 1 } }],
    [{ op: 'replace', path: 'title', value: ['a', 'b'] }],
    [{ op: 'replace', path: 'name', value: 'Ada' }],
    [{ op: 'replace', path: 'emails', value: 'x' }],
    [{ op: 'replace', path: 'emails[type eq "work"].value', value: { a: 1 } }],
    [{ op: 'replace', path: 'emails[type eq "work"]', value: [{ value: 'a' }, { value: 'b' }] }],
    [
      {
        op: 'add',
        path: 'emails',
        value: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      },
    ],
    [{ op: 'replace', path: 'active', value: 'maybe' }],
    [{ op: 'replace', path: 'active', value: 0 }],
    [{ op: 'replace', path: 'active', value: null }],
    [{ op: 'replace', path: 'active', value: '' }],
    [{ op: 'replace', path: 'active', value: { active: false } }],
    [{ op: 'replace', value: { active: null } }],
    [{ op: 'remove', path: 'active' }],
    [{ op: 'replace', path: 'userName', value: null }],
    [{ op: 'replace', path: 'userName', value: '' }],
    [{ op: 'replace', path: 'userName', value: ' ' }],
    [{ op: 'add', path: 'userName', value: '' }],
    [{ op: 'replace', value: { userName: null } }],
    [{ op: 'replace', path: 'externalId', value: 7 }],
    [{ op: 'replace', path: E, value: 'x' }],
    [{ op: 'replace', value: { [E]: 5 } }],
    [{ op: 'remove', path: 'emails', value: 5 }],
  ])('refuses %j with invalidValue', (operation) => {
    expect(rejectionOf(() => read(operation))).toBe('400 invalidValue');
  });

  it.each([
    [{ op: 'add', path: 'members', value: [{}] }],
    [{ op: 'add', path: 'members', value: [{ display: 'x' }] }],
    [{ op: 'remove', path: 'members', value: [{ display: 'x' }] }],
    [{ op: 'replace', path: 'displayName', value: '' }],
  ])('refuses %j of a group with invalidValue', (operation) => {
    expect(rejectionOf(() => read(operation, groupResourceType))).toBe('400 invalidValue');
  });

  it.each([
    [{ op: 'replace', path: 5, value: 'x' }],
    [{ op: 'replace', path: 'favoriteColor', value: 'x' }],
    [{ op: 'replace', path: '__proto__.polluted', value: 'x' }],
    [{ op: 'replace', path: 'name[givenName eq "x"]', value: 'x' }],
    [{ op: 'replace', value: { 'active.value': false } }],
    [{ op: 'remove', path: 'emails[0]' }],
  ])('refuses %j with invalidPath', (operation) => {
    expect(rejectionOf(() => read(operation))).toBe('400 invalidPath');
  });

  it.each([
    [{ op: 'replace', path: 'id', value: '1' }],
    [{ op: 'add', path: 'meta.created', value: '1999-01-01T00:00:00Z' }],
    [{ op: 'remove', path: 'meta' }],
    [{ op: 'add', path: 'schemas', value: [E] }],
    [{ op: 'add', path: 'groups', value: [{ value: 'g' }] }],
    [{ op: 'remove', path: 'groups[value eq "g"]' }],
    [{ op: 'remove', path: 'groups', value: [{ value: 'g' }] }],
    [{ op: 'replace', path: `${E}:manager.displayName`, value: 'x' }],
    [{ op: 'remove', path: 'manager.displayName' }],
    [{ op: 'remove', path: 'userName' }],
    [{ op: 'remove', path: U }],
    [{ op: 'remove', path: `${BADGE}:number` }],
  ])('refuses %j with mutability', (operation) => {
    expect(rejectionOf(() => read(operation, badgeUser))).toBe('400 mutability');
  });

  it.each([
    [{ op: 'remove', path: 'displayName' }],
    [{ op: 'remove', path: 'members[value eq "u1"].value' }],
    [{ op: 'remove', path: 'members.value' }],
  ])('refuses %j of a group with mutability', (operation) => {
    expect(rejectionOf(() => read(operation, groupResourceType))).toBe('400 mutability');
  });

  it.each([[{ op: 'remove' }], [{ op: 'remove', path: '' }], [{ op: 'Remove', value: { title: 'x' } }]])(
    'refuses %j with noTarget',
    (operation) => {
      expect(rejectionOf(() => read(operation))).toBe('400 noTarget');
    },
  );

  it.each([
    // Password by PATCH is a silent no-op (P-151, idp-traffic.md §2.6).
    [{ op: 'replace', value: { password: 'N3w-Pa55word!' } }],
    [{ op: 'replace', path: 'password', value: 'N3w-Pa55word!' }],
    [{ op: 'add', path: 'password', value: { a: 1 } }],
    [{ op: 'remove', path: 'password' }],
    // Unknown keys, and readOnly ones other than the id, are ignored (P-138, P-145).
    [{ op: 'replace', value: {} }],
    [{ op: 'replace', value: { favoriteColor: 'red', [`${E}:shoe`]: 1, 'urn:x:y': {} } }],
    [{ op: 'replace', value: { schemas: [G], meta: { version: 'x' }, groups: [], 'manager.displayName': 'x' } }],
    [{ op: 'replace', value: { id: null } }],
    [{ op: 'replace', value: { [U]: 5 } }],
    [{ op: 'add', path: E, value: null }],
  ])('makes nothing of %j', (operation) => {
    expect(read(operation, badgeUser)).toEqual([]);
  });

  it('tells neither password nor broken text in its error', () => {
    expect(detailOf(() => read({ op: 'replace', value: { password: 's3cret', active: 'perhaps\u0000' } }))).toBe(
      'active must be true or false, not the text "perhaps\\u0000".',
    );
  });
});
