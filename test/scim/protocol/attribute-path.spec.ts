import { findAttribute, findExtension, findSubAttribute } from '../../../src/scim/protocol/attribute-path.js';
import { complex, simple } from '../../../src/scim/protocol/schemas/attribute.js';
import { groupResourceType, userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import type { Attribute, ResourceType, Schema } from '../../../src/scim/protocol/schemas/schema.js';

const U = 'urn:ietf:params:scim:schemas:core:2.0:User';
const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const describeReference = (resourceType: ResourceType, name: string): string | undefined => {
  const found = findAttribute(resourceType, name);
  if (found === undefined) return undefined;
  const path = [found.attribute.name, found.subAttribute?.name].filter((part) => part !== undefined).join('.');
  return found.extension ? `${found.schema.name}:${path}` : path;
};

describe('findAttribute', () => {
  it.each([
    ['userName', 'userName'],
    ['USERNAME', 'userName'],
    ['name.givenName', 'name.givenName'],
    ['NAME.GIVENNAME', 'name.givenName'],
    ['emails.$ref', undefined],
    ['groups.$REF', 'groups.$ref'],
    [`${U}:userName`, 'userName'],
    [`${U.toUpperCase()}:NAME.GIVENNAME`, 'name.givenName'],
    [`${U}:externalId`, 'externalId'],
    [`${E}:department`, 'EnterpriseUser:department'],
    [`${E.toUpperCase()}:DEPARTMENT`, 'EnterpriseUser:department'],
    [`${E}:manager.value`, 'EnterpriseUser:manager.value'],
    ['department', 'EnterpriseUser:department'],
    ['manager.value', 'EnterpriseUser:manager.value'],
    ['id', 'id'],
    ['externalid', 'externalId'],
    ['meta.lastModified', 'meta.lastModified'],
    ['schemas', 'schemas'],
  ])('reads %s as %s', (name, expected) => {
    expect(describeReference(userResourceType, name)).toBe(expected);
  });

  it.each([
    '',
    '.',
    ':',
    'favoriteColor',
    'name.',
    '.name',
    'name..givenName',
    'name.givenName.x',
    'emails[0]',
    ' userName',
    '__proto__',
    'constructor',
    'toString',
    'name.__proto__',
    U,
    E,
    `${U}:`,
    `${U}:department`,
    `${E}:userName`,
    'nic\u212aName',
  ])('knows no attribute %j', (name) => {
    expect(findAttribute(userResourceType, name)).toBeUndefined();
  });

  it('looks in the resource type it is asked about', () => {
    expect(describeReference(groupResourceType, 'members.value')).toBe('members.value');
    expect(findAttribute(groupResourceType, 'userName')).toBeUndefined();
    expect(findAttribute(groupResourceType, 'department')).toBeUndefined();
  });

  it('gives the same object for the same name', () => {
    expect(findAttribute(userResourceType, 'EMAILS.value')).toBe(findAttribute(userResourceType, 'emails.VALUE'));
  });

  describe('with extensions whose names clash', () => {
    const schema = (id: string, attributes: readonly Attribute[]): Schema => ({
      id,
      name: id,
      description: id,
      attributes,
    });
    const text = (name: string) => simple({ name, description: name });
    const resourceType: ResourceType = {
      name: 'Thing',
      endpoint: '/Things',
      description: 'Thing',
      schema: schema('urn:thing', [text('title')]),
      extensions: [
        { required: false, schema: schema('urn:a', [text('title'), text('size'), text('only')]) },
        {
          required: false,
          schema: schema('urn:b', [complex({ name: 'size', description: '', subAttributes: [text('unit')] })]),
        },
      ],
    };

    it.each([
      ['title', 'title'],
      ['urn:a:title', 'urn:a:title'],
      ['size', undefined],
      ['size.unit', undefined],
      ['urn:a:size', 'urn:a:size'],
      ['urn:b:size.unit', 'urn:b:size.unit'],
      ['only', 'urn:a:only'],
    ])('reads %s as %s', (name, expected) => {
      expect(describeReference(resourceType, name)).toBe(expected);
    });
  });
});

describe('findExtension', () => {
  it('finds an extension by its URN in any case, and nothing else', () => {
    expect(findExtension(userResourceType, E.toUpperCase())?.id).toBe(E);
    expect(findExtension(userResourceType, U)).toBeUndefined();
    expect(findExtension(userResourceType, `${E}:department`)).toBeUndefined();
    expect(findExtension(groupResourceType, E)).toBeUndefined();
    expect(findExtension(userResourceType, '__proto__')).toBeUndefined();
  });
});

describe('findSubAttribute', () => {
  it('finds a sub-attribute in any case, and none of a simple attribute', () => {
    const emails = findAttribute(userResourceType, 'emails')?.attribute ?? simple({ name: '', description: '' });
    expect(findSubAttribute(emails, 'VALUE')?.name).toBe('value');
    expect(findSubAttribute(emails, '__proto__')).toBeUndefined();
    expect(findSubAttribute(simple({ name: 'title', description: '' }), 'value')).toBeUndefined();
  });
});
