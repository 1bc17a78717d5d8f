import type { LaterEvents } from '../persistence/dead-letter-statements.js';
import type { DueDelivery } from '../persistence/outbox-statements.js';
import type { Json, JsonObject } from '../protocol/resource.js';
import {
  ConnectionPaused,
  ConnectionResumed,
  GroupDeleted,
  GroupMembersChanged,
  ResourceDeleted,
  TokenRevoked,
  UserLinked,
  UserProvisioned,
  UserReactivated,
  UserUnlinked,
} from './scim-events.js';

/** Events after which an older one of the same aggregate has nothing to say. */
const ENDS: ReadonlySet<string> = new Set([
  GroupDeleted.type,
  ResourceDeleted.type,
  TokenRevoked.type,
  ConnectionPaused.type,
  ConnectionResumed.type,
]);

/** Events on which a handler gives something. */
const GIVES: ReadonlySet<string> = new Set([UserProvisioned.type, UserLinked.type, UserReactivated.type]);

/** What events say of the state after the change, and not of the change. */
const STATE = new Set(['state', 'version', 'accountId', 'displayName', 'externalId']);

/**
 * A delivery that comes late, after newer events of its aggregate were perhaps handled, as its handler may see it: it tells
 * what happened, and the state of now, so that it brings no old state back. Undefined where there is nothing left to tell.
 */
export function asOfNow(delivery: DueDelivery, later: LaterEvents | undefined): DueDelivery | undefined {
  if (!later) return delivery;
  if (later.types.some((type) => ENDS.has(type))) return undefined;
  const { type, payload } = delivery;
  const { state } = later.payload;
  if (isTakenBack(type, state)) return undefined;
  const members = membersLeft(payload, later.mentioned);
  if (type === GroupMembersChanged.type && isNobody(members)) return undefined;
  // The end of a link names the account that was linked until then, and nobody is now.
  const hasLink = later.type !== UserUnlinked.type;
  return {
    ...delivery,
    payload: {
      ...only(payload, (name) => !STATE.has(name)),
      ...only(later.payload, (name) => STATE.has(name) && (hasLink || name !== 'accountId')),
      ...members,
    },
    personal: personalOf(delivery, later),
  };
}

/** Whether a person has no more what an event gave them. */
function isTakenBack(type: string, state: Json | undefined): boolean {
  switch (state) {
    case 'deprovisioned':
      return true;
    case 'suspended':
      return GIVES.has(type);
    case 'provisioned':
      return type === UserLinked.type;
    default:
      return false;
  }
}

/** Ids of members that an event names: of those, newer events may say something newer. */
export const membersOf = ({ added, removed }: JsonObject): readonly Json[] => [...listOf(added), ...listOf(removed)];

function membersLeft({ added, removed }: JsonObject, mentioned: readonly string[]): JsonObject {
  const gone = new Set<Json>(mentioned);
  const left = (list: Json | undefined): readonly Json[] => listOf(list).filter((id) => !gone.has(id));
  return {
    ...(added === undefined ? {} : { added: left(added) }),
    ...(removed === undefined ? {} : { removed: left(removed) }),
  };
}

const isNobody = (members: JsonObject): boolean => membersOf(members).length === 0;

function personalOf({ personal }: DueDelivery, later: LaterEvents): JsonObject | null {
  if (personal === null || later.personal === null) return null;
  const { attributes, ...state } = later.personal;
  const known = later.attributes ?? attributes ?? personal.attributes;
  return { ...state, ...(personal.attributes === undefined || known === undefined ? {} : { attributes: known }) };
}

const only = (fields: JsonObject, isWanted: (name: string) => boolean): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => isWanted(name)));

const listOf = (list: Json | undefined): readonly Json[] => (Array.isArray(list) ? list : []);
