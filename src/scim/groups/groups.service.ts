import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ScimRelay } from '../events/scim-relay.js';
import { ScimPaths } from '../http/scim-paths.js';
import type { WriteContext } from '../identities/identity-store.js';
import type { ScimGroup } from '../persistence/entities/group.entity.js';
import { findMembersOfGroups, GROUP, type MemberRow } from '../persistence/group-statements.js';
import { groupSource } from '../persistence/group-source.js';
import { type ListQuery, listRows, readSelection } from '../persistence/list-rows.js';
import type { DeliveryKey } from '../persistence/outbox-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { applyPatch } from '../protocol/apply-patch.js';
import { checkVersion } from '../protocol/etag.js';
import { readPatch } from '../protocol/read-patch.js';
import { readReplacement, readResource } from '../protocol/read-resource.js';
import { ResourceTypes } from '../protocol/resource-types.js';
import type { JsonObject, ResourceAttributes } from '../protocol/resource.js';
import { invalidValue } from '../protocol/scim-error.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { groupAttributes, groupTag, toGroupResource } from './group-resource.js';
import { GroupStore, type GroupValues } from './group-store.js';
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
  /** Without, no member is read for the answer. Default true. */
  readonly withMembers?: boolean;
}

/** A page of groups, as RFC 7643 §4.2 writes them, and how many there are on all pages. */
export interface GroupList {
  readonly resources: readonly JsonObject[];
  readonly totalResults: number;
}

/** What a write wants of a group, decided under its lock. */
type Decision = (
  group: ScimGroup,
  members: readonly JsonObject[],
) => { attributes: ResourceAttributes; members: MemberChange };

/** SCIM Groups of an organization. A group grants nothing by itself: the host maps its id to what it likes. */
@Injectable()
export class GroupsService {
  constructor(
    private readonly database: ScimDatabase,
    private readonly store: GroupStore,
    private readonly relay: ScimRelay,
    private readonly paths: ScimPaths,
    private readonly resourceTypes: ResourceTypes,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  /**
   * @param group a Group as RFC 7643 §4.2 writes it.
   * @throws ScimError 400 invalidSyntax, invalidValue (also for unknown members); 409 uniqueness.
   */
  async create(organizationId: string, group: unknown, context: GroupWriteContext = {}): Promise<JsonObject> {
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
  async get(organizationId: string, id: string, withMembers = true, manager?: EntityManager): Promise<JsonObject> {
    return this.render(await this.store.get(organizationId, id, manager), withMembers, manager);
  }

  /** @throws ScimError 400 invalidFilter, invalidPath, invalidValue */
  async list(organizationId: string, query: GroupQuery = {}): Promise<GroupList> {
    const selection = readSelection(query, this.resourceTypes.group, limitsOf(this.options));
    const table = { columns: GROUP, name: 'scim_group', visible: 'TRUE', source: groupSource(this.paths.baseUrl) };
    const { rows, totalResults } = await listRows<ScimGroup>(this.database, organizationId, table, selection);
    const members = query.withMembers === false ? undefined : await this.membersOf(rows);
    const resources = rows.map((group) => toGroupResource(group, members?.get(group.id) ?? [], this.paths.baseUrl));
    return { resources, totalResults };
  }

  /**
   * RFC 7644 §3.5.1; the members become exactly those named.
   * @throws ScimError 400; 404; 409 uniqueness.
   */
  async replace(
    organizationId: string,
    id: string,
    group: unknown,
    context: GroupWriteContext = {},
  ): Promise<JsonObject> {
    // Read once before anything is locked, and again against the group as it is.
    const { add } = toReplacement(readResource(group, this.resourceTypes.group)['members']);
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
   * @returns the group without its members.
   * @throws ScimError 400; 404; 409 uniqueness; 413.
   */
  async patch(organizationId: string, id: string, patch: unknown, context: WriteContext = {}): Promise<JsonObject> {
    const operations = readPatch(patch, this.resourceTypes.group);
    const others = operations.filter((operation) => !isAboutMembers(operation));
    const reads = needsMembers(operations);
    const decide: Decision = (group, members) => ({
      attributes: applyPatch(groupAttributes(group), others, this.resourceTypes.group, id),
      members: toMemberChange(operations, members),
    });
    const plan = { add: addedByAny(operations), decide, reads };
    return this.render(await this.change(organizationId, id, plan, context), false);
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
  ): Promise<ScimGroup> {
    if (plan.add.some((member) => member.id === id)) throw invalidValue('A group cannot be its own member.');
    const { group, deliveries } = await this.inTransaction(context, async (manager) => {
      const known = await this.store.lockMembers(organizationId, plan.add, manager);
      const current = await this.store.lock(organizationId, id, manager);
      checkVersion(groupTag(current), context.ifMatch);
      const members = plan.reads ? (await this.store.members(id, manager)).map((row) => ({ ...row })) : [];
      const { attributes, members: change } = plan.decide(current, members);
      const wanted = new Set(change.add.map((member) => member.id));
      const add = {
        users: known.users.filter((each) => wanted.has(each)),
        groups: known.groups.filter((each) => wanted.has(each)),
      };
      const rows = { add, remove: change.remove, others: change.others };
      const written = await this.store.update(current, valuesOf(attributes), rows, { ...context, manager });
      return { group: written ?? current, deliveries: written?.deliveries ?? [] };
    });
    this.afterWrite(deliveries, context);
    return group;
  }

  private async membersOf(groups: readonly ScimGroup[]): Promise<ReadonlyMap<string, readonly MemberRow[]>> {
    const byGroup = new Map<string, MemberRow[]>(groups.map(({ id }) => [id, []]));
    if (groups.length === 0) return byGroup;
    const ids = [...byGroup.keys()];
    const rows = await this.database.run<MemberRow & { groupId: string }>(findMembersOfGroups, [ids]);
    for (const { groupId, ...member } of rows) byGroup.get(groupId)?.push(member);
    return byGroup;
  }

  private async render(group: ScimGroup, withMembers: boolean, manager?: EntityManager): Promise<JsonObject> {
    const members = withMembers ? await this.store.members(group.id, manager) : undefined;
    return toGroupResource(group, members, this.paths.baseUrl);
  }

  private inTransaction<T>(context: WriteContext, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    // Under a savepoint in the caller's: what is refused leaves nothing behind there either.
    return context.manager ? context.manager.transaction(work) : this.database.transactionWithRetry(work);
  }

  /** Group events never cut access by themselves: nobody waits for them. */
  private afterWrite(deliveries: readonly DeliveryKey[], { manager }: WriteContext): void {
    if (deliveries.length > 0 && !manager) this.relay.nudge();
  }
}

function valuesOf({ displayName, externalId }: ResourceAttributes): GroupValues {
  if (typeof displayName !== 'string') throw new Error('A Group without displayName got past its schema.');
  return { displayName, externalId: typeof externalId === 'string' ? externalId : null };
}
