import { enterpriseUserSchema } from '../../../../src/scim/protocol/schemas/enterprise-user.js';
import { commonAttributes } from '../../../../src/scim/protocol/schemas/common.js';
import { groupSchema } from '../../../../src/scim/protocol/schemas/group.js';
import { metaSchemas } from '../../../../src/scim/protocol/schemas/meta-schemas.js';
import { groupResourceType, userResourceType } from '../../../../src/scim/protocol/schemas/resource-types.js';
import type { Attribute, Schema } from '../../../../src/scim/protocol/schemas/schema.js';
import { userSchema } from '../../../../src/scim/protocol/schemas/user.js';

const names = (attributes: readonly Attribute[] = []) => attributes.map(({ name }) => name);

const find = (schema: Schema, path: string): Attribute => {
  const [outer, inner] = path.split('.');
  const attribute = schema.attributes.find(({ name }) => name === outer);
  const found = inner === undefined ? attribute : attribute?.subAttributes?.find(({ name }) => name === inner);
  if (found === undefined) throw new Error(`${schema.name} has no ${path}`);
  return found;
};

describe('the schemas of RFC 7643', () => {
  it('has every attribute of the User schema', () => {
    expect(names(userSchema.attributes).join(' ')).toBe(
      'userName name displayName nickName profileUrl title userType preferredLanguage locale timezone active password ' +
        'emails phoneNumbers ims photos addresses groups entitlements roles x509Certificates',
    );
  });

  it.each([
    [userSchema, 'name', 'formatted familyName givenName middleName honorificPrefix honorificSuffix'],
    [userSchema, 'emails', 'value display type primary'],
    [userSchema, 'phoneNumbers', 'value display type primary'],
    [userSchema, 'ims', 'value display type primary'],
    [userSchema, 'photos', 'value display type primary'],
    [userSchema, 'entitlements', 'value display type primary'],
    [userSchema, 'roles', 'value display type primary'],
    [userSchema, 'x509Certificates', 'value display type primary'],
    [userSchema, 'addresses', 'formatted streetAddress locality region postalCode country type primary'],
    [userSchema, 'groups', 'value $ref display type'],
    [enterpriseUserSchema, 'manager', 'value $ref displayName'],
    [groupSchema, 'members', 'value $ref type display'],
  ])('has the sub-attributes of %o %s', (schema, path, expected) => {
    expect(names(find(schema, path).subAttributes).join(' ')).toBe(expected);
  });

  it('has every attribute of the enterprise extension and of Group', () => {
    expect(names(enterpriseUserSchema.attributes).join(' ')).toBe(
      'employeeNumber costCenter organization division department manager',
    );
    expect(names(groupSchema.attributes).join(' ')).toBe('displayName members');
    expect(names(commonAttributes).join(' ')).toBe('schemas id externalId meta');
  });

  it.each([
    ['eid 5368', groupSchema, 'displayName', { required: true }],
    ['eid 8472', enterpriseUserSchema, 'manager.value', { caseExact: true }],
    ['eid 8471', userSchema, 'groups.$ref', { referenceTypes: ['Group'] }],
    ['eid 6004', userSchema, 'name', { uniqueness: 'none' }],
    ['eid 6004', userSchema, 'emails', { uniqueness: 'none' }],
    ['eid 6004', userSchema, 'addresses', { uniqueness: 'none' }],
    ['eid 6011', groupSchema, 'members.display', { type: 'string' }],
    ['§4.1.1', userSchema, 'userName', { required: true, caseExact: false, uniqueness: 'server' }],
    ['§4.1.1', userSchema, 'password', { mutability: 'writeOnly', returned: 'never' }],
    ['§4.1.1', userSchema, 'active', { type: 'boolean' }],
    ['§4.1.2', userSchema, 'groups', { mutability: 'readOnly', multiValued: true }],
    ['§4.1.2', userSchema, 'x509Certificates.value', { type: 'binary', caseExact: true }],
    ['§4.1.2', userSchema, 'photos.value', { type: 'reference', referenceTypes: ['external'] }],
    ['§4.1.2', userSchema, 'emails.type', { canonicalValues: ['work', 'home', 'other'] }],
    ['§4.2', groupSchema, 'members.value', { mutability: 'immutable' }],
    ['§4.2', groupSchema, 'members.type', { canonicalValues: ['User', 'Group'] }],
    ['§4.3', enterpriseUserSchema, 'manager.displayName', { mutability: 'readOnly' }],
  ])('declares, by %s, %o %s', (_section, schema, path, facts) => {
    expect(find(schema, path)).toMatchObject(facts);
  });

  it('declares the id as RFC 7643 §3.1 has it', () => {
    expect(commonAttributes.find(({ name }) => name === 'id')).toMatchObject({
      caseExact: true,
      mutability: 'readOnly',
      returned: 'always',
    });
  });

  it.each<Schema>([userSchema, enterpriseUserSchema, groupSchema, ...metaSchemas])(
    'keeps $name free of complex attributes inside complex ones and of names that differ only in case',
    ({ attributes }) => {
      for (const list of [attributes, ...attributes.map(({ subAttributes = [] }) => subAttributes)]) {
        expect(new Set(list.map(({ name }) => name.toLowerCase())).size).toBe(list.length);
      }
      for (const attribute of attributes) {
        expect(attribute.subAttributes !== undefined).toBe(attribute.type === 'complex');
        for (const sub of attribute.subAttributes ?? []) expect(sub.type).not.toBe('complex');
        expect(attribute.description).not.toBe('');
      }
    },
  );

  it('binds the schemas to the resource types', () => {
    expect(userResourceType).toMatchObject({ name: 'User', endpoint: '/Users', schema: userSchema });
    expect(userResourceType.extensions).toEqual([{ schema: enterpriseUserSchema, required: false }]);
    expect(groupResourceType).toMatchObject({
      name: 'Group',
      endpoint: '/Groups',
      schema: groupSchema,
      extensions: [],
    });
  });
});
