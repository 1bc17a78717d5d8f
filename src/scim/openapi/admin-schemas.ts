import type { ScimSummary } from '../admin/admin-overview.js';
import type { ConnectionHealth } from '../connections/scim-connections.service.js';
import { IDPS } from '../log/recognise-idp.js';
import type { LoggedRequest, LoggedRequestDetails } from '../log/scim-log.service.js';
import type { JsonObject } from '../protocol/resource.js';
import { TOKEN_SCOPES } from '../tokens/token-scopes.js';
import type { RotatedToken } from '../tokens/scim-token-rotations.js';
import type { GeneratedToken } from '../tokens/scim-token-store.js';
import type { TokenSummary } from '../tokens/scim-tokens.service.js';
import { objectSchema } from './attribute-schema.js';
import { backlogSchema, eventSchemas } from './event-schemas.js';
import { schemaRef } from './operation.js';
import { setupSchemas } from './setup-schemas.js';
import { peopleSchemas } from './people-schemas.js';

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const orNull = ({ type, ...rest }: { readonly type: string; readonly format?: string }): JsonObject => ({
  ...rest,
  type: [type, 'null'],
});

const kept: Record<keyof Omit<GeneratedToken, 'token'>, JsonObject> = {
  id: text,
  label: orNull(text),
  hint: { ...text, description: 'The beginning and the end of the secret.' },
  scopes: { type: 'array', items: { ...text, enum: TOKEN_SCOPES } },
  createdAt: time,
  createdBy: orNull(text),
  expiresAt: orNull(time),
};

const generated: Record<keyof GeneratedToken, JsonObject> = {
  ...kept,
  token: { ...text, description: 'The secret; shown once and kept nowhere.' },
};

const rotated: Record<keyof RotatedToken, JsonObject> = {
  ...generated,
  replaces: { ...text, description: 'Id of the old token.' },
  retiresAt: { ...time, description: 'When the old token ceases to work, at the latest.' },
};

const summaryOfToken: Record<keyof TokenSummary, JsonObject> = {
  ...kept,
  lastUsedAt: orNull(time),
  lastUsedFrom: { ...orNull(text), description: 'Address of the client.' },
  lastUsedClient: { ...orNull(text), description: 'What the client calls itself.' },
  replacedBy: { ...orNull(text), description: 'The new token of a rotation.' },
  retiresAt: { ...orNull(time), description: 'When a rotation ends by itself at the latest.' },
  revokedAt: orNull(time),
  revokedBecause: orNull(text),
  state: { ...text, enum: ['live', 'retiring', 'expired', 'revoked'] satisfies TokenSummary['state'][] },
};

const states = ['provisioned', 'active', 'suspended'] satisfies (keyof ScimSummary['counts'])[];

const integer = { type: 'integer' };
const complete = (properties: JsonObject): JsonObject => objectSchema(properties, Object.keys(properties));
const nothing = { type: 'null' };

const requestCount = complete({ total: integer, failed: { ...integer, description: 'Answered with 400 or more.' } });

const health: Record<keyof ConnectionHealth, JsonObject> = {
  lastCallAt: orNull(time),
  lastSuccessAt: orNull(time),
  lastFailure: {
    anyOf: [complete({ at: time, status: integer, requestId: text }), nothing],
    description:
      'The last request that was answered with 400 or more. 401: its token has expired, was replaced or revoked.',
  },
  failing: {
    anyOf: [complete({ since: time, requests: integer }), nothing],
    description: 'Where the last request failed: since when, and how many failed since the last success.',
  },
  lastHour: requestCount,
  lastDay: requestCount,
  refused: {
    ...complete({ lastAt: orNull(time), lastHour: integer, lastDay: integer }),
    description:
      'Requests with the id of a token and a wrong secret, which anybody can send. They are in no other number. A lower bound: of more than 120 a minute the log does not keep all.',
  },
  client: { ...orNull(text), description: 'What the client calls itself.' },
  idp: { ...orNull(text), enum: [...IDPS, 'generic', null], description: 'The identity provider, from its traffic.' },
  cadence: {
    anyOf: [
      objectSchema({ type: { ...text, enum: ['interval', 'on-change', 'unknown'] }, minutes: integer }, ['type']),
      nothing,
    ],
  },
  nextSyncExpectedAt: orNull(time),
  paused: { anyOf: [complete({ since: time, by: orNull(text) }), nothing] },
  log: complete({ waiting: integer, lost: integer }),
};

const loggedRequest: Record<keyof LoggedRequest, JsonObject> = {
  id: { ...text, description: 'The request id that events and answers of status 500 name.' },
  receivedAt: time,
  method: text,
  path: { ...text, description: 'Below the SCIM endpoint.' },
  query: orNull(text),
  status: { ...integer, description: '499: the client left before it was answered.' },
  scimType: orNull(text),
  detail: orNull(text),
  durationMs: integer,
  client: orNull(text),
  address: orNull(text),
  token: { anyOf: [complete({ id: text, label: orNull(text), hint: orNull(text) }), nothing] },
  idp: orNull(text),
  bodyBytes: orNull(integer),
};

const loggedRequestDetails: Record<keyof LoggedRequestDetails, JsonObject> = {
  ...loggedRequest,
  body: { description: 'As JSON, without passwords and tokens.' },
  isRevealed: { type: 'boolean' },
  reveals: { type: 'array', items: complete({ revealedAt: time, actorId: orNull(text) }) },
};

const overview: Record<keyof ScimSummary, JsonObject> = {
  endpointUrl: { ...text, description: 'What the admin copies into the identity provider.' },
  entitlement: objectSchema(
    {
      allowed: { type: 'boolean' },
      missing: { type: 'array', items: text },
      detail: text,
      removals: {
        type: 'boolean',
        description: 'Whether the identity provider may still read and take people out, though not allowed all else.',
      },
    },
    ['allowed'],
  ),
  counts: objectSchema(Object.fromEntries(states.map((state) => [state, { type: 'integer' }])), states),
  lastActivityAt: orNull(time),
  health: complete(health),
  events: backlogSchema,
};

/** Answers of the admin API, by the name of their component; the types they must match are beside them. */
export const adminSchemas: JsonObject = {
  ...setupSchemas,
  ...eventSchemas,
  'Admin.Overview': complete(overview),
  'Admin.GeneratedToken': complete(generated),
  'Admin.RotatedToken': complete(rotated),
  'Admin.Tokens': complete({ tokens: { type: 'array', items: schemaRef('Admin.Token') } }),
  'Admin.Token': complete(summaryOfToken),
  ...peopleSchemas,
  'Admin.Log': objectSchema({ requests: { type: 'array', items: complete(loggedRequest) }, nextCursor: text }, [
    'requests',
  ]),
  'Admin.LoggedRequest': complete(loggedRequestDetails),
  'Admin.Error': objectSchema(
    {
      statusCode: { type: 'integer' },
      message: { anyOf: [text, { type: 'array', items: text }] },
      error: text,
    },
    // The host's own guards may say no more.
    ['message'],
  ),
};
