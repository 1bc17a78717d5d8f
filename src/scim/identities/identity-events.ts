import { randomUUID } from 'node:crypto';
import {
  UserDeactivated,
  type UserEventType,
  UserProvisioned,
  UserReactivated,
  UserDeprovisioned,
  UserUnlinked,
  UserUpdated,
} from '../events/scim-events.js';
import { isTerminal } from '../events/takes-away.js';
import type { NewEvent } from '../persistence/outbox-statements.js';
import type { JsonObject } from '../protocol/resource.js';
import { coreAttributesOf, type IdentityValues } from './identity-values.js';

/** Which event, and what changed with it. */
export interface Happening {
  readonly type: UserEventType;
  /** Names of changed attributes. */
  readonly changed: readonly string[];
  /** What else there is to tell; nothing personal. */
  readonly facts?: JsonObject;
}

/** Handlers may act on these before the request is answered. */
const LIFE_CYCLE: ReadonlySet<string> = new Set([
  UserDeactivated.type,
  UserReactivated.type,
  UserDeprovisioned.type,
  UserUnlinked.type,
]);

export const isLifeCycle = ({ type }: Happening): boolean => LIFE_CYCLE.has(type);

/** Events as the outbox takes them; each tells the identity's state after the whole change. */
export function toEvents(
  happenings: readonly Happening[],
  after: IdentityValues,
  at: { readonly eventSeq: number; readonly version: number; readonly actorId?: string | undefined },
): readonly NewEvent[] {
  const { userName, externalId } = coreAttributesOf(after.resource);
  return happenings.map(({ type, changed, facts }, index) => ({
    id: randomUUID(),
    sequence: at.eventSeq + index + 1,
    type,
    terminal: isTerminal(type),
    payload: {
      state: after.state,
      version: at.version,
      changed,
      ...(after.accountId === null ? {} : { accountId: after.accountId }),
      ...(at.actorId === undefined ? {} : { actorId: at.actorId }),
      ...facts,
    },
    personal: {
      userName,
      ...(externalId === null ? {} : { externalId }),
      ...(type === UserProvisioned.type || type === UserUpdated.type ? { attributes: after.resource } : {}),
    },
  }));
}
