import type { StoredEvent } from '../persistence/outbox-statements.js';
import type { Json, JsonObject } from '../protocol/resource.js';
import type {
  ConnectionEventFields,
  GroupEventFields,
  ResourceEventFields,
  TokenEventFields,
  UserEventFields,
} from './event-fields.js';
import {
  connectionEventClasses,
  groupEventClasses,
  resourceEventClasses,
  type ScimEventClass,
  tokenEventClasses,
  userEventClasses,
} from './scim-events.js';

/** A stored event as handlers see it. @throws Error for a type that only a newer release knows: its process will take it. */
export function readEvent(delivery: StoredEvent): InstanceType<ScimEventClass> {
  const { type, aggregateId } = delivery;
  const stored: JsonObject = { ...delivery.payload, ...delivery.personal };
  const fields = {
    id: delivery.id,
    organizationId: delivery.organizationId,
    occurredAt: delivery.occurredAt,
    sequence: delivery.sequence,
    ...present('tokenId', delivery.tokenId),
    ...present('requestId', delivery.requestId),
    ...stored,
  };
  const UserClass = userEventClasses.find((one) => one.type === type);
  if (UserClass)
    return new UserClass({ userName: '', ...fields, identityId: aggregateId } as unknown as UserEventFields);
  const GroupClass = groupEventClasses.find((one) => one.type === type);
  if (GroupClass) return new GroupClass({ ...fields, groupId: aggregateId } as unknown as GroupEventFields);
  const ResourceClass = resourceEventClasses.find((one) => one.type === type);
  if (ResourceClass) return new ResourceClass({ ...fields, resourceId: aggregateId } as unknown as ResourceEventFields);
  const TokenClass = tokenEventClasses.find((one) => one.type === type);
  if (TokenClass) {
    const dates = { ...dateOf('expiresAt', stored), ...dateOf('retiresAt', stored) };
    return new TokenClass({ ...fields, ...dates, subjectTokenId: aggregateId } as unknown as TokenEventFields);
  }
  const ConnectionClass = connectionEventClasses.find((one) => one.type === type);
  if (ConnectionClass) {
    return new ConnectionClass({ ...fields, connectionId: aggregateId } as unknown as ConnectionEventFields);
  }
  throw new Error(`This process does not know the event type ${type}.`);
}

const present = (name: string, value: Json): JsonObject => (value === null ? {} : { [name]: value });

const dateOf = (name: string, stored: JsonObject): Readonly<Record<string, Date>> => {
  const { [name]: value } = stored;
  return typeof value === 'string' ? { [name]: new Date(value) } : {};
};
