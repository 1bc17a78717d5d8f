import type { NewIdentityRow } from '../persistence/bulk-statements.js';
import type { ResourceType } from '../protocol/schemas/schema.js';
import { unlinked } from './identities.service.js';
import type { Person } from './identity-conflicts.js';
import { toEvents } from './identity-events.js';
import { creation } from './identity-store.js';
import { toColumns } from './identity-values.js';

/** People whom no login proved, as the jsonb parameter of `insertIdentities`, with the events of their creation. */
export const toRows = (people: readonly Person[], resourceType: ResourceType): string =>
  JSON.stringify(people.map((person, place) => toRow(person, place, resourceType)));

function toRow({ id, resource }: Person, place: number, resourceType: ResourceType): NewIdentityRow {
  const values = unlinked(resource);
  const columns = toColumns(values, resourceType);
  const { externalId, userName, userNameKey, state, active, attributes, search, emailKeys } = columns;
  return {
    place,
    id,
    external_id: externalId,
    user_name: userName,
    user_name_key: userNameKey,
    state,
    active,
    attributes,
    search,
    email_keys: emailKeys,
    events: toEvents(creation(values), values, { eventSeq: 0, version: 1 }),
  };
}
