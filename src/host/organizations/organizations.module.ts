import { Module } from '@nestjs/common';
import { MembershipsService } from './memberships.service.js';
import { OrganizationsService } from './organizations.service.js';
import { ScimMembershipHandlers } from './scim-membership.handlers.js';
import { TeamsService } from './teams.service.js';

/** Organizations, their members, seats and teams. It knows nothing of who is asking. */
@Module({
  providers: [MembershipsService, OrganizationsService, TeamsService, ScimMembershipHandlers],
  exports: [MembershipsService, OrganizationsService, TeamsService],
})
export class OrganizationsModule {}
