import { readReplacement, readResource } from '../../../src/scim/protocol/read-resource.js';
import { groupResourceType, userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import type { JsonObject } from '../../../src/scim/protocol/resource.js';
import type { ResourceType } from '../../../src/scim/protocol/schemas/schema.js';
import { BADGE, badgeUser, detailOf, E, overTheWire, PATCH_OP, plain, rejectionOf, U } from './patching.js';

const G = 'urn:ietf:params:scim:schemas:core:2.0:Group';

const created = (body: unknown, resourceType: ResourceType = userResourceType): unknown =>
  plain(readResource(overTheWire(body), resourceType));

const replaced = (current: JsonObject, body: unknown, resourceType: ResourceType = userResourceType): unknown =>
  plain(readReplacement(overTheWire(body), resourceType, current));

describe('readResource', () => {
  it('reads what Entra ID sends to create a user', () => {
    // idp-traffic.md §1.3: explicit nulls, an empty list, `meta`, the manager as text.
    const body = {
      schemas: [U, E],
      externalId: '0d3f1c52-6b3e-4a4b-8f0e-2a1d6f1f9e10',
      userName: 'mira.okafor@contoso.example',
      active: true,
      displayName: 'Mira Okafor',
      emails: [{ primary: true, type: 'work', value: 'mira.okafor@contoso.example' }],
      meta: { resourceType: 'User' },
      name: { formatted: 'Mira Okafor', familyName: 'Okafor', givenName: 'Mira' },
      addresses: null,
      phoneNumbers: null,
      preferredLanguage: null,
      title: null,
      roles: [],
      [E]: { department: 'Ops', employeeNumber: '4711', manager: 'm-1' },
    };
    expect(created(body)).toEqual({
      externalId: '0d3f1c52-6b3e-4a4b-8f0e-2a1d6f1f9e10',
      userName: 'mira.okafor@contoso.example',
      active: true,
      displayName: 'Mira Okafor',
      emails: [{ primary: true, type: 'work', value: 'mira.okafor@contoso.example' }],
      name: { formatted: 'Mira Okafor', familyName: 'Okafor', givenName: 'Mira' },
      [E]: { department: 'Ops', employeeNumber: '4711', manager: { value: 'm-1' } },
    });
  });

  it('reads what Okta sends to create a user, and drops the random password', () => {
    // idp-traffic.md §2.4.
    const body = {
      schemas: [U],
      userName: 'test.lin@acme.example',
      name: { givenName: 'Lin', familyName: 'Test' },
      emails: [{ primary: true, value: 'test.lin@acme.example', type: 'work' }],
      displayName: '',
      locale: 'en-US',
      externalId: '00ujl29u0le5T6Aj10h7',
      groups: [],
      password: '1mz050nq',
      active: true,
    };
    const user = created(body);
    expect(user).toEqual({
      userName: 'test.lin@acme.example',
      name: { givenName: 'Lin', familyName: 'Test' },
      emails: [{ primary: true, value: 'test.lin@acme.example', type: 'work' }],
      locale: 'en-US',
      externalId: '00ujl29u0le5T6Aj10h7',
      active: true,
    });
  });

  it('takes a user name alone, and makes the user active', () => {
    expect(created({ userName: 'ada' })).toEqual({ userName: 'ada', active: true });
  });

  it.each([
    [
      'names in any case',
      { USERNAME: 'x', EMAILS: [{ VALUE: 'x@y.z' }], ExternalID: '1' },
      { emails: [{ value: 'x@y.z' }], externalId: '1' },
    ],
    ['server-made attributes', { userName: 'x', id: 'evil', meta: { created: '1999' }, groups: [{ value: 'g' }] }, {}],
    ['a password of any type', { userName: 'x', password: { a: [1] } }, {}],
    ['unknown attributes and sub-attributes', { userName: 'x', favoriteColor: 'red', name: { shoe: 1 } }, {}],
    ['unknown extensions', { userName: 'x', 'urn:scim:schemas:extension:enterprise:1.0': { department: 'D' } }, {}],
    ['extension attributes without their URN', { userName: 'x', department: 'D', manager: null }, {}],
    [
      'an extension that schemas does not list',
      { schemas: [U], userName: 'x', [E]: { department: 'D' } },
      { [E]: { department: 'D' } },
    ],
    [
      'an extension in other case',
      { userName: 'x', [E.toUpperCase()]: { DEPARTMENT: 'D' } },
      { [E]: { department: 'D' } },
    ],
    ['a listed extension without values', { schemas: [U, E], userName: 'x', [E]: {} }, {}],
    ['an extension that is null', { userName: 'x', [E]: null }, {}],
    ['an extension with nulls', { userName: 'x', [E]: { department: null, manager: { value: '' } } }, {}],
    ['core attributes with their URN', { [`${U}:userName`]: 'x' }, {}],
  ])('understands %s', (_, body, expected) => {
    expect(created(body)).toEqual({ userName: 'x', active: true, ...expected });
  });

  it.each([
    [{ userName: 'x' }],
    [{ schemas: null, userName: 'x' }],
    [{ schemas: [], userName: 'x' }],
    [{ schemas: U, userName: 'x' }],
    [{ SCHEMAS: [U.toUpperCase()], userName: 'x' }],
    [{ schemas: ['urn:scim:schemas:core:2.0', 'urn:scim:schemas:extension:enterprise:2.0'], userName: 'x' }],
    [{ schemas: [U, G], userName: 'x' }],
    [{ schemas: [PATCH_OP], userName: 'x' }],
  ])('tolerates the schemas of %j', (body) => {
    expect(created(body)).toEqual({ userName: 'x', active: true });
  });

  it('creates a suspended user from active "False"', () => {
    expect(created({ userName: 'x', active: 'False' })).toEqual({ userName: 'x', active: false });
  });

  it('reads a group with the URN that Entra ID adds', () => {
    const body = {
      schemas: [G, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      externalId: '8aa1a0c0',
      displayName: 'Platform Team',
      meta: { resourceType: 'Group' },
      members: [{ $ref: null, value: 'u1' }],
    };
    expect(created(body, groupResourceType)).toEqual({
      externalId: '8aa1a0c0',
      displayName: 'Platform Team',
      members: [{ value: 'u1' }],
    });
  });

  it.each([
    [{}, 'userName'],
    [{ userName: null }, 'userName'],
    [{ userName: '' }, 'userName'],
    [{ userName: '   ' }, 'userName'],
    [{ userName: 'x', active: null }, 'active'],
    [{ userName: 'x', active: '' }, 'active'],
    [{ userName: 'x', externalId: 1 }, 'externalId'],
    [{ userName: 'x', emails: 'x' }, 'emails'],
    [{ userName: 'x', [E]: 'x' }, E],
    [{ userName: 'x', [E]: [{}, {}] }, E],
    [{ userName: 'x', [E]: { department: 5 } }, `${E}:department`],
    [{ userName: 'x', schemas: 5 }, 'schemas'],
    [{ userName: 'x', schemas: [5] }, 'schemas'],
    [{ userName: 'x', [BADGE]: { weight: 1 } }, `${BADGE}:number`],
  ])('refuses %j with invalidValue', (body, name) => {
    expect(rejectionOf(() => created(body, badgeUser))).toBe('400 invalidValue');
    expect(detailOf(() => created(body, badgeUser))).toContain(name);
  });

  it('refuses a user without an extension that is required', () => {
    const extensions = badgeUser.extensions.map((extension) => ({ ...extension, required: true }));
    expect(rejectionOf(() => created({ userName: 'x' }, { ...badgeUser, extensions }))).toBe('400 invalidValue');
  });

  it('refuses a group without a name with invalidValue', () => {
    expect(rejectionOf(() => created({ members: [] }, groupResourceType))).toBe('400 invalidValue');
  });

  it.each([
    [null],
    [undefined],
    ['x'],
    [5],
    [[{ userName: 'x' }]],
    [{ userName: 'x', USERNAME: 'x' }],
    [{ userName: 'x', [`${U}:userName`]: 'x' }],
    [{ userName: 'x', id: '1', ID: '2' }],
    [{ userName: 'x', [E]: {}, [E.toUpperCase()]: {} }],
    [{ userName: 'x', [E]: { department: 'a', DEPARTMENT: 'b' } }],
    [{ userName: 'x', schemas: [G] }],
  ])('refuses %j with invalidSyntax', (body) => {
    expect(rejectionOf(() => readResource(body, userResourceType))).toBe('400 invalidSyntax');
  });

  it('makes objects that inherit nothing', () => {
    const user = readResource({ userName: 'x', name: { givenName: 'A' }, emails: [{ value: 'x' }] }, userResourceType);
    for (const object of [user, user['name'], ...[user['emails']].flat()]) {
      expect(Reflect.ownKeys(Object.prototype).filter((name) => name in Object(object))).toEqual([]);
    }
  });
});

describe('readReplacement', () => {
  const current = {
    externalId: 'e-1',
    userName: 'ada',
    active: false,
    title: 'CTO',
    name: { givenName: 'Ada' },
    emails: [{ value: 'a@x' }, { value: 'c@x' }],
    [E]: { department: 'D' },
  };

  it.each([
    ['clears what is omitted but not active and externalId', { userName: 'ada' }, {}],
    ['replaces a list', { userName: 'ada', emails: [{ value: 'b@x' }] }, { emails: [{ value: 'b@x' }] }],
    ['replaces a complex value', { userName: 'ada', name: { familyName: 'L' } }, { name: { familyName: 'L' } }],
    ['clears externalId when told so', { userName: 'ada', externalId: null }, { externalId: undefined }],
    ['sets active', { userName: 'ada', active: 'True' }, { active: true }],
    ['keeps an extension that is sent', { userName: 'ada', [E]: { costCenter: 'C' } }, { [E]: { costCenter: 'C' } }],
    [
      'ignores what the server makes',
      { userName: 'ada', id: 'other', meta: {}, groups: [{ value: 'g' }], password: 'x' },
      {},
    ],
    ['changes the user name', { userName: 'Ada' }, { userName: 'Ada' }],
  ])('%s', (_, body, expected) => {
    const all = { externalId: 'e-1', userName: 'ada', active: false, ...expected };
    expect(replaced(current, body)).toEqual(plain(JSON.parse(JSON.stringify(all))));
  });

  it('gives the same resource for its own representation, as Okta sends it back', () => {
    // idp-traffic.md §2.5: the whole GET body.
    const body = { schemas: [U, E], id: 'x', meta: { version: 'W/"1"' }, groups: [], ...current };
    expect(replaced(current, body)).toEqual(current);
  });

  it.each([
    [{ title: 'x' }],
    [{ userName: '' }],
    [{ userName: 'ada', active: null }],
    [{ userName: 'ada', active: [] }],
  ])('refuses %j with invalidValue', (body) => {
    expect(rejectionOf(() => replaced(current, body))).toBe('400 invalidValue');
  });

  it('leaves its arguments as they were', () => {
    const before = JSON.stringify(current);
    const body = { userName: 'ada', emails: [{ value: 'a@x' }] };
    readReplacement(Object.freeze(body), userResourceType, Object.freeze(current));
    expect(JSON.stringify(current)).toBe(before);
  });

  describe('with immutable attributes', () => {
    const withBadge = { userName: 'ada', [BADGE]: { number: 7, weight: 1, printer: { serial: 's', site: 'Oslo' } } };

    it.each([
      ['the same value', { number: 7, printer: { serial: 's' } }, { number: 7, printer: { serial: 's' } }],
      ['no value', { weight: 2 }, { number: 7, weight: 2, printer: { serial: 's' } }],
    ])('takes %s', (_, badge, expected) => {
      expect(replaced(withBadge, { userName: 'ada', [BADGE]: badge }, badgeUser)).toEqual({
        userName: 'ada',
        [BADGE]: expected,
      });
    });

    it('keeps them when the extension is omitted', () => {
      expect(replaced(withBadge, { userName: 'ada' }, badgeUser)).toEqual({
        userName: 'ada',
        [BADGE]: { number: 7, printer: { serial: 's' } },
      });
    });

    it('sets one that had no value', () => {
      expect(replaced({ userName: 'ada' }, { userName: 'ada', [BADGE]: { number: 7 } }, badgeUser)).toEqual({
        userName: 'ada',
        [BADGE]: { number: 7 },
      });
    });

    it.each([
      [{ [BADGE]: { number: 8 } }],
      [{ [BADGE]: null }],
      [{ [BADGE]: { printer: { serial: 't' } } }],
      [{ [BADGE]: { printer: { serial: null } } }],
    ])('refuses %j with mutability', (body) => {
      expect(rejectionOf(() => replaced(withBadge, { userName: 'ada', ...body }, badgeUser))).toBe('400 mutability');
    });
  });

  it('replaces the members of a group, although their parts are immutable', () => {
    const group = { displayName: 'Eng', members: [{ value: 'u1' }, { value: 'u2' }] };
    expect(replaced(group, { displayName: 'Eng', members: [{ value: 'u3' }] }, groupResourceType)).toEqual({
      displayName: 'Eng',
      members: [{ value: 'u3' }],
    });
    expect(replaced(group, { displayName: 'Eng' }, groupResourceType)).toEqual({ displayName: 'Eng' });
  });
});
