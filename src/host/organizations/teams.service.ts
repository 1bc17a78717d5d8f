import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Any, DataSource, type EntityManager, In, Not } from 'typeorm';
import { GroupMapping, Team, TeamMember, type TeamSource } from './team.entity.js';

/** Whose teams are set, and on whose word. */
interface TeamGiver {
  readonly organizationId: string;
  readonly accountId: string;
  readonly source: Exclude<TeamSource, 'owner'>;
}

/** A group, by its `id` or `externalId` in SCIM or its value in the assertion's claim, and the team its people belong to. */
export interface GroupTeam {
  readonly group: string;
  readonly team: string;
}

/**
 * Only members are put into teams. What a login gave and SCIM gives too is SCIM's from then on; what a person gave stays theirs.
 */
const JOIN_TEAMS = `
INSERT INTO team_member (team_id, account_id, organization_id, source)
SELECT team_id, m.account_id, m.organization_id, $4
FROM membership m, unnest($3::uuid[]) AS team_id WHERE m.organization_id = $1 AND m.account_id = $2
ON CONFLICT (team_id, account_id) DO UPDATE SET source = excluded.source WHERE team_member.source = 'saml'`;

/** Teams, and which groups of the identity provider they stand for. */
@Injectable()
export class TeamsService {
  constructor(private readonly dataSource: DataSource) {}

  async namesOf(organizationId: string, accountId: string): Promise<string[]> {
    const teams = await this.dataSource
      .getRepository(Team)
      .createQueryBuilder('team')
      .innerJoin(TeamMember, 'member', 'member.teamId = team.id')
      .where('team.organizationId = :organizationId', { organizationId })
      .andWhere('member.accountId = :accountId', { accountId })
      .orderBy('team.name')
      .getMany();
    return teams.map(({ name }) => name);
  }

  async listMappings(organizationId: string): Promise<GroupTeam[]> {
    return this.dataSource.query<GroupTeam[]>(
      `SELECT g.group_id AS "group", t.name AS team FROM group_mapping g JOIN team t ON t.id = g.team_id
       WHERE g.organization_id = $1 ORDER BY g.group_id, t.name`,
      [organizationId],
    );
  }

  async hasMappings(organizationId: string, manager: EntityManager): Promise<boolean> {
    return manager.getRepository(GroupMapping).existsBy({ organizationId });
  }

  /** Replaces all mappings; a team that is new is made. */
  async replaceMappings(organizationId: string, mappings: readonly GroupTeam[], manager: EntityManager): Promise<void> {
    await manager.getRepository(GroupMapping).delete({ organizationId });
    for (const { group, team } of mappings) {
      const teamId = await this.getTeam(organizationId, team, manager);
      await manager.getRepository(GroupMapping).save({ organizationId, groupId: group, teamId });
    }
  }

  /** Puts somebody into the teams of their groups, and out of those that the same source put them into before. */
  async applyGroups(
    { organizationId, accountId, source }: TeamGiver,
    groups: readonly string[],
    manager: EntityManager,
  ): Promise<void> {
    const mappings = await manager.getRepository(GroupMapping).findBy({ organizationId, groupId: Any([...groups]) });
    const teamIds = [...new Set(mappings.map(({ teamId }) => teamId))];
    const members = manager.getRepository(TeamMember);
    await members.delete({ organizationId, accountId, source, teamId: Not(In(teamIds)) });
    if (teamIds.length > 0) await manager.query(JOIN_TEAMS, [organizationId, accountId, teamIds, source]);
  }

  private async getTeam(organizationId: string, name: string, manager: EntityManager): Promise<string> {
    await manager
      .getRepository(Team)
      .createQueryBuilder()
      .insert()
      .values({ id: randomUUID(), organizationId, name })
      .orIgnore()
      .execute();
    const { id } = await manager.getRepository(Team).findOneByOrFail({ organizationId, name });
    return id;
  }
}
