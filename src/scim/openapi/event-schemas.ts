import type { DeadLetterListing, ShownDeadLetter } from '../admin/dead-letters.controller.js';
import type { EventListing } from '../admin/events.controller.js';
import type { Backlog, DeadLetterState } from '../events/scim-dead-letters.js';
import type { JsonObject } from '../protocol/resource.js';
import type { ScimCloudEvent } from '../publishers/cloud-event.js';
import { objectSchema } from './attribute-schema.js';
import { schemaRef } from './operation.js';

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const integer = { type: 'integer' };
const flag = { type: 'boolean' };
const orNull = ({ type, ...rest }: { readonly type: string; readonly format?: string }): JsonObject => ({
  ...rest,
  type: [type, 'null'],
});
const complete = (properties: JsonObject): JsonObject => objectSchema(properties, Object.keys(properties));
const listOf = (items: JsonObject): JsonObject => ({ type: 'array', items });

const counts: Record<keyof Omit<Backlog, 'oldestOpenAt'>, JsonObject> = {
  open: { ...integer, description: 'Deliveries that are not done, failing ones included.' },
  failing: integer,
  dead: { ...integer, description: 'Given up.' },
  atLeast: { ...flag, description: 'Counting stopped: there may be more.' },
};

/** What is open, as the settings page shows it at the top. */
export const backlogSchema = complete({ ...counts, oldestOpenAt: orNull(time) } satisfies Record<
  keyof Backlog,
  JsonObject
>);

const deadLetter: Record<keyof ShownDeadLetter, JsonObject> = {
  eventId: text,
  consumer: { ...text, description: 'The handler that failed.' },
  type: { ...text, description: 'E.g. `scim.user.updated`.' },
  occurredAt: time,
  sequence: integer,
  subject: complete({
    type: { ...text, enum: ['user', 'group', 'token', 'resource', 'connection'] },
    id: text,
    name: { ...orNull(text), description: 'Null where there is none, or it was erased.' },
  }),
  state: { ...text, enum: ['dead', 'failing'] satisfies DeadLetterState[] },
  takesAway: { ...flag, description: 'It takes access away, and is never given up by itself.' },
  attempts: integer,
  nextTryAt: orNull(time),
  givenUpAt: orNull(time),
  heldBack: { ...integer, description: 'Later events of the same subject that wait for it; 100 at most.' },
};

const listing: Record<keyof DeadLetterListing, JsonObject> = {
  counts: complete(counts),
  oldestOpenAt: orNull(time),
  deliveries: listOf(complete(deadLetter)),
  nextCursor: text,
};

const cloudEvent: Record<keyof ScimCloudEvent, JsonObject> = {
  specversion: { ...text, enum: ['1.0'] },
  id: text,
  source: text,
  type: text,
  subject: text,
  time,
  datacontenttype: text,
  organizationid: text,
  partitionkey: text,
  sequence: { ...text, description: 'Place among the events of one partitionkey, ten digits.' },
  requestid: text,
  tokenid: text,
  data: { type: 'object' },
};

const page: Record<keyof EventListing, JsonObject> = {
  events: listOf(schemaRef('Admin.Event')),
  next: { ...text, description: 'For `after`; also of an empty page.' },
  hasMore: { ...flag, description: 'Whether to ask again at once.' },
};

/** Answers of the admin API about events. */
export const eventSchemas: JsonObject = {
  'Admin.DeadLetters': objectSchema(listing, ['counts', 'oldestOpenAt', 'deliveries']),
  'Admin.Replayed': complete({ replayed: integer }),
  'Admin.Event': objectSchema(
    cloudEvent,
    Object.keys(cloudEvent).filter((name) => name !== 'requestid' && name !== 'tokenid'),
  ),
  'Admin.Events': complete(page),
};
