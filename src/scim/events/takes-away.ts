import type { JsonObject } from '../protocol/resource.js';
import {
  GroupDeleted,
  GroupMembersChanged,
  TokenRevoked,
  UserDeactivated,
  UserDeprovisioned,
  UserErased,
  UserUnlinked,
} from './scim-events.js';

/** Events that take all access away: they overtake older ones, which are void then. */
const TERMINAL_TYPES: ReadonlySet<string> = new Set([
  UserDeactivated.type,
  UserDeprovisioned.type,
  UserUnlinked.type,
  TokenRevoked.type,
]);

export const isTerminal = (type: string): boolean => TERMINAL_TYPES.has(type);

/**
 * Whether an event takes something away. It is never given up, because what it did not take would be had for ever. What a
 * group takes waits for its turn all the same: who came and who went makes sense in order only.
 */
export const takesAway = (type: string, { removed }: JsonObject): boolean =>
  isTerminal(type) ||
  type === UserErased.type ||
  type === GroupDeleted.type ||
  (type === GroupMembersChanged.type && Array.isArray(removed) && removed.length > 0);
