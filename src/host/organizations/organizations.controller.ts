import { Body, Controller, Delete, Get, HttpCode, Param, ParseUUIDPipe, Patch, Put, UseGuards } from '@nestjs/common';
import { ScimEntitlements } from '../../scim/index.js';
import { type Actor, CurrentActor } from '../auth/actor.js';
import { MemberGuard } from '../auth/member.guard.js';
import { OwnerGuard } from '../auth/owner.guard.js';
import { SsoConnectionsService } from '../sso/sso-connections.service.js';
import { GroupTeamsService } from './group-teams.service.js';
import { MemberChangesService } from './member-changes.service.js';
import { type Member, MembershipsService } from './memberships.service.js';
import type { Plan } from './organization.entity.js';
import { ChangeMemberDto, ChangeOrganizationDto, GroupMappingsDto } from './organizations.dto.js';
import { OrganizationsService } from './organizations.service.js';
import { type GroupTeam, TeamsService } from './teams.service.js';

/** Answer of `GET /api/organizations/:slug`. */
interface OrganizationOverview {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly plan: Plan;
  readonly samlConfigured: boolean;
  readonly seats: { readonly limit: number; readonly used: number };
}

@Controller('api/organizations/:slug')
export class OrganizationsController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly memberships: MembershipsService,
    private readonly memberChanges: MemberChangesService,
    private readonly teams: TeamsService,
    private readonly groupTeams: GroupTeamsService,
    private readonly connections: SsoConnectionsService,
    private readonly entitlements: ScimEntitlements,
  ) {}

  @Get()
  @UseGuards(MemberGuard)
  async show(@CurrentActor() { organizationId }: Actor): Promise<OrganizationOverview> {
    const { id, slug, name, plan } = await this.organizations.get(organizationId);
    const samlConfigured = await this.organizations.isSamlConfigured(id);
    return { id, slug, name, plan, samlConfigured, seats: await this.memberships.seats(id) };
  }

  @Patch()
  @UseGuards(OwnerGuard)
  async change(
    @CurrentActor() actor: Actor,
    @Body() { plan, samlConfigured }: ChangeOrganizationDto,
  ): Promise<OrganizationOverview> {
    try {
      if (plan !== undefined) await this.organizations.changePlan(actor.organizationId, plan);
      if (samlConfigured !== undefined) await this.connections.turn(actor.organizationId, samlConfigured);
    } finally {
      // Also where only the first of two changes was made.
      this.entitlements.forget(actor.organizationId);
    }
    return this.show(actor);
  }

  @Get('members')
  @UseGuards(OwnerGuard)
  async listMembers(@CurrentActor() { organizationId }: Actor): Promise<{ members: Member[] }> {
    return { members: await this.memberships.list(organizationId) };
  }

  @Patch('members/:accountId')
  @UseGuards(OwnerGuard)
  @HttpCode(204)
  async changeMember(
    @CurrentActor() { organizationId }: Actor,
    @Param('accountId', ParseUUIDPipe) accountId: string,
    @Body() change: ChangeMemberDto,
  ): Promise<void> {
    await this.memberChanges.change(organizationId, accountId, change);
  }

  @Delete('members/:accountId')
  @UseGuards(OwnerGuard)
  @HttpCode(204)
  async removeMember(
    @CurrentActor() { organizationId, accountId: actorId }: Actor,
    @Param('accountId', ParseUUIDPipe) accountId: string,
  ): Promise<void> {
    await this.memberChanges.remove(organizationId, accountId, actorId);
  }

  @Get('group-mappings')
  @UseGuards(OwnerGuard)
  async listMappings(@CurrentActor() { organizationId }: Actor): Promise<{ mappings: GroupTeam[] }> {
    return { mappings: await this.teams.listMappings(organizationId) };
  }

  @Put('group-mappings')
  @UseGuards(OwnerGuard)
  async replaceMappings(
    @CurrentActor() { organizationId }: Actor,
    @Body() { mappings }: GroupMappingsDto,
  ): Promise<{ mappings: GroupTeam[] }> {
    await this.groupTeams.replaceMappings(organizationId, mappings);
    return { mappings: await this.teams.listMappings(organizationId) };
  }
}
