/** RFC 7643 §5, §6, §7 and §8.7.2: the schemas of the discovery documents themselves. */
import { boolean, complex, reference, simple } from './attribute.js';
import type { Attribute, Schema } from './schema.js';

const readOnly = { mutability: 'readOnly' } as const;
const exact = { caseExact: true, ...readOnly } as const;

const supported = boolean({
  name: 'supported',
  description: 'Whether the feature is supported.',
  required: true,
  ...readOnly,
});

const whole = (name: string, description: string): Attribute =>
  simple({ name, description, type: 'integer', required: true, ...readOnly });

const size = (name: string, description: string): Attribute =>
  simple({ name, description, type: 'integer', ...readOnly });

const feature = (name: string, description: string, limits: readonly Attribute[] = []): Attribute =>
  complex({ name, description, required: true, ...readOnly, subAttributes: [supported, ...limits] });

/** RFC 9865 §4. */
const pagination = complex({
  name: 'pagination',
  description: 'How a client may page through results.',
  ...readOnly,
  subAttributes: [
    boolean({ name: 'cursor', description: 'Whether by cursor.', required: true, ...readOnly }),
    boolean({ name: 'index', description: 'Whether by index.', required: true, ...readOnly }),
    simple({
      name: 'defaultPaginationMethod',
      description: 'How, if the client does not say.',
      canonicalValues: ['cursor', 'index'],
      ...readOnly,
    }),
    size('defaultPageSize', 'The number of resources on a page, if the client does not say.'),
    size('maxPageSize', 'The largest number of resources on a page.'),
    size('cursorTimeout', 'Seconds for which a cursor is good.'),
  ],
});

const serviceProviderConfigSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
  name: 'Service Provider Configuration',
  description: "The service provider's configuration",
  attributes: [
    reference({
      name: 'documentationUri',
      description: 'The URL of documentation for people.',
      referenceTypes: ['external'],
      ...readOnly,
    }),
    feature('patch', 'PATCH.'),
    feature('bulk', 'Bulk requests.', [
      whole('maxOperations', 'The largest number of operations in a request.'),
      whole('maxPayloadSize', 'The largest size of a request in bytes.'),
    ]),
    feature('filter', 'Filters.', [whole('maxResults', 'The largest number of resources in an answer.')]),
    feature('changePassword', 'Changing a password.'),
    feature('sort', 'Sorted results.'),
    feature('etag', 'ETags.'),
    pagination,
    complex({
      name: 'authenticationSchemes',
      description: 'How a client may authenticate.',
      multiValued: true,
      required: true,
      ...readOnly,
      subAttributes: [
        simple({
          name: 'type',
          description: 'The scheme.',
          required: true,
          canonicalValues: ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest'],
          ...readOnly,
        }),
        simple({ name: 'name', description: 'The common name of the scheme.', required: true, ...readOnly }),
        simple({ name: 'description', description: 'What the scheme is.', required: true, ...readOnly }),
        reference({
          name: 'specUri',
          description: 'The URL of the specification of the scheme.',
          referenceTypes: ['external'],
          ...readOnly,
        }),
        reference({
          name: 'documentationUri',
          description: 'The URL of documentation of the scheme.',
          referenceTypes: ['external'],
          ...readOnly,
        }),
        boolean({ name: 'primary', description: 'True for the preferred scheme.', ...readOnly }),
      ],
    }),
  ],
};

const resourceTypeSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
  name: 'ResourceType',
  description: 'A kind of resource and where it is',
  attributes: [
    simple({ name: 'name', description: 'The name of the resource type.', required: true, ...exact }),
    simple({ name: 'description', description: 'What the resource type is.', ...readOnly }),
    reference({
      name: 'endpoint',
      description: 'Where the resources are, relative to the base URL.',
      referenceTypes: ['uri'],
      required: true,
      ...readOnly,
    }),
    reference({
      name: 'schema',
      description: 'The URN of the base schema.',
      referenceTypes: ['uri'],
      required: true,
      ...readOnly,
    }),
    complex({
      name: 'schemaExtensions',
      description: 'The extensions of the base schema.',
      multiValued: true,
      ...readOnly,
      subAttributes: [
        reference({
          name: 'schema',
          description: 'The URN of the extension.',
          referenceTypes: ['uri'],
          required: true,
          ...readOnly,
        }),
        boolean({
          name: 'required',
          description: 'Whether every resource has values of the extension.',
          required: true,
          ...readOnly,
        }),
      ],
    }),
  ],
};

// RFC 7643 §8.7.2 describes `subAttributes` as a complex attribute inside a complex one, which §2.3.8 forbids; clients
// that build their model from `/Schemas` hold us to §2.3.8 (checklist P-058), so it is told in words.
const schemaSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Schema',
  name: 'Schema',
  description: 'A set of attributes',
  attributes: [
    simple({ name: 'name', description: 'The name of the schema.', ...exact }),
    simple({ name: 'description', description: 'What the schema is for.', ...readOnly }),
    complex({
      name: 'attributes',
      description:
        'The attributes of the schema. One whose type is "complex" lists its own in "subAttributes", in the same form.',
      multiValued: true,
      required: true,
      ...readOnly,
      subAttributes: [
        simple({ name: 'name', description: 'The name of the attribute.', required: true, ...exact }),
        simple({
          name: 'type',
          description: 'The type of the value.',
          required: true,
          canonicalValues: [
            'string',
            'boolean',
            'decimal',
            'integer',
            'dateTime',
            'reference',
            'binary', // Erratum 5606.
            'complex',
          ],
          ...exact,
        }),
        boolean({
          name: 'multiValued',
          description: 'Whether the attribute has many values.',
          required: true,
          ...readOnly,
        }),
        simple({ name: 'description', description: 'What the attribute is.', ...exact }),
        boolean({ name: 'required', description: 'Whether a resource must have the attribute.', ...readOnly }),
        simple({
          name: 'canonicalValues',
          description: 'Values that a client may expect.',
          multiValued: true,
          ...exact,
        }),
        boolean({ name: 'caseExact', description: 'Whether case matters in comparisons.', ...readOnly }),
        simple({
          name: 'mutability',
          description: 'Whether and when the attribute can be written.',
          canonicalValues: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
          ...exact,
        }),
        simple({
          name: 'returned',
          description: 'When the attribute is in an answer.',
          canonicalValues: ['always', 'never', 'default', 'request'],
          ...exact,
        }),
        simple({
          name: 'uniqueness',
          description: 'Whether and where the value is unique.',
          canonicalValues: ['none', 'server', 'global'],
          ...exact,
        }),
        simple({
          name: 'referenceTypes',
          description: 'What a reference may point to.',
          multiValued: true,
          ...exact,
        }),
      ],
    }),
  ],
};

/** In the order in which `/Schemas` lists them. */
export const metaSchemas: readonly Schema[] = [schemaSchema, resourceTypeSchema, serviceProviderConfigSchema];
