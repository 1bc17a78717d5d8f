import { ResourceTypes } from '../../../../src/scim/protocol/resource-types.js';
import { boolean, complex, reference, simple } from '../../../../src/scim/protocol/schemas/attribute.js';
import { resourceTypeProblems } from '../../../../src/scim/protocol/schemas/check-resource-types.js';
import { schemaProblems } from '../../../../src/scim/protocol/schemas/check-schema.js';
import { groupSchema } from '../../../../src/scim/protocol/schemas/group.js';
import { metaSchemas } from '../../../../src/scim/protocol/schemas/meta-schemas.js';
import { enterpriseUserSchema } from '../../../../src/scim/protocol/schemas/enterprise-user.js';
import type { Attribute, ResourceType, Schema, SchemaExtension } from '../../../../src/scim/protocol/schemas/schema.js';
import { userSchema } from '../../../../src/scim/protocol/schemas/user.js';
import { testExtensions } from '../../../support/extensions.js';

const URN = 'urn:example:params:scim:schemas:extension:acme:1.0:User';
const description = 'x';
const badge = simple({ name: 'badge', description });
const schemaOf = (...attributes: readonly unknown[]): Schema => ({
  id: URN,
  name: 'Acme',
  description,
  attributes: attributes as readonly Attribute[],
});
const extension: SchemaExtension = { resourceType: 'User', schema: schemaOf(badge) };
const device: ResourceType = {
  name: 'Device',
  endpoint: '/Devices',
  description,
  schema: {
    ...schemaOf(badge, simple({ name: 'serial', description })),
    id: 'urn:example:params:scim:schemas:core:1.0:Device',
  },
  extensions: [],
};

describe('the check of a schema', () => {
  it.each([userSchema, groupSchema, enterpriseUserSchema, ...testExtensions.map(({ schema }) => schema)])(
    'finds nothing wrong with $id',
    (schema) => expect(schemaProblems(schema)).toEqual([]),
  );

  it.each<[string, unknown]>([
    ['its id must be a URN', { id: 'https://example.com/schemas/User' }],
    ['its id must be a URN', { id: 'urn:example' }],
    ['its id must be a URN', { id: 'urn:example:a b' }],
    ['its id must be a URN', { id: 'urn:example:acme:User:' }],
    ['its id must be a URN', { id: 'urn:example:acme(1)' }],
    ['its id must be a URN', { id: undefined }],
    ['more than 200 characters', { id: `urn:example:${'x'.repeat(200)}` }],
    ['are those of messages', { id: 'urn:ietf:params:scim:api:messages:2.0:Mine' }],
    ['needs a name and a description', { name: '' }],
    ['it has no attributes', { attributes: [] }],
  ])('says "%s" of a schema with %j', (problem, facts) => {
    const schema = { ...schemaOf(badge), ...(facts as Partial<Schema>) };
    expect(schemaProblems(schema).join('\n')).toContain(problem);
  });

  it.each<[string, readonly unknown[]]>([
    ['"badge" is there more than once', [badge, simple({ name: 'Badge', description })]],
    ['a name begins with a letter', [simple({ name: '1st', description })]],
    ['a name begins with a letter', [simple({ name: 'door code', description })]],
    ['a name begins with a letter', [simple({ name: 'straße', description })]],
    ['a name begins with a letter', [simple({ name: '$ref', description })]],
    ['every object of JavaScript', [simple({ name: 'constructor', description })]],
    ['it needs a description', [simple({ name: 'badge', description: ' ' })]],
    ['its type is "text", not one of string, boolean', [{ ...badge, type: 'text' }]],
    ['its mutability is "readwrite"', [{ ...badge, mutability: 'readwrite' }]],
    ['its returned is undefined', [{ ...badge, returned: undefined }]],
    ['its uniqueness is "tenant"', [{ ...badge, uniqueness: 'tenant' }]],
    ['it is complex and needs subAttributes', [complex({ name: 'desk', description, subAttributes: [] })]],
    ['only a complex attribute has subAttributes', [{ ...badge, subAttributes: [badge] }]],
    [
      'its sub-attribute "badge" is there more than once',
      [complex({ name: 'desk', description, subAttributes: [badge, { ...badge, name: 'BADGE' }] })],
    ],
    [
      'attribute "desk.drawer": a sub-attribute cannot be complex itself',
      [
        complex({
          name: 'desk',
          description,
          subAttributes: [complex({ name: 'drawer', description, subAttributes: [badge] })],
        }),
      ],
    ],
    [
      'attribute "desk.keys": a sub-attribute has one value',
      [
        complex({
          name: 'desk',
          description,
          subAttributes: [simple({ name: 'keys', description, multiValued: true })],
        }),
      ],
    ],
    ['a reference needs referenceTypes', [reference({ name: 'page', description, referenceTypes: [] })]],
    ['only a reference has referenceTypes', [{ ...badge, referenceTypes: ['User'] }]],
    [
      'what is readOnly cannot be required',
      [simple({ name: 'a', description, required: true, mutability: 'readOnly' })],
    ],
    ['what is writeOnly must have returned "never"', [simple({ name: 'a', description, mutability: 'writeOnly' })]],
    ['of no use to anybody', [simple({ name: 'a', description, mutability: 'readOnly', returned: 'never' })]],
    [
      'values of a multi-valued attribute cannot be unique',
      [simple({ name: 'a', description, multiValued: true, uniqueness: 'server' })],
    ],
    [
      'a complex attribute cannot be unique',
      [complex({ name: 'a', description, uniqueness: 'server', subAttributes: [badge] })],
    ],
    [
      'attribute "a.badge": values of a multi-valued attribute cannot be unique',
      [complex({ name: 'a', description, multiValued: true, subAttributes: [{ ...badge, uniqueness: 'global' }] })],
    ],
    [
      'a value that is never returned cannot be unique',
      [simple({ name: 'a', description, returned: 'never', uniqueness: 'server' })],
    ],
    ['has at most 300 characters', [simple({ name: 'a'.repeat(300), description, uniqueness: 'server' })]],
  ])('says "%s" of other attributes', (problem, attributes) => {
    expect(schemaProblems(schemaOf(...attributes)).join('\n')).toContain(problem);
  });

  it('names the schema and the attribute, and everything that is wrong', () => {
    const flag = boolean({ name: 'flag', description, required: true, mutability: 'readOnly' });
    expect(schemaProblems(schemaOf(flag, { ...badge, name: 'a b', type: 'text' }))).toEqual([
      `The schema "${URN}": attribute "flag": what is readOnly cannot be required of a client.`,
      `The schema "${URN}": attribute "a b": a name begins with a letter and holds letters, digits, "$", "-" and "_".`,
      `The schema "${URN}": attribute "a b": its type is "text", not one of string, boolean, decimal, integer, dateTime, reference, binary, complex.`,
    ]);
  });
});

describe('the check of extensions and resource types', () => {
  it('finds nothing wrong with those that are all right', () => {
    expect(resourceTypeProblems(testExtensions, [])).toEqual([]);
    // One schema for both types, and a type with an extension of its own.
    const both = [extension, { ...extension, resourceType: 'Group' }];
    const own = {
      ...extension,
      resourceType: 'Device',
      schema: { ...schemaOf(simple({ name: 'a', description })), id: `${URN}s` },
    };
    expect(resourceTypeProblems([...both, own], [device])).toEqual([]);
  });

  const withId = (id: string): SchemaExtension => ({ ...extension, schema: { ...extension.schema, id } });
  it.each<[string, readonly SchemaExtension[]]>([
    ['"Person", which does not exist: there are User, Group.', [{ ...extension, resourceType: 'Person' }]],
    ['is there twice for User', [extension, extension]],
    ['Two schemas have the URN', [extension, withId(URN.toUpperCase())]],
    ["the URN of one of the standard's schemas", [withId(enterpriseUserSchema.id.toLowerCase())]],
    ["the URN of one of the standard's schemas", [withId(userSchema.id)]],
    ["the URN of one of the standard's schemas", metaSchemas.slice(0, 1).map(({ id }) => withId(id))],
    ['are those of base schemas', [withId('urn:ietf:params:scim:schemas:core:2.0:Acme')]],
    [
      `The URN "${URN}:badge" is the name of an attribute of the schema "${URN}", too.`,
      [extension, withId(`${URN}:badge`)],
    ],
    [
      'every User has an attribute "UserName" already',
      [{ ...extension, schema: schemaOf(simple({ name: 'UserName', description })) }],
    ],
    [
      'every User has an attribute "meta" already',
      [{ ...extension, schema: schemaOf(simple({ name: 'meta', description })) }],
    ],
    [
      'is required, but clients cannot write any of its attributes',
      [{ ...extension, required: true, schema: schemaOf(simple({ name: 'a', description, mutability: 'readOnly' })) }],
    ],
  ])('says "%s" of extensions', (problem, extensions) => {
    expect(resourceTypeProblems(extensions, []).join('\n')).toContain(problem);
  });

  it.each<[string, Partial<ResourceType>]>([
    ['there is a resource type of that name', { name: 'user' }],
    ['a name begins with a letter', { name: 'my device' }],
    ['an endpoint is a slash and one name', { endpoint: 'Devices' }],
    ['an endpoint is a slash and one name', { endpoint: '/Devices/All' }],
    ['another resource type has the endpoint "/users"', { endpoint: '/users' }],
    ["is one of the protocol's own", { endpoint: '/Me' }],
    ["the URN of one of the standard's schemas", { schema: { ...device.schema, id: userSchema.id } }],
    [
      'every resource has an attribute "externalId" already',
      { schema: { ...device.schema, attributes: [simple({ name: 'externalId', description })] } },
    ],
    ['every Device has an attribute "badge" already', { extensions: [{ schema: extension.schema, required: false }] }],
  ])('says "%s" of a resource type', (problem, facts) => {
    expect(resourceTypeProblems([], [{ ...device, ...facts }]).join('\n')).toContain(problem);
  });

  it('stops the module from being assembled, with one error for everything', () => {
    const wrong = { ...extension, resourceType: 'Person', schema: schemaOf({ ...badge, type: 'text' }) };
    expect(() => new ResourceTypes([wrong])).toThrow(
      [
        "The host's SCIM schemas are wrong:",
        `The schema "${URN}": attribute "badge": its type is "text", not one of string, boolean, decimal, integer, dateTime, reference, binary, complex.`,
        `The extension "${URN}" is for the resource type "Person", which does not exist: there are User, Group.`,
      ].join('\n- '),
    );
  });
});
