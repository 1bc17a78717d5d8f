import { Module } from '@nestjs/common';
import { GroupTeamsService } from './group-teams.service.js';
import { MemberChangesService } from './member-changes.service.js';
import { MembershipsService } from './memberships.service.js';
import { OrganizationsService } from './organizations.service.js';
import { ScimMembershipHandlers } from './scim-membership.handlers.js';
import { ScimTeamHandlers } from './scim-team.handlers.js';
import { TeamsService } from './teams.service.js';

/** Organizations, their members, seats and teams. It knows nothing of who is asking. */
@Module({
  providers: [
    MemberChangesService,
    MembershipsService,
    OrganizationsService,
    TeamsService,
    GroupTeamsService,
    ScimMembershipHandlers,
    ScimTeamHandlers,
  ],
  exports: [GroupTeamsService, MemberChangesService, MembershipsService, OrganizationsService, TeamsService],
})
export class OrganizationsModule {}
