import type { JsonObject } from '../protocol/resource.js';

/** Names of what stands under `components`. */
type ComponentKind = 'schemas' | 'responses' | 'parameters' | 'headers';

export const ref = (kind: ComponentKind, name: string): JsonObject => ({ $ref: `#/components/${kind}/${name}` });

export const schemaRef = (name: string): JsonObject => ref('schemas', name);

/** RFC 7644 §3.1: either type, both ways. */
export const scimContent = (schema: JsonObject): JsonObject => ({
  'application/scim+json': { schema },
  'application/json': { schema },
});

export const jsonContent = (schema: JsonObject): JsonObject => ({ 'application/json': { schema } });

/** The body of a SCIM request. */
export const scimBody = (schema: string): JsonObject => ({
  requestBody: { required: true, content: scimContent(schemaRef(schema)) },
});

/** A SCIM answer with a body. */
export const scimAnswer = (description: string, schema: JsonObject, headers: readonly string[] = []): JsonObject => ({
  description,
  ...headersOf(headers),
  content: scimContent(schema),
});

/** A SCIM answer without a body. */
export const emptyAnswer = (description: string, headers: readonly string[] = []): JsonObject => ({
  description,
  ...headersOf(headers),
});

const headersOf = (names: readonly string[]): JsonObject =>
  names.length === 0 ? {} : { headers: Object.fromEntries(names.map((name) => [name, ref('headers', name)])) };

/** The SCIM errors that an operation may answer with; those of every operation are added to them. */
export const scimErrors = (...statuses: readonly number[]): JsonObject =>
  Object.fromEntries(
    [...statuses, 401, 403, 429, 503]
      .toSorted((one, other) => one - other)
      .map((status) => [String(status), ref('responses', `Scim.${status}`)]),
  );

/** Parameters of the query and headers of the request, by name. */
export const parametersOf = (names: readonly string[]): JsonObject =>
  names.length === 0 ? {} : { parameters: names.map((name) => ref('parameters', name)) };
