import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, Not } from 'typeorm';
import { GroupMapping, Team, TeamMember } from './team.entity.js';

/** A value of the assertion's `groups` claim and the team its people belong to. */
export interface GroupTeam {
  readonly group: string;
  readonly team: string;
}

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

  /** Replaces all mappings; a team that is new is made. They are applied at each person's next login. */
  async replaceMappings(organizationId: string, mappings: readonly GroupTeam[]): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.getRepository(GroupMapping).delete({ organizationId });
      for (const { group, team } of mappings) {
        const teamId = await this.getTeam(organizationId, team, manager);
        await manager.getRepository(GroupMapping).save({ organizationId, groupId: group, teamId });
      }
    });
  }

  /** Puts somebody into the teams of their groups, and out of those that an earlier login put them into. */
  async applyGroups(
    organizationId: string,
    accountId: string,
    groups: readonly string[],
    manager: EntityManager,
  ): Promise<void> {
    const mappings = await manager.getRepository(GroupMapping).findBy({ organizationId, groupId: In(groups) });
    const teamIds = [...new Set(mappings.map(({ teamId }) => teamId))];
    const members = manager.getRepository(TeamMember);
    await members.delete({ organizationId, accountId, source: 'saml', teamId: Not(In(teamIds)) });
    await members
      .createQueryBuilder()
      .insert()
      .values(teamIds.map((teamId) => ({ organizationId, accountId, teamId, source: 'saml' as const })))
      .orIgnore()
      .execute();
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
