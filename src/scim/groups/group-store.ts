import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { GroupCreated, GroupDeleted } from '../events/scim-events.js';
import { toHistory, type WriteContext } from '../identities/identity-store.js';
import { changedAttributes } from '../identities/plan-change.js';
import type { ProvisionedGroup } from '../persistence/entities/group.entity.js';
import {
  deleteGroup,
  findGroup,
  findMembers,
  findMembersAndOthers,
  insertGroup,
  lockGroup,
  lockMemberGroups,
  lockMemberUsers,
  lockNesting,
  type MemberRow,
  updateGroup,
  type WrittenGroup,
} from '../persistence/group-statements.js';
import { ensureConnection } from '../persistence/connection-statements.js';
import { isId } from '../persistence/is-id.js';
import { leaveGroups, type Remover } from '../persistence/leave-groups.js';
import type { DeliveryKey, NewEvent } from '../persistence/outbox-statements.js';
import { violatedIndex } from '../persistence/database-errors.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { toSearchDocument } from '../persistence/search-document.js';
import { uniqueParameter, uniqueViolation } from '../persistence/unique-values.js';
import { checkVersion } from '../protocol/etag.js';
import { fold } from '../protocol/comparable.js';
import { ResourceTypes } from '../protocol/resource-types.js';
import type { JsonObject, ResourceAttributes } from '../protocol/resource.js';
import { invalidValue, notFound, uniqueness } from '../protocol/scim-error.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { groupTag } from './group-resource.js';
import type { NamedMember } from './member-change.js';

/** The attributes of a group that are not members. */
export interface GroupValues {
  readonly displayName: string;
  readonly externalId: string | null;
  /** By the URNs of their schemas. */
  readonly extensions: ResourceAttributes;
}

/** Ids of members, by what they are. */
export interface MemberIds {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** Members to add and remove, with what they are found out. */
export interface RowChange {
  readonly add: MemberIds;
  readonly remove: readonly string[];
  readonly others: 'stay' | 'go';
}

/** How many ids an error names. */
const MOST_NAMED = 10;

/** Groups in the database: each write is one statement together with its events, and never reads members it need not know. */
@Injectable()
export class GroupStore {
  constructor(
    private readonly database: ScimDatabase,
    private readonly resourceTypes: ResourceTypes,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  /** @throws ScimError 404 for every id that is not a group of this organization. */
  async get(organizationId: string, id: string, manager?: EntityManager): Promise<ProvisionedGroup> {
    return this.find(findGroup, organizationId, id, manager);
  }

  /** The same under a row lock; members are locked before. */
  async lock(organizationId: string, id: string, manager: EntityManager): Promise<ProvisionedGroup> {
    return this.find(lockGroup, organizationId, id, manager);
  }

  async members(groupId: string, manager?: EntityManager): Promise<MemberRow[]> {
    return this.database.run<MemberRow>(findMembers, [groupId], manager);
  }

  /** With those that are about to become members. */
  async membersAnd({ users, groups }: MemberIds, groupId: string, manager: EntityManager): Promise<MemberRow[]> {
    return this.database.run<MemberRow>(findMembersAndOthers, [groupId, users, groups], manager);
  }

  /**
   * Finds out what members are and keeps them from being removed meanwhile.
   * @throws ScimError 400 invalidValue for ids that are neither users nor groups of this organization, or not what the client says.
   */
  async lockMembers(
    organizationId: string,
    members: readonly NamedMember[],
    manager: EntityManager,
  ): Promise<MemberIds> {
    const ids = members.map(({ id }) => id).filter(isId);
    const users = await this.idsOf(lockMemberUsers, organizationId, ids, manager);
    const others = ids.filter((id) => !users.has(id));
    if (others.length > 0) await this.database.run(lockNesting, [organizationId], manager);
    const groups = await this.idsOf(lockMemberGroups, organizationId, others, manager);
    const wrong = members.filter(({ id, type }) => !isKnownAs(type, users.has(id), groups.has(id)));
    if (wrong.length > 0) {
      const named = wrong
        .slice(0, MOST_NAMED)
        .map(({ id, type }) => `${id.slice(0, 100)}${type ? ` (${type.slice(0, 20)})` : ''}`);
      throw invalidValue(`There are no such members: ${named.join(', ')}${wrong.length > MOST_NAMED ? ', …' : '.'}`);
    }
    return { users: ids.filter((id) => users.has(id)), groups: ids.filter((id) => groups.has(id)) };
  }

  /** @throws ScimError 409 uniqueness */
  async insert(
    organizationId: string,
    values: GroupValues,
    members: MemberIds,
    context: WriteContext,
  ): Promise<WrittenGroup> {
    const { displayName, externalId } = values;
    const added = [...members.users, ...members.groups];
    const payload = {
      version: 1,
      changed: [
        'displayName',
        ...(externalId === null ? [] : ['externalId']),
        ...Object.keys(values.extensions),
        ...(added.length === 0 ? [] : ['members']),
      ],
      displayName,
      ...optional('externalId', externalId),
      added,
      removed: [],
    };
    const events = JSON.stringify([newEvent(GroupCreated.type, 1, payload)]);
    const parameters = [
      organizationId,
      context.id ?? randomUUID(),
      ...this.columns(values),
      members.users,
      members.groups,
      events,
      ...toHistory(context),
      ...this.documents(values),
    ];
    const written = await this.write(insertGroup, parameters, values, context.manager);
    if (written) return written;
    await this.database.run(ensureConnection, [organizationId, randomUUID(), randomBytes(32)], context.manager);
    const second = await this.write(insertGroup, parameters, values, context.manager);
    if (!second) throw new Error('The organization has no SCIM connection.');
    return second;
  }

  /** Under its lock. Undefined where nothing changed. @throws ScimError 409 uniqueness */
  async update(
    group: ProvisionedGroup,
    values: GroupValues,
    members: RowChange,
    context: WriteContext,
  ): Promise<WrittenGroup | undefined> {
    const changed = [
      ...(group.displayName === values.displayName ? [] : ['displayName']),
      ...(group.externalId === values.externalId ? [] : ['externalId']),
      ...changedAttributes(group.attributes, values.extensions),
    ];
    const { add, remove, others } = members;
    const rows = [add.users, add.groups, remove.filter(isId), others === 'go'];
    const parameters = [
      group.organizationId,
      group.id,
      ...this.columns(values),
      changed,
      ...rows,
      ...toHistory(context),
      ...this.documents(values),
    ];
    return this.write(updateGroup, parameters, values, context.manager);
  }

  /** In a transaction. @throws ScimError 404 */
  async delete(
    organizationId: string,
    id: string,
    context: Remover & Pick<WriteContext, 'ifMatch'>,
  ): Promise<readonly DeliveryKey[]> {
    const { manager } = context;
    await this.database.run(lockNesting, [organizationId], manager);
    // 404 for all that is no group, a user's id above all: what follows takes any member out of its groups.
    await this.get(organizationId, id, manager);
    const deliveries = await leaveGroups(this.database, organizationId, id, context);
    const group = await this.lock(organizationId, id, manager);
    checkVersion(groupTag(group), context.ifMatch);
    const payload = {
      version: group.version,
      changed: [],
      displayName: group.displayName,
      ...optional('externalId', group.externalId),
    };
    const events = JSON.stringify([newEvent(GroupDeleted.type, group.eventSeq + 1, payload)]);
    const [deleted] = await this.database.run<WrittenGroup>(
      deleteGroup,
      [organizationId, id, events, ...toHistory(context)],
      manager,
    );
    return [...deliveries, ...(deleted?.deliveries ?? [])];
  }

  private async find(
    statement: typeof findGroup,
    organizationId: string,
    id: string,
    manager?: EntityManager,
  ): Promise<ProvisionedGroup> {
    const [group] = isId(id) ? await this.database.run<ProvisionedGroup>(statement, [organizationId, id], manager) : [];
    if (!group) throw notFound(`There is no Group with the id ${id.slice(0, 100)}.`);
    return group;
  }

  private async idsOf(
    statement: typeof lockMemberUsers,
    organizationId: string,
    ids: readonly string[],
    manager: EntityManager,
  ): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const rows = await this.database.run<{ id: string }>(statement, [organizationId, ids], manager);
    return new Set(rows.map(({ id }) => id));
  }

  private columns({ displayName, externalId }: GroupValues): readonly unknown[] {
    const key = fold(displayName);
    return [externalId, displayName, key, this.options.uniqueness?.groupDisplayName === false ? null : key];
  }

  /** The last parameters of the statements that write a group: attributes, search document, unique attributes. */
  private documents({ extensions }: GroupValues): readonly unknown[] {
    const { group } = this.resourceTypes;
    return [JSON.stringify(extensions), JSON.stringify(toSearchDocument(extensions, group)), uniqueParameter(group)];
  }

  private async write(
    statement: typeof insertGroup,
    parameters: readonly unknown[],
    values: GroupValues,
    manager: EntityManager | undefined,
  ): Promise<WrittenGroup | undefined> {
    try {
      const [written] = await this.database.run<WrittenGroup>(statement, parameters, manager);
      return written;
    } catch (error) {
      throw uniqueViolation(error, values.extensions, this.resourceTypes.group) ?? translateViolation(error, values);
    }
  }
}

const isKnownAs = (type: string | undefined, isUser: boolean, isGroup: boolean): boolean =>
  (isUser && (type === undefined || fold(type) === 'user')) ||
  (isGroup && (type === undefined || fold(type) === 'group'));

const optional = (name: string, value: string | null): JsonObject => (value === null ? {} : { [name]: value });

const newEvent = (type: string, sequence: number, payload: JsonObject): NewEvent => ({
  id: randomUUID(),
  sequence,
  type,
  terminal: false,
  payload,
  personal: null,
});

function translateViolation(error: unknown, { displayName, externalId }: GroupValues): unknown {
  switch (violatedIndex(error)) {
    case 'scim_group_unique_name':
      return uniqueness(`There is already a Group with the displayName "${displayName}".`);
    case 'scim_group_external_id':
      return uniqueness(`There is already a Group with the externalId "${externalId}".`);
    default:
      return error;
  }
}
