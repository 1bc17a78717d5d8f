import type { EntityManager } from 'typeorm';
import { findTakenNames, type TakenName } from '../persistence/bulk-statements.js';
import type { ScimDatabase } from '../persistence/scim-database.js';
import { fold } from '../protocol/comparable.js';
import type { ResourceAttributes } from '../protocol/resource.js';
import type { ScimError } from '../protocol/scim-error.js';
import { externalIdTaken, userNameTaken } from './identity-store.js';
import { coreAttributesOf } from './identity-values.js';

/** A person to create. */
export interface Person {
  readonly id: string;
  readonly resource: ResourceAttributes;
}

/** A set of people that was inserted, those excepted whose names were taken. */
interface InsertedSet {
  readonly organizationId: string;
  readonly people: readonly Person[];
  /** Ids of those who were inserted. */
  readonly made: ReadonlySet<string>;
}

/** Before everybody in the set. */
const OUTSIDE = -1;

/**
 * Of those who were passed over: which of their names was taken at their turn, by somebody before them in the set or
 * outside. None is found for a name that is free again by now.
 */
export async function findConflicts(
  database: ScimDatabase,
  { organizationId, people, made }: InsertedSet,
  manager: EntityManager | undefined,
): Promise<ReadonlyMap<Person, ScimError>> {
  const missing = people.filter(({ id }) => !made.has(id));
  if (missing.length === 0) return new Map();
  const names = missing.map(({ resource }) => coreAttributesOf(resource));
  const parameters = [
    organizationId,
    names.map(({ userName }) => fold(userName)),
    names.map(({ externalId }) => externalId),
  ];
  const taken = await database.run<TakenName>(findTakenNames, parameters, manager);
  const places = new Map(people.map(({ id }, place) => [id, place]));
  // Live names are unique, so that each has one holder.
  const userNames = new Map(taken.map(({ id, userNameKey }) => [userNameKey, places.get(id) ?? OUTSIDE]));
  const externalIds = new Map(taken.map(({ id, externalId }) => [externalId, places.get(id) ?? OUTSIDE]));
  const conflicts = missing.flatMap((person, index): [Person, ScimError][] => {
    const { userName = '', externalId = null } = names[index] ?? {};
    const place = places.get(person.id) ?? OUTSIDE;
    if ((userNames.get(fold(userName)) ?? Infinity) < place) return [[person, userNameTaken(userName)]];
    if (externalId === null || (externalIds.get(externalId) ?? Infinity) > place) return [];
    return [[person, externalIdTaken(externalId)]];
  });
  return new Map(conflicts);
}
