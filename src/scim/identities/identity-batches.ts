import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  findPlacesWithProvenLinks,
  insertIdentities,
  type InsertedIdentities,
} from '../persistence/bulk-statements.js';
import { isDeadlock } from '../persistence/database-errors.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { hasUniqueValues } from '../persistence/unique-values.js';
import { fold } from '../protocol/comparable.js';
import { ResourceTypes } from '../protocol/resource-types.js';
import { ScimEntitlements } from '../tokens/scim-entitlements.js';
import {
  allMeet,
  isError,
  isUnavailable,
  type NewIdentityOutcome,
  type SetOutcome,
  toAgain,
  TooManyErrors,
} from './batch-outcomes.js';
import { findRefusal } from './only-removals.js';
import { IdentitiesService } from './identities.service.js';
import { findConflicts, type Person } from './identity-conflicts.js';
import { toHistory, type WriteContext } from './identity-store.js';
import { toRows } from './identity-rows.js';
import { identityTag } from './identity-tag.js';
import { coreAttributesOf } from './identity-values.js';
import { findProofScope } from './proven-links.js';

/** So that no statement grows without bound: about 1 MB of users of the usual size. */
const MOST_IN_A_SET = 250;

/** A person to create, or why the body was none. */
export type NewIdentity = Person | { readonly error: unknown };

/** Who writes, and how many errors end it; then the outcomes are fewer than the people. */
export interface BatchContext extends Pick<WriteContext, 'tokenId' | 'requestId' | 'later' | 'onlyRemovals'> {
  readonly mostErrors: number;
}

/** Part of a batch that is done in one way; the outcome of one that is refused is known already. */
type Part =
  | { readonly type: 'refused'; readonly outcome: { readonly error: unknown } }
  | { readonly type: 'single'; readonly person: Person }
  | ({ readonly type: 'set' } & PeopleSet);

interface PeopleSet {
  readonly people: Person[];
  /** As the statement takes them, once that is made. */
  rows?: string;
}

/**
 * Many identities at once, each as if it had been created by itself after those before it, in few statements. To deliver
 * their events is left to the caller.
 */
@Injectable()
export class IdentityBatches {
  constructor(
    private readonly database: ScimDatabase,
    private readonly identities: IdentitiesService,
    private readonly entitlements: ScimEntitlements,
    private readonly resourceTypes: ResourceTypes,
  ) {}

  /**
   * Stops after an error that would meet all others too (503).
   * @throws ScimError 503 before anything was written.
   */
  async create(
    organizationId: string,
    people: readonly NewIdentity[],
    context: BatchContext,
  ): Promise<readonly NewIdentityOutcome[]> {
    const outcomes: NewIdentityOutcome[] = [];
    let left = context.mostErrors;
    const refusal = findRefusal(context);
    const admitted = refusal ? people.map(() => ({ error: refusal })) : people;
    const parts = toParts(admitted, await this.findSingles(organizationId, admitted));
    for (const [index, part] of parts.entries()) {
      const [made] = await Promise.all([
        this.createPart(organizationId, part, { ...context, mostErrors: left }),
        // What was written meanwhile has to be told of. The set makes its rows again, and meets the same by itself.
        this.prepare(parts[index + 1]).catch(() => undefined),
      ]);
      outcomes.push(...made);
      left -= made.filter(isError).length;
      if (left <= 0 || made.some(isUnavailable)) break;
    }
    return outcomes;
  }

  /** Those who need the transaction of `IdentitiesService.create`: whom a login proved, or who must hold logins up. */
  private async findSingles(organizationId: string, people: readonly NewIdentity[]): Promise<ReadonlySet<NewIdentity>> {
    const readable = people.flatMap((each) => ('error' in each ? [] : [each]));
    if (readable.length === 0) return new Set();
    // Values that no two Users may share have statements of their own.
    if (hasUniqueValues(this.resourceTypes.user)) return new Set(readable);
    const names = readable.map(({ resource }) => coreAttributesOf(resource));
    const { ssoConnectionId } = await findProofScope(this.entitlements, organizationId);
    const proven = await this.database.run<{ place: number }>(findPlacesWithProvenLinks, [
      organizationId,
      names.map(({ externalId }) => externalId),
      names.map(({ userName }) => fold(userName)),
      ssoConnectionId,
    ]);
    const places = new Set(proven.map(({ place }) => place));
    return new Set(readable.filter((_, place) => places.has(place) || names[place]?.active !== true));
  }

  private async createPart(
    organizationId: string,
    part: Part,
    context: BatchContext,
  ): Promise<readonly NewIdentityOutcome[]> {
    switch (part.type) {
      case 'refused':
        return [part.outcome];
      case 'single':
        return [await this.createOne(organizationId, part.person, context)];
      case 'set':
        return this.createSet(organizationId, part, context);
    }
  }

  /** While the database is at work on the one before it. */
  private async prepare(part: Part | undefined): Promise<void> {
    if (part?.type !== 'set') return;
    await setImmediate();
    part.rows = toRows(part.people, this.resourceTypes.user);
  }

  private async createOne(
    organizationId: string,
    { id, resource }: Person,
    context: BatchContext,
  ): Promise<NewIdentityOutcome> {
    try {
      const identity = await this.identities.create(organizationId, resource, { ...context, id });
      return { id: identity.id, version: identityTag(identity) };
    } catch (error) {
      return { error };
    }
  }

  private async createSet(
    organizationId: string,
    set: PeopleSet,
    context: BatchContext,
  ): Promise<readonly NewIdentityOutcome[]> {
    const { people } = set;
    const insert = (manager?: EntityManager) => this.insertSet(organizationId, set, { ...context, manager });
    try {
      // Where errors end the request, those after the last one must never have been.
      const made =
        context.mostErrors >= people.length ? await insert() : await this.database.transactionWithRetry(insert);
      return await this.completeSet(organizationId, made, context);
    } catch (error) {
      if (error instanceof TooManyErrors) {
        return this.createSet(organizationId, { people: people.slice(0, error.processed) }, context);
      }
      // It may have been written for all that is known: to try again could meet oneself.
      if (isUnavailable({ error }) && !isDeadlock(error)) return people.map(() => ({ error }));
      // Whatever is the matter with one of them, the others do not suffer for it.
      return this.createEach(organizationId, people, context);
    }
  }

  /** @throws TooManyErrors where others come after the last error that there may be. */
  private async insertSet(
    organizationId: string,
    set: PeopleSet,
    { mostErrors, manager, ...context }: BatchContext & { readonly manager: EntityManager | undefined },
  ): Promise<readonly SetOutcome[]> {
    const { people, rows = toRows(people, this.resourceTypes.user) } = set;
    const parameters = [organizationId, rows, ...toHistory(context)];
    const [inserted] = await this.database.run<InsertedIdentities>(insertIdentities, parameters, manager);
    const ids = new Set(inserted?.ids);
    if (!inserted?.isConnected) return people.map((person) => toAgain(person, manager));
    const looking = findConflicts(this.database, { organizationId, people, made: ids }, manager);
    const conflicts = await (manager ? looking : looking.catch((error: unknown) => allMeet(error, people)));
    let errors = 0;
    return people.map((person, place) => {
      if (ids.has(person.id)) return { id: person.id, version: FIRST_VERSION };
      const error = conflicts.get(person);
      if (error === undefined) return toAgain(person, manager);
      errors += 1;
      if (errors === mostErrors && place < people.length - 1) throw new TooManyErrors(place + 1);
      return { error };
    });
  }

  /** Others of the set are there already and have to be told of: an error that meets all is said of the rest untried. */
  private async completeSet(
    organizationId: string,
    made: readonly SetOutcome[],
    context: BatchContext,
  ): Promise<readonly NewIdentityOutcome[]> {
    const outcomes: NewIdentityOutcome[] = [];
    let unavailable: NewIdentityOutcome | undefined;
    for (const outcome of made) {
      if (!('again' in outcome)) outcomes.push(outcome);
      else {
        const one = unavailable ?? (await this.createOne(organizationId, outcome.again, context));
        if (isUnavailable(one)) unavailable = one;
        outcomes.push(one);
      }
    }
    return outcomes;
  }

  private async createEach(
    organizationId: string,
    people: readonly Person[],
    context: BatchContext,
  ): Promise<readonly NewIdentityOutcome[]> {
    const outcomes: NewIdentityOutcome[] = [];
    let left = context.mostErrors;
    for (const person of people) {
      const outcome = await this.createOne(organizationId, person, context);
      outcomes.push(outcome);
      if (isError(outcome)) left -= 1;
      if (left <= 0 || isUnavailable(outcome)) break;
    }
    return outcomes;
  }
}

const FIRST_VERSION = identityTag({ version: 1, groups: [] });

/** In the order of the request. */
function toParts(people: readonly NewIdentity[], singles: ReadonlySet<NewIdentity>): readonly Part[] {
  const parts: Part[] = [];
  for (const person of people) {
    const last = parts.at(-1);
    if ('error' in person) parts.push({ type: 'refused', outcome: person });
    else if (singles.has(person)) parts.push({ type: 'single', person });
    else if (last?.type === 'set' && last.people.length < MOST_IN_A_SET) last.people.push(person);
    else parts.push({ type: 'set', people: [person] });
  }
  return parts;
}
