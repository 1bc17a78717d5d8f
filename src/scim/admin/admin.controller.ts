import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  NotFoundException,
  Param,
  Post,
  Query,
  Req,
} from '@nestjs/common';
import type { ScimAdminOptions } from '../scim.options.js';
import type { RotatedToken } from '../tokens/scim-token-rotations.js';
import type { GeneratedToken } from '../tokens/scim-token-store.js';
import { ScimTokensService, type TokenSummary } from '../tokens/scim-tokens.service.js';
import { AdminBody } from './admin-body.pipe.js';
import { SCIM_ADMIN } from './admin-caller.js';
import { IdentityQueryDto, NewTokenDto, TokenRotationDto } from './admin.dto.js';
import { AdminOverview, type IdentityListing, type ScimSummary } from './admin-overview.js';

/** What the host's settings page asks, for the organization that the host's guard let the caller into. */
@Controller()
export class AdminController {
  constructor(
    @Inject(AdminOverview) private readonly overview: AdminOverview,
    @Inject(ScimTokensService) private readonly tokens: ScimTokensService,
    @Inject(SCIM_ADMIN) private readonly options: ScimAdminOptions,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  async summary(@Req() request: unknown): Promise<ScimSummary> {
    return this.overview.summary(this.organizationOf(request));
  }

  @Get('tokens')
  @Header('Cache-Control', 'no-store')
  async listTokens(@Req() request: unknown): Promise<{ tokens: readonly TokenSummary[] }> {
    return { tokens: await this.tokens.list(this.organizationOf(request)) };
  }

  @Post('tokens')
  @Header('Cache-Control', 'no-store')
  async generateToken(@Req() request: unknown, @Body(AdminBody) body: NewTokenDto): Promise<GeneratedToken> {
    const createdBy = this.options.actorOf?.(request);
    const { label, scopes, expiresInDays } = body;
    return this.tokens.generate(this.organizationOf(request), { label, scopes, expiresInDays, createdBy });
  }

  @Post('tokens/:id/rotate')
  @Header('Cache-Control', 'no-store')
  async rotateToken(
    @Req() request: unknown,
    @Param('id') id: string,
    @Body(AdminBody) { overlapHours }: TokenRotationDto,
  ): Promise<RotatedToken> {
    const actorId = this.options.actorOf?.(request);
    return this.tokens.rotate(this.organizationOf(request), id, { overlapHours, actorId });
  }

  @Post('tokens/:id/rotation/complete')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  async completeRotation(@Req() request: unknown, @Param('id') id: string): Promise<void> {
    await this.tokens.completeRotation(this.organizationOf(request), id, this.options.actorOf?.(request));
  }

  @Post('tokens/:id/rotation/cancel')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  async cancelRotation(@Req() request: unknown, @Param('id') id: string): Promise<void> {
    await this.tokens.cancelRotation(this.organizationOf(request), id, this.options.actorOf?.(request));
  }

  @Delete('tokens/:id')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  async revokeToken(@Req() request: unknown, @Param('id') id: string): Promise<void> {
    await this.tokens.revoke(this.organizationOf(request), id, this.options.actorOf?.(request));
  }

  @Get('identities')
  @Header('Cache-Control', 'no-store')
  async listIdentities(@Req() request: unknown, @Query(AdminBody) query: IdentityQueryDto): Promise<IdentityListing> {
    return this.overview.listIdentities(this.organizationOf(request), query);
  }

  /** Without an answer of the host nothing is served. */
  private organizationOf(request: unknown): string {
    const organizationId = this.options.organizationOf(request);
    if (!organizationId) throw new NotFoundException();
    return organizationId;
  }
}
