import { Injectable } from '@nestjs/common';
import { Any, DataSource, type EntityManager, In, IsNull, Not } from 'typeorm';
import { type GroupAccounts, GroupsService, ProvisionedIdentity } from '../../scim/index.js';
import { lockOrganization } from './lock-organization.js';
import { type GroupTeam, TeamsService } from './teams.service.js';

/** Which people of an organization: all, or those whose provisioned identities are named. */
export type People = 'everybody' | readonly string[];

/**
 * Teams by way of the identity provider's groups. Who is in the groups is read anew each time, under a lock that makes one
 * queue an organization: so it does not matter which of two events comes first, or twice. However many people it is about,
 * it takes the same few statements.
 */
@Injectable()
export class GroupTeamsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly teams: TeamsService,
    private readonly groups: GroupsService,
  ) {}

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

  /**
   * The teams of somebody who signs in, in the login's transaction and under its lock on the organization. As soon as the
   * identity provider provisions groups, these alone count: the claim gives nothing any more, and what it gave ends.
   * @param claim values of the assertion's groups; undefined where it says nothing about groups.
   */
  async followLogin(
    { organizationId, accountId }: { readonly organizationId: string; readonly accountId: string },
    claim: readonly string[] | undefined,
    manager: EntityManager,
  ): Promise<void> {
    const groups = (await this.groups.exists(organizationId, manager)) ? [] : claim;
    if (groups) await this.teams.applyClaim(organizationId, accountId, groups, manager);
  }

  /** Which of these members of groups are people; the others are groups. */
  async selectPeople(organizationId: string, ids: readonly string[], manager: EntityManager): Promise<string[]> {
    const known = await manager
      .getRepository(ProvisionedIdentity)
      .find({ select: { id: true }, where: { organizationId, id: Any([...ids]) } });
    return known.map(({ id }) => id);
  }

  private async apply(organizationId: string, people: People, manager: EntityManager): Promise<void> {
    const accounts = people === 'everybody' ? people : await findAccounts(organizationId, people, manager);
    const teams = await this.teams.mappedTeams(organizationId, manager);
    const query = { groups: [...teams.keys()], users: people };
    const groups = teams.size === 0 ? [] : await this.groups.accountsOf(organizationId, query, manager);
    await this.teams.applyScim(organizationId, membersOf(teams, groups), accounts, manager);
  }
}

/** The accounts that belong into each team: by the group's id or external id, never by its name. */
function membersOf(
  teams: ReadonlyMap<string, readonly string[]>,
  groups: readonly GroupAccounts[],
): Map<string, Set<string>> {
  const members = new Map<string, Set<string>>();
  for (const { groupId, externalId, accountIds } of groups) {
    for (const team of [groupId, externalId ?? groupId].flatMap((group) => teams.get(group) ?? [])) {
      members.set(team, new Set([...(members.get(team) ?? []), ...accountIds]));
    }
  }
  return members;
}

/** Of those who have one. A suspended person keeps their teams, for the day they come back. */
async function findAccounts(
  organizationId: string,
  identityIds: readonly string[],
  manager: EntityManager,
): Promise<string[]> {
  const identities = await manager.getRepository(ProvisionedIdentity).find({
    select: { id: true, accountId: true },
    where: {
      organizationId,
      accountId: Not(IsNull()),
      state: In(['active', 'suspended']),
      id: Any([...identityIds]),
    },
  });
  return identities.flatMap(({ accountId }) => accountId ?? []);
}
