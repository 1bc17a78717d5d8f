import type { JsonObject } from '../protocol/resource.js';
import { listSchema } from './message-schemas.js';
import { parametersOf, ref, schemaRef, scimAnswer, scimBody, scimErrors } from './operation.js';
import { oneResourceOperations, type Operations } from './resource-operations.js';
import { listParameters } from './shared-components.js';

const documents = (description: string, name: string): JsonObject => ({
  responses: { 200: scimAnswer(description, listSchema(schemaRef(name))), ...scimErrors() },
});

const oneDocument = (description: string, name: string): JsonObject => ({
  responses: { 200: scimAnswer(description, schemaRef(name)), ...scimErrors(404) },
});

/** RFC 7644 §3.4.3, §3.7, §3.11 and §4: what is about all resource types together. Paths are below the SCIM root. */
export function serviceOperations(): Operations {
  const page = scimAnswer('A page of resources of every type that the token may read.', schemaRef('Scim.List'));
  return {
    'GET ServiceProviderConfig': {
      summary: 'Reads what this service provider can do',
      ...oneDocument('The configuration.', 'Scim.ServiceProviderConfig'),
    },
    'GET ResourceTypes': {
      summary: 'Lists the resource types',
      ...documents('The resource types.', 'Scim.ResourceType'),
    },
    'GET ResourceTypes/:name': {
      summary: 'Reads a resource type',
      ...oneDocument('The resource type.', 'Scim.ResourceType'),
    },
    'GET Schemas': { summary: 'Lists the schemas', ...documents('The schemas.', 'Scim.Schema') },
    'GET Schemas/:urn': { summary: 'Reads a schema', ...oneDocument('The schema.', 'Scim.Schema') },
    'GET ': {
      summary: 'Lists resources of every type',
      ...parametersOf(Object.keys(listParameters)),
      responses: { 200: page, ...scimErrors(400) },
    },
    'POST .search': {
      summary: 'Lists resources of every type by a query in the body',
      ...scimBody('Scim.SearchRequest'),
      responses: { 200: page, ...scimErrors(400, 413, 415) },
    },
    'POST Bulk': {
      summary: 'Processes many operations in one request',
      ...scimBody('Scim.BulkRequest'),
      responses: {
        200: scimAnswer('What became of each operation.', schemaRef('Scim.BulkResponse')),
        ...scimErrors(400, 413, 415),
      },
    },
    ...myOperations(),
  };
}

/** An alias of the User that the token stands for, if it does. */
const myOperations = (): Operations =>
  Object.fromEntries(
    Object.entries(oneResourceOperations('User', 'Me')).map(([route, operation]) => [
      route,
      { ...operation, responses: { ...Object(operation['responses']), 501: ref('responses', 'Scim.501') } },
    ]),
  );
