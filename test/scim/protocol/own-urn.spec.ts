import { readPatch } from '../../../src/scim/protocol/read-patch.js';
import { readReplacement, readResource } from '../../../src/scim/protocol/read-resource.js';
import { groupResourceType, userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { E, overTheWire, plain, rejectionOf, U } from './patching.js';

const ADA = { userName: 'ada', active: true };

const created = (body: unknown): unknown => plain(readResource(overTheWire(body), userResourceType));
const replaced = (body: unknown): unknown => plain(readReplacement(overTheWire(body), userResourceType, ADA));
const patched = (value: unknown): unknown =>
  readPatch(overTheWire({ Operations: [{ op: 'replace', value }] }), userResourceType);

describe("an object under the base schema's own URN", () => {
  it.each([
    ['alone', { [U]: { active: false } }],
    ['in other letters', { [U.toUpperCase()]: { Active: 'False' } }],
    ['as a list of one', { [U]: [{ active: false }] }],
    ['with the URN in the name', { [U]: { [`${U}:active`]: false } }],
  ])('deactivates by POST, PUT and PATCH: %s', (_how, body) => {
    expect(created({ userName: 'ada', ...body })).toMatchObject({ active: false });
    expect(replaced({ userName: 'ada', ...body })).toMatchObject({ active: false });
    expect(patched(body)).toMatchObject([{ type: 'replace', value: false }]);
  });

  it('holds any attribute, also those of an extension', () => {
    const body = { [U]: { userName: 'ada', name: { givenName: 'Ada' }, schemas: [U], [E]: { department: 'Ops' } } };
    const ada = { userName: 'ada', active: true, name: { givenName: 'Ada' }, [E]: { department: 'Ops' } };
    expect(created(body)).toEqual(ada);
    expect(replaced(body)).toEqual(ada);
  });

  it('says nothing where it is empty or no object', () => {
    for (const empty of [null, '', [], {}, 5, 'active']) expect(created({ userName: 'ada', [U]: empty })).toEqual(ADA);
  });

  it('names a group', () => {
    const body = { [groupResourceType.schema.id]: { displayName: 'Ops' } };
    expect(plain(readResource(overTheWire(body), groupResourceType))).toEqual({ displayName: 'Ops' });
  });

  it.each([
    ['what stands outside, too', { active: true, [U]: { active: false } }, 'invalidSyntax'],
    ['what stands outside in other letters', { Active: true, [U]: { active: false } }, 'invalidSyntax'],
    ['another one', { [U]: { [U]: { active: false } } }, 'invalidValue'],
    ['a list of texts', { [U]: ['active'] }, 'invalidValue'],
    ['two objects', { [U]: [{ active: false }, { active: true }] }, 'invalidValue'],
    ['a wrong value', { [U]: { active: 'maybe' } }, 'invalidValue'],
  ])('is refused, by POST, PUT and PATCH, where it holds %s', (_what, body, scimType) => {
    expect(rejectionOf(() => created({ userName: 'ada', ...body }))).toBe(`400 ${scimType}`);
    expect(rejectionOf(() => replaced({ userName: 'ada', ...body }))).toBe(`400 ${scimType}`);
    expect(rejectionOf(() => patched(body))).toBe(`400 ${scimType}`);
  });
});
