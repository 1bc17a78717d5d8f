import type { DueDelivery } from '../persistence/outbox-statements.js';
import type { Json, JsonObject } from '../protocol/resource.js';
import {
  type GroupEventFields,
  groupEventClasses,
  type ResourceEventFields,
  resourceEventClasses,
  type ScimEventClass,
  type TokenEventFields,
  tokenEventClasses,
  type UserEventFields,
  userEventClasses,
} from './scim-events.js';

/** The event of a delivery as handlers see it. @throws Error for a type that only a newer release knows: its process will take it. */
export function readEvent(delivery: DueDelivery): InstanceType<ScimEventClass> {
  const common = {
    id: delivery.id,
    organizationId: delivery.organizationId,
    occurredAt: delivery.occurredAt,
    sequence: delivery.sequence,
    ...present('tokenId', delivery.tokenId),
    ...present('requestId', delivery.requestId),
  };
  const stored: JsonObject = { ...delivery.payload, ...delivery.personal };
  const UserClass = userEventClasses.find(({ type }) => type === delivery.type);
  if (UserClass) {
    return new UserClass({ ...common, ...stored, identityId: delivery.aggregateId } as unknown as UserEventFields);
  }
  const GroupClass = groupEventClasses.find(({ type }) => type === delivery.type);
  if (GroupClass) {
    return new GroupClass({ ...common, ...stored, groupId: delivery.aggregateId } as unknown as GroupEventFields);
  }
  const ResourceClass = resourceEventClasses.find(({ type }) => type === delivery.type);
  if (ResourceClass) {
    return new ResourceClass({
      ...common,
      ...stored,
      resourceId: delivery.aggregateId,
    } as unknown as ResourceEventFields);
  }
  const TokenClass = tokenEventClasses.find(({ type }) => type === delivery.type);
  if (TokenClass) {
    return new TokenClass({
      ...common,
      ...stored,
      ...dateOf('expiresAt', stored),
      ...dateOf('retiresAt', stored),
      subjectTokenId: delivery.aggregateId,
    } as unknown as TokenEventFields);
  }
  throw new Error(`This process does not know the event type ${delivery.type}.`);
}

const present = (name: string, value: Json): JsonObject => (value === null ? {} : { [name]: value });

const dateOf = (name: string, stored: JsonObject): Readonly<Record<string, Date>> => {
  const { [name]: value } = stored;
  return typeof value === 'string' ? { [name]: new Date(value) } : {};
};
