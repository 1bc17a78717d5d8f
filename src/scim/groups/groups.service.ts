import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ScimRelay } from '../events/scim-relay.js';
import { ScimPaths } from '../http/scim-paths.js';
import { checkMayWrite } from '../identities/only-removals.js';
import type { WriteContext } from '../identities/identity-store.js';
import type { ProvisionedGroup } from '../persistence/entities/group.entity.js';
import { findMembersOfGroups, type MemberRow } from '../persistence/group-statements.js';
import {
  accountsOfEverybody,
  accountsOfPeople,
  existsGroup,
  type GroupAccounts,
} from '../persistence/group-accounts.js';
import { isId } from '../persistence/is-id.js';
import { findRows, type ListQuery, type ResourceTable } from '../persistence/list-rows.js';
import type { DeliveryKey } from '../persistence/outbox-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { applyPatch } from '../protocol/apply-patch.js';
import { assignReadOnly } from '../protocol/assign-read-only.js';
import { checkVersion } from '../protocol/etag.js';
import { readPatch } from '../protocol/read-patch.js';
import { readReplacement, readResource } from '../protocol/read-resource.js';
import { ResourceTypes } from '../protocol/resource-types.js';
import type { JsonObject, ResourceAttributes } from '../protocol/resource.js';
import type { ScimGroup } from '../protocol/resource-of.js';
import type { ResourceType } from '../protocol/schemas/schema.js';
import { invalidValue } from '../protocol/scim-error.js';
import { ResourceLists } from '../resources/resource-lists.js';
import { groupAttributes, groupTag, toGroupResource, toMember } from './group-resource.js';
import { GroupStore, type GroupValues } from './group-store.js';
import { groupTable } from './group-table.js';
import {
  addedByAny,
  isAboutMembers,
  type MemberChange,
  needsMembers,
  toMemberChange,
  toReplacement,
} from './member-change.js';

/** Which groups, in which order, which page of them, and with or without their members. */
export interface GroupQuery extends ListQuery {
  /** Without, no member is read. Default true. */
  readonly withMembers?: boolean;
}

/** A write that answers with the whole group. */
export interface GroupWriteContext extends WriteContext {
  /** Without, no member is read for the answer. Default true; of a PATCH, which is to cost the same for any group, false. */
  readonly withMembers?: boolean;
}

/** A page of groups, as RFC 7643 §4.2 writes them, and how many there are on all pages. */
export interface GroupList<G extends ScimGroup = ScimGroup> {
  readonly resources: readonly G[];
  /** While a cursor walks: as counted for its first page. */
  readonly totalResults: number;
  /** Of a page by cursor, unless it is the last one. */
  readonly nextCursor?: string;
}

/** Which groups, and whose places in them. */
export interface GroupAccountsQuery {
  /** By `id` or `externalId`; one that is unknown counts for nothing. */
  readonly groups: readonly string[];
  /** Everybody, or the people with these ids. */
  readonly users: 'everybody' | readonly string[];
}

/** What a write wants of a group, decided under its lock; `members` are those there are and those that may be added. */
type Decision = (
  group: ProvisionedGroup,
  members: readonly JsonObject[],
) => { attributes: ResourceAttributes; members: MemberChange };

/**
 * SCIM Groups of an organization. A group grants nothing by itself: the host maps its id to what it likes.
 *
 * A host with extensions of its own injects `GroupsService<ScimGroupOf<typeof costCenterSchema>>`.
 */
@Injectable()
export class GroupsService<G extends ScimGroup = ScimGroup> {
  constructor(
    private readonly database: ScimDatabase,
    private readonly store: GroupStore,
    private readonly relay: ScimRelay,
    private readonly paths: ScimPaths,
    private readonly resourceTypes: ResourceTypes,
    private readonly lists: ResourceLists,
  ) {}

  /**
   * @param group a Group as RFC 7643 §4.2 writes it.
   * @throws ScimError 400 invalidSyntax, invalidValue (also for unknown members); 409 uniqueness.
   */
  async create(organizationId: string, group: unknown, context: GroupWriteContext = {}): Promise<G> {
    const { members, ...attributes } = readResource(group, this.resourceTypes.group);
    const { add } = toReplacement(members);
    const written = await this.inTransaction(context, async (manager) => {
      const ids = await this.store.lockMembers(organizationId, add, manager);
      return this.store.insert(organizationId, valuesOf(attributes), ids, { ...context, manager });
    });
    this.afterWrite(written.deliveries, context);
    return this.render(written, context.withMembers !== false, context.manager);
  }

  /**
   * @param withMembers false: no member is read.
   * @param manager the transaction to read in, e.g. that of an event's handler.
   * @throws ScimError 404
   */
  async get(organizationId: string, id: string, withMembers = true, manager?: EntityManager): Promise<G> {
    return this.render(await this.store.get(organizationId, id, manager), withMembers, manager);
  }

  /** Where groups are, for queries over several resource types. */
  get table(): ResourceTable {
    return groupTable(this.paths.baseUrl);
  }

  /** Those of these groups that exist, in any order. @param withMembers false: no member is read. */
  async find(organizationId: string, ids: readonly string[], withMembers = true): Promise<readonly G[]> {
    const found = await findRows<ProvisionedGroup>(this.database, organizationId, this.table, ids.filter(isId));
    return this.showAll(found, withMembers);
  }

  /** @throws ScimError 400 invalidFilter, invalidPath, invalidValue; invalidCursor, expiredCursor, invalidCount */
  async list(organizationId: string, { withMembers = true, ...query }: GroupQuery = {}): Promise<GroupList<G>> {
    const { rows, ...page } = await this.lists.list<ProvisionedGroup>(
      organizationId,
      this.resourceTypes.group,
      this.table,
      query,
    );
    return { ...page, resources: await this.showAll(rows, withMembers) };
  }

  /** Whether the organization has any group. @param manager the transaction to read in. */
  async exists(organizationId: string, manager?: EntityManager): Promise<boolean> {
    const [row] = await this.database.run<{ found: boolean }>(existsGroup, [organizationId], manager);
    return row?.found === true;
  }

  /**
   * The host's accounts of the people in groups, by way of other groups too, for a host that gives something to everybody
   * in a group: one statement, however many people there are. Those who never signed in have no account, those who are
   * suspended keep their place.
   * @param manager the transaction to read in, e.g. that of an event's handler.
   * @returns the groups that have such people, in no order.
   */
  async accountsOf(
    organizationId: string,
    { groups, users }: GroupAccountsQuery,
    manager?: EntityManager,
  ): Promise<GroupAccounts[]> {
    const names = [organizationId, groups, groups.filter(isId)];
    if (users === 'everybody') return this.database.run<GroupAccounts>(accountsOfEverybody, names, manager);
    return this.database.run<GroupAccounts>(accountsOfPeople, [...names, users.filter(isId)], manager);
  }

  /**
   * RFC 7644 §3.5.1; the members become exactly those named.
   * @throws ScimError 400; 404; 409 uniqueness.
   */
  async replace(organizationId: string, id: string, group: unknown, context: GroupWriteContext = {}): Promise<G> {
    // Read once before anything is locked, and again against the group as it is: what is immutable may be left out.
    const { add } = toReplacement(readResource(group, { ...this.resourceTypes.group, extensions: [] })['members']);
    const decide: Decision = (current) => {
      const { members, ...attributes } = readReplacement(group, this.resourceTypes.group, groupAttributes(current));
      return { attributes, members: toReplacement(members) };
    };
    const written = await this.change(organizationId, id, { add, decide, reads: false }, context);
    return this.render(written, context.withMembers !== false, context.manager);
  }

  /**
   * RFC 7644 §3.5.2, all operations or none. Costs the same however many members the group has.
   * @param patch a PatchOp message.
   * @returns the group, without its members unless `context.withMembers` asks for them.
   * @throws ScimError 400; 404; 409 uniqueness; 413.
   */
  async patch(organizationId: string, id: string, patch: unknown, context: GroupWriteContext = {}): Promise<G> {
    const operations = readPatch(patch, this.resourceTypes.group);
    const others = operations.filter((operation) => !isAboutMembers(operation));
    const reads = needsMembers(operations);
    const decide: Decision = (group, members) => ({
      attributes: applyPatch(groupAttributes(group), others, this.resourceTypes.group, id),
      members: toMemberChange(operations, members),
    });
    const plan = { add: addedByAny(operations), decide, reads };
    const group = await this.change(organizationId, id, plan, context);
    return this.render(group, context.withMembers === true, context.manager);
  }

  /**
   * Values of readOnly attributes of extensions, which no client can write: the host's own. They stay when a client replaces
   * the group; where they change anything, that is a new version and an `updated` event.
   * @param values by the extension's URN, then by the attribute's name; null takes a value away.
   * @returns the group without its members.
   * @throws ScimError 400 invalidPath for an attribute that is not readOnly or not of an extension, invalidValue; 404; 409.
   */
  async assignReadOnly(organizationId: string, id: string, values: unknown, context: WriteContext = {}): Promise<G> {
    const decide: Decision = (group) => ({
      attributes: assignReadOnly(groupAttributes(group), values, this.resourceTypes.group),
      members: toMemberChange([], []),
    });
    return this.render(await this.change(organizationId, id, { add: [], decide, reads: false }, context), false);
  }

  /** Its members live on; groups that it is a member of lose it. @throws ScimError 404 */
  async delete(organizationId: string, id: string, context: WriteContext = {}): Promise<void> {
    const deliveries = await this.inTransaction(context, (manager) =>
      this.store.delete(organizationId, id, { ...context, manager }),
    );
    this.afterWrite(deliveries, context);
  }

  private async change(
    organizationId: string,
    id: string,
    plan: { readonly add: MemberChange['add']; readonly decide: Decision; readonly reads: boolean },
    context: WriteContext,
  ): Promise<ProvisionedGroup> {
    if (plan.add.some((member) => member.id === id)) throw invalidValue('A group cannot be its own member.');
    const { group, deliveries } = await this.inTransaction(context, async (manager) => {
      const known = await this.store.lockMembers(organizationId, plan.add, manager);
      const current = await this.store.lock(organizationId, id, manager);
      checkVersion(groupTag(current), context.ifMatch);
      const rows = plan.reads ? await this.store.membersAnd(known, id, manager) : [];
      const members = rows.map((row) => toMember(row, this.paths.baseUrl));
      const { attributes, members: change } = plan.decide(current, members);
      const wanted = new Set(change.add.map((member) => member.id));
      const add = {
        users: known.users.filter((each) => wanted.has(each)),
        groups: known.groups.filter((each) => wanted.has(each)),
      };
      const moves = { add, remove: change.remove, others: change.others };
      const written = await this.store.update(current, valuesOf(attributes), moves, { ...context, manager });
      return { group: written ?? current, deliveries: written?.deliveries ?? [] };
    });
    this.afterWrite(deliveries, context);
    return group;
  }

  private async showAll(groups: readonly ProvisionedGroup[], withMembers: boolean): Promise<readonly G[]> {
    const members = withMembers ? await this.membersOf(groups) : undefined;
    return groups.map((group) => this.show(group, members?.get(group.id) ?? []));
  }

  private async membersOf(groups: readonly ProvisionedGroup[]): Promise<ReadonlyMap<string, readonly MemberRow[]>> {
    const byGroup = new Map<string, MemberRow[]>(groups.map(({ id }) => [id, []]));
    if (groups.length === 0) return byGroup;
    const ids = [...byGroup.keys()];
    const rows = await this.database.run<MemberRow & { groupId: string }>(findMembersOfGroups, [ids]);
    for (const { groupId, ...member } of rows) byGroup.get(groupId)?.push(member);
    return byGroup;
  }

  private async render(group: ProvisionedGroup, withMembers: boolean, manager?: EntityManager): Promise<G> {
    const members = withMembers ? await this.store.members(group.id, manager) : undefined;
    return this.show(group, members);
  }

  private show(group: ProvisionedGroup, members: readonly MemberRow[] | undefined): G {
    return toGroupResource(group, members, this.place) as G;
  }

  private get place(): { readonly resourceType: ResourceType; readonly baseUrl: string } {
    return { resourceType: this.resourceTypes.group, baseUrl: this.paths.baseUrl };
  }

  private async inTransaction<T>(context: WriteContext, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    checkMayWrite(context);
    // Under a savepoint in the caller's: what is refused leaves nothing behind there either.
    return context.manager ? context.manager.transaction(work) : this.database.transactionWithRetry(work);
  }

  /** Group events never cut access by themselves: nobody waits for them. */
  private afterWrite(deliveries: readonly DeliveryKey[], { manager }: WriteContext): void {
    if (deliveries.length > 0 && !manager) this.relay.nudge();
  }
}

function valuesOf({ displayName, externalId, ...extensions }: ResourceAttributes): GroupValues {
  if (typeof displayName !== 'string') throw new Error('A Group without displayName got past its schema.');
  return { displayName, externalId: typeof externalId === 'string' ? externalId : null, extensions };
}
