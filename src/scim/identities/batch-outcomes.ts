import type { EntityManager } from 'typeorm';
import { ScimError } from '../protocol/scim-error.js';
import type { Person } from './identity-conflicts.js';

/** What became of one. */
export type NewIdentityOutcome = { readonly id: string; readonly version: string } | { readonly error: unknown };

/** Passed over, though nobody has its name: to be tried by itself. */
export type SetOutcome = NewIdentityOutcome | { readonly again: Person };

/** @throws PassedOver in a transaction: those after one that fails may have to be none, so that each waits for its turn. */
export function toAgain(person: Person, manager: EntityManager | undefined): SetOutcome {
  if (manager) throw new PassedOver();
  return { again: person };
}

/** Those who were inserted are there, whatever became of the look-up after it. */
export const allMeet = (error: unknown, people: readonly Person[]): ReadonlyMap<Person, unknown> =>
  new Map(people.map((person) => [person, error]));

/** The set is to be done again with the first `processed` of its people only. */
export class TooManyErrors extends Error {
  constructor(readonly processed: number) {
    super();
  }
}

/** The set is to be undone and its people created one after the other. */
class PassedOver extends Error {}

export const isError = (outcome: NewIdentityOutcome): boolean => 'error' in outcome;

export const isUnavailable = (outcome: NewIdentityOutcome): boolean =>
  'error' in outcome && outcome.error instanceof ScimError && outcome.error.status === 503;
