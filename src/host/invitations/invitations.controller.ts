import { Body, Controller, Delete, Get, HttpCode, Inject, Param, ParseUUIDPipe, Post, UseGuards } from '@nestjs/common';
import { type Actor, CurrentActor } from '../auth/actor.js';
import { OwnerGuard } from '../auth/owner.guard.js';
import type { HostSettings } from '../host-settings.js';
import { HOST_SETTINGS } from '../host-settings.module.js';
import { NewInvitationDto } from './invitations.dto.js';
import { type InvitationSummary, InvitationsService } from './invitations.service.js';

/** Owners and their invitations. */
@Controller('api/organizations/:slug/invitations')
@UseGuards(OwnerGuard)
export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    @Inject(HOST_SETTINGS) private readonly settings: HostSettings,
  ) {}

  /** This host sends no mail: the owner passes the link on, which is shown once. */
  @Post()
  async invite(
    @CurrentActor() { organizationId, accountId: invitedBy }: Actor,
    @Body() { email, role = 'member' }: NewInvitationDto,
  ): Promise<InvitationSummary & { readonly url: string }> {
    const { invitation, token } = await this.invitations.invite({ organizationId, email, role, invitedBy });
    // After the #, so that it stands in no server's log and in no Referer.
    return { ...invitation, url: `${this.settings.publicUrl}/invitation#${token}` };
  }

  @Get()
  async list(@CurrentActor() { organizationId }: Actor): Promise<{ invitations: InvitationSummary[] }> {
    return { invitations: await this.invitations.list(organizationId) };
  }

  @Delete(':id')
  @HttpCode(204)
  async cancel(@CurrentActor() { organizationId }: Actor, @Param('id', ParseUUIDPipe) id: string): Promise<void> {
    await this.invitations.cancel(organizationId, id);
  }
}
