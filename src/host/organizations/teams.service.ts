import { Injectable } from '@nestjs/common';
import { Any, DataSource, type EntityManager, In, Not } from 'typeorm';
import { runLongStatement } from '../database/long-statement.js';
import { GroupMapping, Team, TeamMember } from './team.entity.js';

/** A group, by its `id` or `externalId` in SCIM or its value in the assertion's claim, and the team its people belong to. */
export interface GroupTeam {
  readonly group: string;
  readonly team: string;
}

/** $1 organization, $2 account, $3 teams. Only members are put into teams, and what SCIM or a person gave stays theirs. */
const JOIN_BY_CLAIM = `
INSERT INTO team_member (team_id, account_id, organization_id, source)
SELECT team_id, m.account_id, m.organization_id, 'saml'
FROM membership m, unnest($3::uuid[]) AS team_id WHERE m.organization_id = $1 AND m.account_id = $2
ON CONFLICT (team_id, account_id) DO NOTHING`;

/**
 * $1 organization, $2 teams and $3 the accounts that belong into each, $4 the accounts it is about, null: all. What a login gave
 * and SCIM gives too is SCIM's from then on; what a person gave stays theirs. As arrays, because the planner knows how
 * many there are; those that are in already are left out, because an upsert would lock and write each of their rows.
 */
const APPLY_SCIM = `
WITH wanted AS (SELECT team_id, account_id FROM unnest($2::uuid[], $3::uuid[]) AS pair(team_id, account_id)),
gone AS (
  DELETE FROM team_member t
  WHERE t.organization_id = $1 AND t.source = 'scim' AND ($4::uuid[] IS NULL OR t.account_id = ANY ($4::uuid[]))
    AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.team_id = t.team_id AND w.account_id = t.account_id)
)
INSERT INTO team_member (team_id, account_id, organization_id, source)
SELECT w.team_id, m.account_id, m.organization_id, 'scim'
FROM wanted w JOIN membership m ON m.organization_id = $1 AND m.account_id = w.account_id
WHERE NOT EXISTS (
  SELECT 1 FROM team_member t WHERE t.team_id = w.team_id AND t.account_id = w.account_id AND t.source <> 'saml')
ON CONFLICT (team_id, account_id) DO UPDATE SET source = excluded.source WHERE team_member.source = 'saml'`;

/** $1 organization, $2 names. */
const MAKE_TEAMS = `
INSERT INTO team (id, organization_id, name)
SELECT gen_random_uuid(), $1, name FROM (SELECT DISTINCT unnest($2::text[]) AS name) wanted
ON CONFLICT (organization_id, name) DO NOTHING`;

/** $1 organization, $2 groups and $3 the name of each one's team. */
const MAP_GROUPS = `
INSERT INTO group_mapping (organization_id, group_id, team_id)
SELECT t.organization_id, wanted.group_id, t.id
FROM unnest($2::text[], $3::text[]) AS wanted(group_id, team) JOIN team t ON t.organization_id = $1 AND t.name = wanted.team
ON CONFLICT DO NOTHING`;

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

  /** The teams that groups stand for, by the group. */
  async mappedTeams(organizationId: string, manager: EntityManager): Promise<ReadonlyMap<string, readonly string[]>> {
    const teams = new Map<string, string[]>();
    for (const { groupId, teamId } of await manager.getRepository(GroupMapping).findBy({ organizationId })) {
      teams.set(groupId, [...(teams.get(groupId) ?? []), teamId]);
    }
    return teams;
  }

  /** Replaces all mappings; a team that is new is made. */
  async replaceMappings(organizationId: string, mappings: readonly GroupTeam[], manager: EntityManager): Promise<void> {
    const [groups, teams] = [mappings.map(({ group }) => group), mappings.map(({ team }) => team)];
    await manager.getRepository(GroupMapping).delete({ organizationId });
    await manager.query(MAKE_TEAMS, [organizationId, teams]);
    await manager.query(MAP_GROUPS, [organizationId, groups, teams]);
  }

  /** Puts somebody into the teams of the groups that an assertion claims, and out of those that one gave before. */
  async applyClaim(
    organizationId: string,
    accountId: string,
    groups: readonly string[],
    manager: EntityManager,
  ): Promise<void> {
    const mappings = await manager.getRepository(GroupMapping).findBy({ organizationId, groupId: Any([...groups]) });
    const teamIds = [...new Set(mappings.map(({ teamId }) => teamId))];
    const members = manager.getRepository(TeamMember);
    await members.delete({ organizationId, accountId, source: 'saml', teamId: Not(In(teamIds)) });
    if (teamIds.length > 0) await manager.query(JOIN_BY_CLAIM, [organizationId, accountId, teamIds]);
  }

  /**
   * Makes these accounts members by way of SCIM of these teams, and of no others.
   * @param members accounts, by the team.
   */
  async applyScim(
    organizationId: string,
    members: ReadonlyMap<string, ReadonlySet<string>>,
    accounts: 'everybody' | readonly string[],
    manager: EntityManager,
  ): Promise<void> {
    const pairs = [...members].flatMap(([team, all]) => Array.from(all, (account) => ({ team, account })));
    const columns = [pairs.map(({ team }) => team), pairs.map(({ account }) => account)];
    await runLongStatement(
      APPLY_SCIM,
      [organizationId, ...columns, accounts === 'everybody' ? null : accounts],
      manager,
    );
  }
}
