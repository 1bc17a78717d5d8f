import type { ScimParameters } from '../http/read-parameters.js';
import type { JsonObject } from '../protocol/resource.js';
import { jsonContent, ref, schemaRef, scimContent } from './operation.js';

const inQuery = (name: string, schema: JsonObject, description: string): JsonObject => ({
  name,
  in: 'query',
  description,
  schema,
});

const text = { type: 'string' };

/** RFC 7644 §3.4.2, RFC 9865 §2: one for each that is read. */
export const listParameters: Record<keyof Required<ScimParameters>, JsonObject> = {
  filter: inQuery('filter', text, 'Which resources, e.g. `userName eq "ada@example.com"` (RFC 7644 §3.4.2.2).'),
  sortBy: inQuery('sortBy', text, 'The attribute that the resources are ordered by.'),
  sortOrder: inQuery('sortOrder', { type: 'string', enum: ['ascending', 'descending'] }, 'Ascending by default.'),
  startIndex: inQuery('startIndex', { type: 'integer' }, 'Place of the first resource in the list, from 1.'),
  count: inQuery('count', { type: 'integer' }, 'Resources on the page; more than the maximum are not given.'),
  cursor: inQuery('cursor', text, '`nextCursor` of the page before, empty for the first one (RFC 9865).'),
  attributes: inQuery('attributes', text, 'Names of the attributes to show, with commas between them.'),
  excludedAttributes: inQuery('excludedAttributes', text, 'Names of the attributes to leave out.'),
};

/** What an answer shows of a resource. */
export const PROJECTION = ['attributes', 'excludedAttributes'] as const satisfies readonly (keyof ScimParameters)[];

const headerParameters: JsonObject = {
  'If-Match': {
    name: 'If-Match',
    in: 'header',
    description: 'ETags of the versions that may be changed; another one answers 412.',
    schema: text,
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    description: 'ETags of the versions that the client has; one of them answers 304.',
    schema: text,
  },
};

const headers: JsonObject = {
  ETag: { description: 'The version of the resource, equal to `meta.version`.', schema: text },
  Location: { description: 'The URL of the resource, equal to `meta.location`.', schema: text },
  'WWW-Authenticate': { description: 'How to authenticate (RFC 6750 §3).', schema: text },
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } },
};

const REASONS: readonly (readonly [status: number, reason: string, header?: string])[] = [
  [400, 'The request is wrong; `scimType` and `detail` say where.'],
  [401, 'The bearer token is missing, invalid, expired or revoked.', 'WWW-Authenticate'],
  [403, 'The token lacks the scope, the organization may not use SCIM now, or the request is never allowed.'],
  [404, 'There is no such resource in the organization.'],
  [409, 'A unique value is taken, or the host refuses the removal.'],
  [412, 'The resource has another version than `If-Match` names.'],
  [413, 'The request is larger than allowed.'],
  [415, 'The body is of another media type.'],
  [429, 'The budget of the organization or of the address is used up.', 'Retry-After'],
  [501, 'The token stands for nobody.'],
  [503, 'The database or the host does not answer.', 'Retry-After'],
];

const scimError = (description: string, header?: string): JsonObject => ({
  description,
  ...(header === undefined ? {} : { headers: { [header]: ref('headers', header) } }),
  content: scimContent(schemaRef('Scim.Error')),
});

const adminError = (description: string): JsonObject => ({
  description,
  content: jsonContent(schemaRef('Admin.Error')),
});

/** `components` that operations share. */
export const sharedComponents: JsonObject = {
  parameters: { ...listParameters, ...headerParameters },
  headers,
  responses: {
    ...Object.fromEntries(
      REASONS.map(([status, reason, header]) => [`Scim.${status}`, scimError(reason, header)] as const),
    ),
    'Scim.Error': scimError('Any other failure.'),
    'Admin.Error': adminError('The request is refused; `message` says why.'),
  },
};
