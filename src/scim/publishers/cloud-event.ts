import { ConnectionEvent, GroupEvent, ResourceEvent, TokenEvent, UserEvent } from '../events/event-fields.js';
import type { ScimEvent } from '../events/scim-events.js';
import type { Json, JsonObject } from '../protocol/resource.js';

/**
 * An event as it leaves the process: the JSON format of CloudEvents 1.0. Names of extension attributes are what CloudEvents
 * allows, lower-case letters and digits.
 */
export interface ScimCloudEvent {
  readonly specversion: '1.0';
  /** The event's id: the same however often it is delivered, so it is the key to drop duplicates by. */
  readonly id: string;
  /** The application that tells it: the option `baseUrl`. */
  readonly source: string;
  /** E.g. `scim.user.deprovisioned`. */
  readonly type: string;
  /** What it happened to: `Users/<id>`, `Groups/<id>`, `<resource type>/<id>`, `Tokens/<id>` or `Connections/<id>`. */
  readonly subject: string;
  /** When the change was written, RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly organizationid: string;
  /** Id of the identity, group, resource, token or connection: events of one key are published in their order. */
  readonly partitionkey: string;
  /** Place among the events of that key, ten digits: `0000000001`, `0000000002` … What is not greater than one seen is old. */
  readonly sequence: string;
  /** The SCIM request that caused it. */
  readonly requestid?: string;
  /** The SCIM token of that request. */
  readonly tokenid?: string;
  /** The event's other fields, as the class of its type names them; instants as text. */
  readonly data: JsonObject;
}

/** Of a PostgreSQL integer. */
const SEQUENCE_DIGITS = 10;

/** An event as it leaves the process. @param source the application that tells it, a URI. */
export function toCloudEvent(event: ScimEvent, source: string): ScimCloudEvent {
  const { id, type, organizationId, occurredAt, sequence, requestId, tokenId, ...data } = event;
  const { collection, aggregateId } = subjectOf(event);
  return {
    specversion: '1.0',
    id,
    source,
    type,
    subject: `${collection}/${aggregateId}`,
    time: occurredAt.toISOString(),
    datacontenttype: 'application/json',
    organizationid: organizationId,
    partitionkey: aggregateId,
    sequence: String(sequence).padStart(SEQUENCE_DIGITS, '0'),
    ...(requestId === undefined ? {} : { requestid: requestId }),
    ...(tokenId === undefined ? {} : { tokenid: tokenId }),
    data: toJson(data),
  };
}

interface Subject {
  readonly collection: string;
  readonly aggregateId: string;
}

function subjectOf(event: ScimEvent): Subject {
  if (event instanceof UserEvent) return { collection: 'Users', aggregateId: event.identityId };
  if (event instanceof GroupEvent) return { collection: 'Groups', aggregateId: event.groupId };
  if (event instanceof ResourceEvent) return { collection: event.resourceType, aggregateId: event.resourceId };
  if (event instanceof TokenEvent) return { collection: 'Tokens', aggregateId: event.subjectTokenId };
  if (event instanceof ConnectionEvent) return { collection: 'Connections', aggregateId: event.connectionId };
  return event satisfies never;
}

const toJson = (fields: object): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Date ? value.toISOString() : (value as Json),
    ]),
  );
