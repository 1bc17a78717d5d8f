import type { JsonObject } from '../../../src/scim/protocol/resource.js';
import { groupResourceType, userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { E, patched, RESOURCE_ID, U } from './patching.js';

/** What identity providers send, as idp-traffic.md has it from their documentation and from logs. */
type Dialect = readonly [who: string, before: JsonObject, operations: readonly unknown[], after: JsonObject];

const mira = { externalId: '0d3f1c52', userName: 'mira.okafor@contoso.example', active: true };
const manager = '5d0c3f0a-77aa-4a52-9c1e-0b6b7f1d2e33';
const group = { displayName: 'Platform Team', members: [{ value: 'u1' }, { value: 'u2' }] };

const userDialects: readonly Dialect[] = [
  [
    // idp-traffic.md §1.5: every change has a path, `op` is capitalized, value paths of what was never there.
    'Entra ID without flag updates a profile',
    { ...mira, title: 'Engineer', displayName: 'Mira Okafor', name: { givenName: 'Mira', familyName: 'Okafor' } },
    [
      { op: 'Replace', path: 'displayName', value: 'Mira O. Adeyemi' },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'mira.adeyemi@contoso.example' },
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '55555555555' },
      { op: 'Replace', path: 'name.familyName', value: 'Adeyemi' },
      { op: 'Replace', path: 'externalId', value: '0d3f1c52' },
      { op: 'Add', path: `${E}:department`, value: 'Finance' },
      { op: 'Add', path: `${E}:manager`, value: manager },
      { op: 'Remove', path: 'title' },
    ],
    {
      ...mira,
      displayName: 'Mira O. Adeyemi',
      name: { givenName: 'Mira', familyName: 'Adeyemi' },
      emails: [{ type: 'work', value: 'mira.adeyemi@contoso.example' }],
      phoneNumbers: [{ type: 'mobile', value: '55555555555' }],
      [E]: { department: 'Finance', manager: { value: manager } },
    },
  ],
  [
    // idp-traffic.md §1.5: documented with the path `manager`, a list, and `$ref`.
    'Entra ID sets the manager as a list with a reference',
    mira,
    [
      {
        op: 'Add',
        path: 'manager',
        value: [{ $ref: `https://app.example.com/scim/v2/Users/${manager}`, value: manager }],
      },
    ],
    { ...mira, [E]: { manager: { value: manager } } },
  ],
  [
    'Entra ID clears the manager with an empty object value (P-185)',
    { ...mira, [E]: { department: 'Ops', manager: { value: manager } } },
    [{ op: 'Replace', path: `${E}:manager`, value: { value: '' } }],
    { ...mira, [E]: { department: 'Ops' } },
  ],
  [
    'Entra ID clears the manager with an empty text (P-185)',
    { ...mira, [E]: { manager: { value: manager } } },
    [{ op: 'Replace', path: `${E}:manager`, value: '' }],
    mira,
  ],
  [
    'Entra ID clears the manager with null (P-185)',
    { ...mira, [E]: { manager: { value: manager } } },
    [{ op: 'replace', path: `${E}:manager`, value: null }],
    mira,
  ],
  [
    // idp-traffic.md §1.5: the text "True" in the filter of a boolean.
    'Entra ID adds a primary role by a filter (P-163)',
    mira,
    [{ op: 'Add', path: 'roles[primary eq "True"].value', value: 'Admin' }],
    { ...mira, roles: [{ primary: true, value: 'Admin' }] },
  ],
  [
    // idp-traffic.md §1.5: `Switch()` mappings send booleans as text.
    'Entra ID makes an address primary with "True"',
    {
      ...mira,
      emails: [
        { type: 'home', value: 'h@x', primary: true },
        { type: 'work', value: 'w@x' },
      ],
    },
    [{ op: 'Replace', path: 'emails[type eq "work"].primary', value: 'True' }],
    {
      ...mira,
      emails: [
        { type: 'home', value: 'h@x', primary: false },
        { type: 'work', value: 'w@x', primary: true },
      ],
    },
  ],
  [
    // idp-traffic.md §1.5: JSON in a text, kept as it is.
    'Entra ID adds an app role as JSON in a text',
    { ...mira, roles: [{ value: 'x' }] },
    [{ op: 'Add', path: 'roles', value: [{ value: '{"id":"827f","value":"Admin","displayName":"Admin"}' }] }],
    { ...mira, roles: [{ value: 'x' }, { value: '{"id":"827f","value":"Admin","displayName":"Admin"}' }] },
  ],
  [
    // idp-traffic.md §1.5: custom attributes are qualified with the core URN.
    'Entra ID qualifies core attributes',
    mira,
    [{ op: 'Add', path: `${U}:nickName`, value: 'Mimi' }],
    { ...mira, nickName: 'Mimi' },
  ],
  [
    // idp-traffic.md §1.5: jobs made before 2019.
    'an old Entra ID job wraps simple values (P-181)',
    mira,
    [{ op: 'Add', path: 'title', value: [{ $ref: null, value: 'Engineer' }] }],
    { ...mira, title: 'Engineer' },
  ],
  [
    // idp-traffic.md §1.6.
    'Entra ID with aadOptscim062020 collapses changes into dotted and URN keys (P-177)',
    { ...mira, name: { formatted: 'M', familyName: 'Okafor' }, emails: [{ type: 'work', value: 'old@x' }], title: 'T' },
    [
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'mira.adeyemi@contoso.example' },
      {
        op: 'replace',
        value: {
          displayName: 'Mira Adeyemi',
          'name.givenName': 'Mira',
          'name.familyName': 'Adeyemi',
          [`${E}:employeeNumber`]: '4712',
        },
      },
    ],
    {
      ...mira,
      title: 'T',
      displayName: 'Mira Adeyemi',
      name: { formatted: 'M', familyName: 'Adeyemi', givenName: 'Mira' },
      emails: [{ type: 'work', value: 'mira.adeyemi@contoso.example' }],
      [E]: { employeeNumber: '4712' },
    },
  ],
  [
    'Entra ID with aadOptscim062020 uses a value path as key (P-179)',
    mira,
    [{ op: 'add', value: { 'emails[type eq "work"].value': 'x@y', [`${E}:manager.value`]: manager } }],
    { ...mira, emails: [{ type: 'work', value: 'x@y' }], [E]: { manager: { value: manager } } },
  ],
  [
    // idp-traffic.md §1.7.
    'Entra ID without flag deactivates with a text (P-180)',
    mira,
    [{ op: 'Replace', path: 'active', value: 'False' }],
    { ...mira, active: false },
  ],
  [
    'Entra ID without flag reactivates with a text',
    { ...mira, active: false },
    [{ op: 'Replace', path: 'active', value: 'True' }],
    mira,
  ],
  [
    'Entra ID with aadOptscim062020 deactivates',
    mira,
    [{ op: 'replace', path: 'active', value: false }],
    { ...mira, active: false },
  ],
  // idp-traffic.md §2.6.
  [
    'Okta deactivates without a path (P-176)',
    mira,
    [{ op: 'replace', value: { active: false } }],
    { ...mira, active: false },
  ],
  ['Okta reactivates without a path', { ...mira, active: false }, [{ op: 'replace', value: { active: true } }], mira],
  ['Okta sends a new password (P-151)', mira, [{ op: 'replace', value: { password: 'N3w-Pa55word!' } }], mira],
  // idp-traffic.md §2.8.
  [
    'Okta wraps a scalar in a list (P-181)',
    mira,
    [{ op: 'replace', path: 'active', value: [false] }],
    { ...mira, active: false },
  ],
  [
    'Okta sends an empty text for an empty field (P-080)',
    { ...mira, title: 'T' },
    [{ op: 'replace', value: { title: '' } }],
    mira,
  ],
  // idp-traffic.md §10.
  [
    'Keycloak deactivates with a text',
    mira,
    [{ op: 'replace', path: 'active', value: 'false' }],
    { ...mira, active: false },
  ],
  // idp-traffic.md §12.
  [
    'Oracle sends a list of one text',
    mira,
    [{ op: 'replace', path: 'emails[type eq "work"].value', value: ['x@y'] }],
    { ...mira, emails: [{ type: 'work', value: 'x@y' }] },
  ],
  // idp-traffic.md §5.
  [
    'JumpCloud replaces attribute by attribute',
    mira,
    [
      { op: 'replace', path: 'name.givenName', value: 'Jun' },
      { op: 'replace', path: 'name.familyName', value: 'Park' },
      { op: 'replace', path: 'active', value: false },
    ],
    { ...mira, name: { givenName: 'Jun', familyName: 'Park' }, active: false },
  ],
];

const groupDialects: readonly Dialect[] = [
  // idp-traffic.md §1.8.
  [
    'Entra ID adds members with $ref null',
    group,
    [{ op: 'Add', path: 'members', value: [{ $ref: null, value: 'u3' }] }],
    { ...group, members: [...group.members, { value: 'u3' }] },
  ],
  [
    'Entra ID removes members by a list (P-195)',
    group,
    [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: 'u1' }] }],
    { ...group, members: [{ value: 'u2' }] },
  ],
  [
    'Entra ID with aadOptscim062020 removes a member by a filter',
    group,
    [{ op: 'remove', path: 'members[value eq "u1"]' }],
    { ...group, members: [{ value: 'u2' }] },
  ],
  // idp-traffic.md §2.7.
  [
    'Okta renames a group and names its id (P-145)',
    group,
    [{ op: 'replace', value: { id: RESOURCE_ID, displayName: 'Engineering EU' } }],
    { ...group, displayName: 'Engineering EU' },
  ],
  [
    'Okta exchanges members',
    group,
    [
      { op: 'remove', path: 'members[value eq "u1"]' },
      { op: 'add', path: 'members', value: [{ value: 'u3', display: 'test.lin@acme.example' }] },
    ],
    { ...group, members: [{ value: 'u2' }, { value: 'u3' }] },
  ],
  [
    'Okta pushes an empty group (P-182)',
    group,
    [{ op: 'replace', path: 'members', value: [] }],
    { displayName: 'Platform Team' },
  ],
  // idp-traffic.md §5: repeated for members that are there.
  ['JumpCloud adds a member again (P-159)', group, [{ op: 'add', path: 'members', value: [{ value: 'u1' }] }], group],
  // idp-traffic.md §10: "now empty".
  [
    'Keycloak empties a group with null (P-195)',
    group,
    [{ op: 'remove', path: 'members', value: null }],
    { displayName: 'Platform Team' },
  ],
  // idp-traffic.md §11: the whole group, with id and schemas.
  [
    'authentik replaces a group without a path',
    group,
    [
      {
        op: 'replace',
        value: {
          id: RESOURCE_ID,
          schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
          displayName: 'New',
          externalId: 'e',
        },
      },
    ],
    { ...group, displayName: 'New', externalId: 'e' },
  ],
];

it.each(userDialects)('%s', (_, before, operations, after) => {
  expect(patched(before, operations, userResourceType)).toEqual(after);
});

it.each(groupDialects)('%s', (_, before, operations, after) => {
  expect(patched(before, operations, groupResourceType)).toEqual(after);
});

describe('a deactivation in any form never leaves the user active (security.md F06)', () => {
  const values = [
    false,
    'False',
    'false',
    'FALSE',
    [false],
    ['False'],
    { value: 'False' },
    [{ $ref: null, value: false }],
  ];
  const forms = values.flatMap((value) => [
    { op: 'Replace', path: 'active', value },
    { op: 'add', path: 'ACTIVE', value },
    { op: 'replace', path: `${U.toUpperCase()}:Active`, value },
    { op: 'replace', value: { Active: value } },
    { OP: 'replace', Value: { [`${U}:active`]: value } },
    { op: 'replace', path: '', value: { [U]: { ACTIVE: value } } },
    { op: 'replace', path: U, value: { active: value } },
  ]);

  it.each(forms)('%j', (operation) => {
    expect(patched(mira, [operation])).toEqual({ ...mira, active: false });
  });

  const refused = [0, '0', 'no', 'off', null, '', [], {}, { active: false }, [[false]], [false, false], 'False ', NaN];

  it.each(
    refused.flatMap((value) => [
      { op: 'replace', path: 'active', value },
      { op: 'replace', value: { active: value } },
    ]),
  )('refuses %j', (operation) => {
    expect(() => patched(mira, [operation])).toThrow(expect.objectContaining({ scimType: 'invalidValue' }));
  });

  it.each([
    { op: 'remove', path: 'active' },
    { op: 'replace', value: { 'active.value': false } },
    { op: 'replace', path: 'active.value', value: false },
  ])('refuses %j', (operation) => {
    expect(() => patched(mira, [operation])).toThrow(expect.objectContaining({ status: 400 }));
  });
});
