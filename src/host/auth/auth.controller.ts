import {
  Body,
  Controller,
  Delete,
  ForbiddenException,
  Get,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Post,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Role } from '../organizations/membership.entity.js';
import { TeamsService } from '../organizations/teams.service.js';
import { AccountsService } from './accounts.service.js';
import { type Actor, CurrentActor } from './actor.js';
import { ApiKeysService, type ApiKeySummary, type NewApiKey } from './api-keys.service.js';
import { LoginDto, NewApiKeyDto } from './auth.dto.js';
import { MemberGuard } from './member.guard.js';
import { SessionsService, type SignedIn } from './sessions.service.js';

/** Answer of `GET /api/me`. */
interface Me {
  readonly accountId: string;
  readonly email: string | null;
  readonly displayName: string;
  readonly organization: { readonly id: string; readonly slug: string; readonly name: string };
  readonly role: Role;
  readonly teams: readonly string[];
}

@Controller('api')
export class AuthController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly sessions: SessionsService,
    private readonly apiKeys: ApiKeysService,
    private readonly teams: TeamsService,
  ) {}

  @Post('login')
  @HttpCode(200)
  async logIn(
    @Body() login: LoginDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SignedIn> {
    return this.sessions.signIn(await this.accounts.logIn({ ...login, address: request.ip }), response);
  }

  @Post('logout')
  @HttpCode(204)
  async logOut(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.sessions.end(request, response);
  }

  /** A new secret and a new end for the session there is. Whom SCIM or an owner took out has none to renew. */
  @Post('session/renew')
  @HttpCode(204)
  @UseGuards(MemberGuard)
  async renew(
    @CurrentActor() { organizationId, accountId, via }: Actor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    if (via !== 'session') throw new ForbiddenException('An API key has no session to renew.');
    await this.sessions.start(organizationId, accountId, response);
    await this.sessions.forget(request);
  }

  @Get('me')
  @UseGuards(MemberGuard)
  async me(@CurrentActor() actor: Actor): Promise<Me> {
    const { accountId, email, displayName, organizationId, organizationSlug, organizationName, role } = actor;
    return {
      accountId,
      email,
      displayName,
      organization: { id: organizationId, slug: organizationSlug, name: organizationName },
      role,
      teams: await this.teams.namesOf(organizationId, accountId),
    };
  }

  @Post('organizations/:slug/api-keys')
  @UseGuards(MemberGuard)
  async createApiKey(@CurrentActor() actor: Actor, @Body() { label }: NewApiKeyDto): Promise<NewApiKey> {
    if (actor.via !== 'session') throw new ForbiddenException('An API key cannot make another one; sign in.');
    return this.apiKeys.create(actor.organizationId, actor.accountId, label);
  }

  @Get('organizations/:slug/api-keys')
  @UseGuards(MemberGuard)
  async listApiKeys(@CurrentActor() { organizationId, accountId }: Actor): Promise<{ apiKeys: ApiKeySummary[] }> {
    return { apiKeys: await this.apiKeys.list(organizationId, accountId) };
  }

  /** One's own; an owner's hand reaches everybody's. */
  @Delete('organizations/:slug/api-keys/:id')
  @HttpCode(204)
  @UseGuards(MemberGuard)
  async revokeApiKey(@CurrentActor() actor: Actor, @Param('id', ParseUUIDPipe) id: string): Promise<void> {
    if (actor.via !== 'session') throw new ForbiddenException('An API key revokes nothing; sign in.');
    const { organizationId, accountId, role } = actor;
    await this.apiKeys.revoke(organizationId, id, role === 'owner' ? undefined : accountId);
  }
}
