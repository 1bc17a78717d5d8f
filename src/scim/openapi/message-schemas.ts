import { metaSchemas } from '../protocol/discovery.js';
import type { SearchParameters } from '../protocol/read-search.js';
import type { JsonObject } from '../protocol/resource.js';
import type { ScimType } from '../protocol/scim-error.js';
import type { Attribute, Schema } from '../protocol/schemas/schema.js';
import { attributesSchema, objectSchema, type ObjectSchema } from './attribute-schema.js';
import { schemaRef } from './operation.js';

const text = { type: 'string' };
const whole = { type: 'integer' };
const texts = { type: 'array', items: text };

const MESSAGES = 'urn:ietf:params:scim:api:messages:2.0:';

const schemasOf = (message: string): JsonObject => ({
  type: 'array',
  items: { type: 'string', enum: [MESSAGES + message] },
});

/** RFC 7644 §3.12 table 9 and RFC 9865 §2.1: complete, says the type. */
const SCIM_TYPES: Record<ScimType, true> = {
  invalidFilter: true,
  tooMany: true,
  uniqueness: true,
  mutability: true,
  invalidSyntax: true,
  invalidPath: true,
  noTarget: true,
  invalidValue: true,
  invalidVers: true,
  sensitive: true,
  invalidCursor: true,
  expiredCursor: true,
  invalidCount: true,
};

const error = objectSchema(
  {
    schemas: schemasOf('Error'),
    status: { ...text, description: 'The HTTP status, as a text.' },
    scimType: { ...text, enum: Object.keys(SCIM_TYPES) },
    detail: { ...text, description: "What was wrong, for the identity provider's administrator." },
  },
  ['schemas', 'status', 'detail'],
);

const patchOp = objectSchema(
  {
    schemas: schemasOf('PatchOp'),
    Operations: {
      type: 'array',
      minItems: 1,
      items: objectSchema(
        {
          op: { ...text, enum: ['add', 'replace', 'remove'] },
          path: {
            ...text,
            description: 'What changes, e.g. `emails[type eq "work"].value`; absent: what the value names.',
          },
          value: { description: 'The new value, of the type of what changes.' },
        },
        ['op'],
      ),
    },
  },
  ['schemas', 'Operations'],
);

const searchMembers: Record<keyof Required<SearchParameters>, JsonObject> = {
  filter: text,
  sortBy: text,
  sortOrder: { ...text, enum: ['ascending', 'descending'] },
  startIndex: whole,
  count: whole,
  cursor: text,
  attributes: texts,
  excludedAttributes: texts,
};

const bulkRequest = (maxOperations: number): JsonObject =>
  objectSchema(
    {
      schemas: schemasOf('BulkRequest'),
      failOnErrors: { ...whole, minimum: 1, description: 'How many errors end the request. Default: all are tried.' },
      Operations: {
        type: 'array',
        minItems: 1,
        maxItems: maxOperations,
        items: objectSchema(
          {
            method: { ...text, enum: ['POST', 'PUT', 'PATCH', 'DELETE'] },
            bulkId: {
              ...text,
              description: 'Name of a resource that a POST makes; `bulkId:` and it stand for its id.',
            },
            version: { ...text, description: 'ETag of the version that may be changed.' },
            path: { ...text, description: 'E.g. `/Users` or `/Users/{id}`.' },
            data: { description: 'What the body of a single request would be.' },
          },
          ['method', 'path'],
        ),
      },
    },
    ['schemas', 'Operations'],
  );

const bulkResponse = objectSchema(
  {
    schemas: schemasOf('BulkResponse'),
    Operations: {
      type: 'array',
      items: objectSchema(
        {
          method: text,
          bulkId: text,
          version: text,
          location: text,
          status: { ...text, description: 'The HTTP status, as a text.' },
          response: schemaRef('Scim.Error'),
        },
        ['method', 'status'],
      ),
    },
  },
  ['schemas', 'Operations'],
);

/** RFC 7644 §3.4.2: a page of such resources. */
export const listSchema = (resource: JsonObject): JsonObject =>
  objectSchema(
    {
      schemas: schemasOf('ListResponse'),
      totalResults: { ...whole, description: 'Resources on all pages.' },
      startIndex: whole,
      itemsPerPage: { ...whole, description: 'Resources on this page.' },
      nextCursor: { ...text, description: 'Of a page by cursor that is not the last one.' },
      Resources: { type: 'array', items: resource },
    },
    ['schemas', 'totalResults', 'itemsPerPage', 'Resources'],
  );

/** Messages and discovery documents, by the name of their component. */
export const messageSchemas = ({ bulkOperations }: { readonly bulkOperations: number }): JsonObject => ({
  'Scim.Error': error,
  'Scim.PatchOp': patchOp,
  'Scim.SearchRequest': objectSchema({ schemas: schemasOf('SearchRequest'), ...searchMembers }, ['schemas']),
  'Scim.BulkRequest': bulkRequest(bulkOperations),
  'Scim.BulkResponse': bulkResponse,
  ...Object.fromEntries(
    metaSchemas.map((schema) => [`Scim.${schema.id.split(':').at(-1)}`, documentSchema(schema)] as const),
  ),
});

/** RFC 7643 §5 to §7: a document of discovery. What describes attributes describes their sub-attributes in the same form. */
function documentSchema({ id, attributes, description }: Schema): ObjectSchema {
  const { properties, required = [] } = attributesSchema(attributes, 'whole');
  const described = attributes.find(({ name }) => name === 'attributes');
  const own = {
    schemas: { type: 'array', items: { type: 'string', enum: [id] } },
    id: text,
    meta: objectSchema({ resourceType: text, location: text }, ['resourceType', 'location']),
  };
  const nested = described === undefined ? {} : { attributes: attributeList(described) };
  return { description, ...objectSchema({ ...own, ...properties, ...nested }, ['schemas', 'meta', ...required]) };
}

function attributeList({ description, subAttributes = [] }: Attribute): JsonObject {
  const { properties, required = [] } = attributesSchema(subAttributes, 'whole');
  const parts = {
    type: 'array',
    description: 'Those of a complex attribute.',
    items: objectSchema(properties, required),
  };
  return { type: 'array', description, items: objectSchema({ ...properties, subAttributes: parts }, required) };
}
