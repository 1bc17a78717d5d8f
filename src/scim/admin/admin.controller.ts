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
import { ScimTokensService, type GeneratedToken, type TokenSummary } from '../tokens/scim-tokens.service.js';
import { AdminBody } from './admin-body.pipe.js';
import { IdentityQueryDto, NewTokenDto } from './admin.dto.js';
import { AdminOverview, type IdentityListing, type ScimSummary } from './admin-overview.js';

export const SCIM_ADMIN = Symbol.for('scim:admin');

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

  @Delete('tokens/:id')
  @HttpCode(204)
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
