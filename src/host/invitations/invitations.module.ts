import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { AcceptanceController } from './acceptance.controller.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsService } from './invitations.service.js';
import { ScimInvitationHandlers } from './scim-invitation.handlers.js';

/** How people join whom nobody provisioned: an owner asks them to. */
@Module({
  imports: [AuthModule, OrganizationsModule],
  controllers: [InvitationsController, AcceptanceController],
  providers: [InvitationsService, InvitationAcceptanceService, ScimInvitationHandlers],
})
export class InvitationsModule {}
