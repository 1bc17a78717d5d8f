import { IDENTITY_STATES } from '../admin/identities.dto.js';
import type { HistoryEntry } from '../people/identity-history.js';
import type { IdentityDetails, IdentitySummary } from '../people/scim-identities.service.js';
import type { JsonObject } from '../protocol/resource.js';
import { objectSchema } from './attribute-schema.js';
import { schemaRef } from './operation.js';

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const integer = { type: 'integer' };
const nothing = { type: 'null' };
const orNull = ({ type, ...rest }: { readonly type: string; readonly format?: string }): JsonObject => ({
  ...rest,
  type: [type, 'null'],
});
const complete = (properties: JsonObject): JsonObject => objectSchema(properties, Object.keys(properties));
const listOf = (items: JsonObject): JsonObject => ({ type: 'array', items });

const summary: Record<keyof IdentitySummary, JsonObject> = {
  id: text,
  userName: { ...text, description: 'Empty where the person was erased.' },
  externalId: orNull(text),
  displayName: orNull(text),
  state: { ...text, enum: IDENTITY_STATES },
  accountId: orNull(text),
  groupCount: { ...integer, description: 'Groups that they are a direct member of.' },
  createdAt: time,
  modifiedAt: time,
  stateChangedAt: time,
  lastChangeAt: time,
  erasedAt: orNull(time),
};

const link: Record<keyof NonNullable<IdentityDetails['link']>, JsonObject> = {
  nameId: text,
  ssoConnectionId: text,
  linkedBy: { ...orNull(text), enum: ['externalId', 'userName', null] },
  linkedAt: time,
  lastLoginAt: time,
};

const details: Record<keyof IdentityDetails, JsonObject> = {
  ...summary,
  active: { type: 'boolean' },
  link: { anyOf: [complete(link), nothing], description: 'The NameID that leads to the person.' },
  groups: listOf(complete({ id: text, displayName: text, type: { ...text, enum: ['direct', 'indirect'] } })),
  attributes: { type: 'object', description: 'As the identity provider sent them.' },
  lastChange: { anyOf: [schemaRef('Admin.HistoryEntry'), nothing] },
  lastRequest: { type: ['object', 'null'], description: 'As in the log, without its body.' },
};

const entry: Record<keyof HistoryEntry, JsonObject> = {
  id: { ...text, description: 'Of the event.' },
  sequence: integer,
  type: { ...text, description: 'Of the event, e.g. `scim.user.updated`.' },
  occurredAt: time,
  state: text,
  changed: listOf(text),
  accountId: orNull(text),
  reason: orNull(text),
  by: complete({
    type: { ...text, enum: ['token', 'admin', 'login', 'host', 'retention'] satisfies HistoryEntry['by']['type'][] },
    token: { anyOf: [complete({ id: text, label: orNull(text), hint: orNull(text) }), nothing] },
    actorId: orNull(text),
  }),
  requestId: orNull(text),
  request: {
    anyOf: [complete({ method: text, path: text, status: integer, client: orNull(text) }), nothing],
    description: 'Null where it was no request, or the log does not have it any more.',
  },
};

/** Of people in the admin API, by the name of their component. */
export const peopleSchemas: JsonObject = {
  'Admin.Identities': objectSchema({ identities: listOf(complete(summary)), nextCursor: text }, ['identities']),
  'Admin.Identity': complete(details),
  'Admin.HistoryEntry': complete(entry),
  'Admin.History': objectSchema(
    {
      entries: listOf(schemaRef('Admin.HistoryEntry')),
      missing: {
        ...listOf(complete({ from: integer, to: integer })),
        description: 'Sequences of entries that are not kept any more.',
      },
      nextCursor: text,
    },
    ['entries', 'missing'],
  ),
};
