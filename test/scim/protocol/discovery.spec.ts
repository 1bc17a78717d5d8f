import {
  metaSchemas,
  toResourceTypeDocument,
  toSchemaDocument,
  toServiceProviderConfig,
} from '../../../src/scim/protocol/discovery.js';
import type { Json } from '../../../src/scim/protocol/resource.js';
import { enterpriseUserSchema } from '../../../src/scim/protocol/schemas/enterprise-user.js';
import { groupSchema } from '../../../src/scim/protocol/schemas/group.js';
import { groupResourceType, userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { userSchema } from '../../../src/scim/protocol/schemas/user.js';

const B = 'https://app.example.com/scim/v2';

/** Every value inside, the document itself included. */
const everything = (value: Json): readonly Json[] =>
  typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(everything)] : [value];

describe('toServiceProviderConfig', () => {
  const pagination = {
    cursor: true,
    index: true,
    defaultPaginationMethod: 'index',
    defaultPageSize: 100,
    maxPageSize: 1000,
    cursorTimeout: 3600,
  } as const;
  const config = toServiceProviderConfig(
    {
      patch: true,
      bulk: { supported: false, maxOperations: 1000, maxPayloadSize: 16_777_216 },
      filter: { supported: true, maxResults: 1000 },
      changePassword: false,
      sort: false,
      etag: true,
      pagination,
    },
    B,
  );

  it('announces what it is told', () => {
    expect(config).toMatchObject({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: { supported: true },
      bulk: { supported: false, maxOperations: 1000, maxPayloadSize: 16_777_216 },
      filter: { supported: true, maxResults: 1000 },
      changePassword: { supported: false },
      sort: { supported: false },
      etag: { supported: true },
      pagination,
      meta: { resourceType: 'ServiceProviderConfig', location: `${B}/ServiceProviderConfig` },
    });
  });

  it('has one authentication scheme, a bearer token, and it is primary', () => {
    expect(config['authenticationSchemes']).toEqual([
      expect.objectContaining({
        type: 'oauthbearertoken',
        name: expect.stringMatching(/./),
        description: expect.stringMatching(/./),
        primary: true,
      }),
    ]);
  });

  it('holds no null', () => {
    expect(everything(config)).not.toContain(null);
  });
});

describe('toResourceTypeDocument', () => {
  it('describes User with its extension', () => {
    expect(toResourceTypeDocument(userResourceType, B)).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
      id: 'User',
      name: 'User',
      endpoint: '/Users',
      description: 'User Account',
      schema: userSchema.id,
      schemaExtensions: [{ schema: enterpriseUserSchema.id, required: false }],
      meta: { resourceType: 'ResourceType', location: `${B}/ResourceTypes/User` },
    });
  });

  it('describes Group', () => {
    expect(toResourceTypeDocument(groupResourceType, B)).toMatchObject({
      id: 'Group',
      endpoint: '/Groups',
      schema: groupSchema.id,
      meta: { location: `${B}/ResourceTypes/Group` },
    });
  });
});

describe('toSchemaDocument', () => {
  const schemas = [userSchema, enterpriseUserSchema, groupSchema, ...metaSchemas];

  it.each(schemas)('describes $name', (schema) => {
    expect(toSchemaDocument(schema, B)).toMatchObject({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
      id: schema.id,
      name: schema.name,
      meta: { resourceType: 'Schema', location: `${B}/Schemas/${schema.id}` },
    });
  });

  it.each(schemas)('gives each attribute of $name all characteristics and no null', (schema) => {
    const document = toSchemaDocument(schema, B);
    const all = everything(document);
    expect(all).not.toContain(null);
    expect(all).not.toContain(undefined);
    const attributes = all.filter((value) => typeof value === 'object' && value !== null && 'multiValued' in value);
    expect(attributes.length).toBeGreaterThan(0);
    for (const attribute of attributes) {
      expect(attribute).toMatchObject({
        name: expect.stringMatching(/^[$a-z][a-zA-Z0-9]*$/),
        type: expect.stringMatching(/^(string|boolean|decimal|integer|dateTime|reference|binary|complex)$/),
        multiValued: expect.any(Boolean),
        description: expect.stringMatching(/./),
        required: expect.any(Boolean),
        caseExact: expect.any(Boolean),
        mutability: expect.stringMatching(/^(readOnly|readWrite|immutable|writeOnly)$/),
        returned: expect.stringMatching(/^(always|never|default|request)$/),
        uniqueness: expect.stringMatching(/^(none|server|global)$/),
      });
    }
  });

  it('keeps the canonical values and reference types', () => {
    const text = JSON.stringify(toSchemaDocument(userSchema, B));
    expect(text).toContain('"canonicalValues":["work","home","other"]');
    expect(text).toContain('"referenceTypes":["Group"]');
  });
});

describe('metaSchemas', () => {
  it('has the schemas of the discovery documents and no message', () => {
    expect(metaSchemas.map(({ id }) => id)).toEqual([
      'urn:ietf:params:scim:schemas:core:2.0:Schema',
      'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
      'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
    ]);
  });

  it.each([
    [0, toSchemaDocument(userSchema, B)],
    [1, toResourceTypeDocument(userResourceType, B)],
  ])('declares every key of the document it is for: %i', (index, document) => {
    const declared = metaSchemas[index]?.attributes.map(({ name }) => name);
    const keys = Object.keys(document).filter((key) => !['schemas', 'id', 'meta'].includes(key));
    expect(declared).toEqual(expect.arrayContaining(keys));
  });
});
