import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ActorsService } from '../auth/actors.service.js';
import { SessionsService, type SignedIn } from '../auth/sessions.service.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { invitationPage } from './invitation.page.js';
import { AcceptInvitationDto } from './invitations.dto.js';

/** Where the link of an invitation leads, and what its form sends. */
@Controller()
export class AcceptanceController {
  constructor(
    private readonly acceptance: InvitationAcceptanceService,
    private readonly actors: ActorsService,
    private readonly sessions: SessionsService,
  ) {}

  @Get('invitation')
  async show(@Req() request: Request, @Res() response: Response): Promise<void> {
    response.type('html').send(invitationPage(await this.actors.find(request)));
  }

  /** Signs in to the organization, too. */
  @Post('api/invitations/accept')
  @HttpCode(200)
  async accept(
    @Body() wish: AcceptInvitationDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SignedIn> {
    const actor = await this.actors.find(request);
    const signedInAccountId = actor?.via === 'session' ? actor.accountId : undefined;
    const member = await this.acceptance.accept({ ...wish, signedInAccountId, address: request.ip });
    return this.sessions.signIn(member, response);
  }
}
