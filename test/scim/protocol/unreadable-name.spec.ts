import { readPatch } from '../../../src/scim/protocol/read-patch.js';
import { readResource } from '../../../src/scim/protocol/read-resource.js';
import { userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { E, U } from './patching.js';

/** Every place of a body where a name is read. */
const places: readonly (readonly [where: string, read: (name: string) => unknown])[] = [
  ['in a body', (name) => readResource({ userName: 'ada', [name]: 'x' }, userResourceType)],
  ['under the URN of the schema', (name) => readResource({ userName: 'ada', [U]: { [name]: 'x' } }, userResourceType)],
  [
    'under the URN of an extension',
    (name) => readResource({ userName: 'ada', [E]: { [name]: 'x' } }, userResourceType),
  ],
  ['in an object', (name) => readResource({ userName: 'ada', name: { [name]: 'x' } }, userResourceType)],
  ['in a list', (name) => readResource({ userName: 'ada', emails: [{ value: 'a@b', [name]: 'x' }] }, userResourceType)],
  ['in a PATCH without a path', (name) => patch({ op: 'add', value: { [name]: 'x' } })],
  ['in the value of a PATCH', (name) => patch({ op: 'add', path: 'name', value: { [name]: 'x' } })],
  ['in an operation', (name) => patch({ op: 'add', path: 'title', value: 'x', [name]: 'x' })],
  [
    'beside the operations',
    (name) => readPatch({ Operations: [{ op: 'remove', path: 'title' }], [name]: 1 }, userResourceType),
  ],
];

const patch = (operation: object) => readPatch({ Operations: [operation] }, userResourceType);

describe.each(places)('a name %s', (_where, read) => {
  it.each([
    'title\u200b',
    '\ufefftitle',
    'ti\u00adtle',
    'title\u00a0',
    'tit\u006c\u0435',
    ' title',
    'title ',
    'title\n',
    'ti\u0000tle',
    'title\u0301',
    `${E}\u200b:department`,
    'nickName\u2060[type eq "x"].value',
  ])('that nobody can have is refused: %j', (name) => {
    expect(() => read(name)).toThrow(
      expect.objectContaining({
        status: 400,
        scimType: 'invalidSyntax',
        message: expect.not.stringMatching(/(?! )[\p{C}\p{Z}]/u),
      }),
    );
  });

  it.each([
    'favoriteColor',
    'favorite-color_2',
    '$ref',
    '@type',
    '_links',
    'Cost centre',
    'Active Directory Id',
    'User active since',
    'urn:example:2.0:User',
    'urn:example:2.0:User:colour',
    'http://schemas.example.com/claims/colour',
    'extension.colour.name',
    'colours[type eq "work"].value',
    'colours[display eq "B\u00fcro \u200b"].value',
    '__proto__',
    '',
  ])('that nobody knows is ignored: %j', (name) => {
    expect(() => read(name)).not.toThrow();
  });
});
