import { Injectable } from '@nestjs/common';
import { Any, DataSource, type EntityManager, In, IsNull, Not } from 'typeorm';
import { GroupsService, ProvisionedIdentity, ScimError, UsersService } from '../../scim/index.js';
import { lockOrganization } from './lock-organization.js';
import { type GroupTeam, TeamsService } from './teams.service.js';

/** Which people of an organization: all, or those whose provisioned identities are named. */
export type People = 'everybody' | readonly string[];

/**
 * Teams by way of the identity provider's groups. What somebody's groups are is read anew each time, under a lock that
 * makes one queue an organization: so it does not matter which of two events comes first, or twice.
 */
@Injectable()
export class GroupTeamsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly teams: TeamsService,
    private readonly users: UsersService,
    private readonly groups: GroupsService,
  ) {}

  /** Whether the identity provider provisions groups: then the claim of an assertion counts no more. */
  async hasGroups(organizationId: string): Promise<boolean> {
    return (await this.groups.list(organizationId, { count: 0, withMembers: false })).totalResults > 0;
  }

  /** Replaces all mappings and applies them to the groups there are; those of the claim at each person's next login. */
  async replaceMappings(organizationId: string, mappings: readonly GroupTeam[]): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await lockOrganization(organizationId, manager);
      await this.teams.replaceMappings(organizationId, mappings, manager);
      await this.apply(organizationId, 'everybody', manager);
    });
  }

  /** Puts people into the teams of their groups, and out of those that a group gave them before. */
  async follow(organizationId: string, people: People, manager: EntityManager): Promise<void> {
    if (people.length === 0) return;
    await lockOrganization(organizationId, manager);
    await this.apply(organizationId, people, manager);
  }

  /** Which of these members of groups are people; the others are groups. */
  async selectPeople(organizationId: string, ids: readonly string[], manager: EntityManager): Promise<string[]> {
    const known = await manager
      .getRepository(ProvisionedIdentity)
      .find({ select: { id: true }, where: { organizationId, id: Any([...ids]) } });
    return known.map(({ id }) => id);
  }

  private async apply(organizationId: string, people: People, manager: EntityManager): Promise<void> {
    const mapped = await this.teams.hasMappings(organizationId, manager);
    const externalIds = new Map<string, string | undefined>();
    for (const { id, accountId } of await findLinked(organizationId, people, manager)) {
      const groups = mapped ? await this.groupsOf(organizationId, id, manager) : [];
      const names = new Set(groups);
      for (const group of groups) {
        if (!externalIds.has(group)) externalIds.set(group, await this.externalIdOf(organizationId, group, manager));
        const externalId = externalIds.get(group);
        if (externalId !== undefined) names.add(externalId);
      }
      await this.teams.applyGroups({ organizationId, accountId, source: 'scim' }, [...names], manager);
    }
  }

  /** Ids of the groups somebody is in, by way of other groups too. */
  private async groupsOf(organizationId: string, identityId: string, manager: EntityManager): Promise<string[]> {
    const user = await unlessGone(this.users.get(organizationId, identityId, manager));
    const groups = Array.isArray(user?.['groups']) ? user['groups'] : [];
    return groups.map((group) => group?.['value']).filter((value) => typeof value === 'string');
  }

  private async externalIdOf(
    organizationId: string,
    groupId: string,
    manager: EntityManager,
  ): Promise<string | undefined> {
    const group = await unlessGone(this.groups.get(organizationId, groupId, false, manager));
    return typeof group?.['externalId'] === 'string' ? group['externalId'] : undefined;
  }
}

/** Those who have an account. A suspended person keeps their teams, for the day they come back. */
async function findLinked(
  organizationId: string,
  people: People,
  manager: EntityManager,
): Promise<{ id: string; accountId: string }[]> {
  const identities = await manager.getRepository(ProvisionedIdentity).find({
    select: { id: true, accountId: true },
    where: {
      organizationId,
      accountId: Not(IsNull()),
      state: In(['active', 'suspended']),
      ...(people === 'everybody' ? {} : { id: Any([...people]) }),
    },
  });
  return identities.flatMap(({ id, accountId }) => (accountId === null ? [] : [{ id, accountId }]));
}

/** Removed since its id was read. */
async function unlessGone<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof ScimError && error.status === 404) return undefined;
    throw error;
  }
}
