import type { JsonObject } from '../protocol/resource.js';
import type { ServedResources } from '../resources/resource-endpoints.js';
import { emptyAnswer, parametersOf, schemaRef, scimAnswer, scimBody, scimErrors } from './operation.js';
import { listParameters, PROJECTION } from './shared-components.js';

/** Descriptions of operations by `METHOD path`; the path is relative to what they are about. */
export type Operations = Readonly<Record<string, JsonObject>>;

const OF_ONE = ['Location', 'ETag'] as const;

/** RFC 7644 §3.3 to §3.6, for one resource type. */
export function resourceOperations({ endpoint }: ServedResources): Operations {
  const { name } = endpoint.resourceType;
  const page = scimAnswer(`A page of ${name} resources.`, schemaRef(`${name}.List`));
  return {
    'GET ': {
      summary: `Lists ${name} resources`,
      ...parametersOf(Object.keys(listParameters)),
      responses: { 200: page, ...scimErrors(400) },
    },
    'POST .search': {
      summary: `Lists ${name} resources by a query in the body`,
      ...scimBody('Scim.SearchRequest'),
      responses: { 200: page, ...scimErrors(400, 413, 415) },
    },
    'POST ': {
      summary: `Creates a ${name}`,
      ...parametersOf(PROJECTION),
      ...scimBody(`${name}.New`),
      responses: {
        201: scimAnswer(`The ${name} as it was made.`, schemaRef(name), OF_ONE),
        ...scimErrors(400, 409, 413, 415),
      },
    },
    ...oneResourceOperations(name, ':id'),
  };
}

/** Reading and changing one resource, whichever its path is. */
export function oneResourceOperations(name: string, path: string): Operations {
  const shown = scimAnswer(`The ${name}.`, schemaRef(name), OF_ONE);
  return {
    [`GET ${path}`]: {
      summary: `Reads a ${name}`,
      ...parametersOf([...PROJECTION, 'If-None-Match']),
      responses: {
        200: shown,
        304: emptyAnswer('The client has this version.', OF_ONE),
        ...scimErrors(400, 404),
      },
    },
    [`PUT ${path}`]: {
      summary: `Replaces a ${name}`,
      ...parametersOf([...PROJECTION, 'If-Match']),
      ...scimBody(`${name}.New`),
      responses: { 200: shown, ...scimErrors(400, 404, 409, 412, 413, 415) },
    },
    [`PATCH ${path}`]: {
      summary: `Changes a ${name}; all operations or none`,
      ...parametersOf([...PROJECTION, 'If-Match']),
      ...scimBody('Scim.PatchOp'),
      responses: {
        200: shown,
        204: emptyAnswer('Done; where the resource is not shown.', OF_ONE),
        ...scimErrors(400, 404, 409, 412, 413, 415),
      },
    },
    [`DELETE ${path}`]: {
      summary: `Deletes a ${name}`,
      ...parametersOf(['If-Match']),
      responses: { 204: emptyAnswer('Done.'), ...scimErrors(404, 409, 412) },
    },
  };
}
