import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ScimEventsService } from '../events/scim-events.service.js';
import type { RotatedToken } from '../tokens/scim-token-rotations.js';
import type { GeneratedToken } from '../tokens/scim-token-store.js';
import { ScimTokensService, type TokenSummary } from '../tokens/scim-tokens.service.js';
import { AdminBody } from './admin-body.pipe.js';
import { AdminCaller } from './admin-caller.js';
import { NewTokenDto, TokenRotationDto } from './admin.dto.js';
import { AdminOverview, type ScimSummary } from './admin-overview.js';

/** What the host's settings page asks, for the organization that the host's guard let the caller into. */
@Controller()
export class AdminController {
  constructor(
    @Inject(AdminOverview) private readonly overview: AdminOverview,
    @Inject(ScimEventsService) private readonly events: ScimEventsService,
    @Inject(ScimTokensService) private readonly tokens: ScimTokensService,
    @Inject(AdminCaller) private readonly caller: AdminCaller,
  ) {}

  @Get()
  async summary(@Req() request: unknown): Promise<ScimSummary> {
    const organizationId = this.caller.organizationOf(request);
    const [summary, events] = await Promise.all([
      this.overview.summary(organizationId),
      this.events.backlog(organizationId),
    ]);
    return { ...summary, events };
  }

  @Get('tokens')
  async listTokens(@Req() request: unknown): Promise<{ tokens: readonly TokenSummary[] }> {
    return { tokens: await this.tokens.list(this.caller.organizationOf(request)) };
  }

  @Post('tokens')
  async generateToken(@Req() request: unknown, @Body(AdminBody) body: NewTokenDto): Promise<GeneratedToken> {
    const createdBy = this.caller.actorOf(request);
    const { label, scopes, expiresInDays } = body;
    return this.tokens.generate(this.caller.organizationOf(request), { label, scopes, expiresInDays, createdBy });
  }

  @Post('tokens/:id/rotate')
  async rotateToken(
    @Req() request: unknown,
    @Param('id') id: string,
    @Body(AdminBody) { overlapHours }: TokenRotationDto,
  ): Promise<RotatedToken> {
    const actorId = this.caller.actorOf(request);
    return this.tokens.rotate(this.caller.organizationOf(request), id, { overlapHours, actorId });
  }

  @Post('tokens/:id/rotation/complete')
  @HttpCode(204)
  async completeRotation(@Req() request: unknown, @Param('id') id: string): Promise<void> {
    await this.tokens.completeRotation(this.caller.organizationOf(request), id, this.caller.actorOf(request));
  }

  @Post('tokens/:id/rotation/cancel')
  @HttpCode(204)
  async cancelRotation(@Req() request: unknown, @Param('id') id: string): Promise<void> {
    await this.tokens.cancelRotation(this.caller.organizationOf(request), id, this.caller.actorOf(request));
  }

  @Delete('tokens/:id')
  @HttpCode(204)
  async revokeToken(@Req() request: unknown, @Param('id') id: string): Promise<void> {
    await this.tokens.revoke(this.caller.organizationOf(request), id, this.caller.actorOf(request));
  }
}
