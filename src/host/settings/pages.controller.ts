import { Controller, ForbiddenException, Get, Inject, NotFoundException, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Actor } from '../auth/actor.js';
import { ActorsService } from '../auth/actors.service.js';
import type { HostSettings } from '../host-settings.js';
import { HOST_SETTINGS } from '../host-settings.module.js';
import { MembershipsService } from '../organizations/memberships.service.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { TeamsService } from '../organizations/teams.service.js';
import { SamlService } from '../sso/saml.service.js';
import { SsoConnectionsService } from '../sso/sso-connections.service.js';
import { homePage, loginPage, organizationPage } from './pages.js';
import { samlSettingsPage } from './saml-settings.page.js';

/** Where somebody without a session is sent to sign in, and comes back from. */
@Controller()
export class PagesController {
  constructor(
    private readonly actors: ActorsService,
    private readonly organizations: OrganizationsService,
    private readonly memberships: MembershipsService,
    private readonly teams: TeamsService,
    private readonly connections: SsoConnectionsService,
    private readonly saml: SamlService,
    @Inject(HOST_SETTINGS) private readonly settings: HostSettings,
  ) {}

  @Get()
  async home(@Req() request: Request, @Res() response: Response): Promise<void> {
    const actor = await this.actors.find(request);
    if (actor) return response.redirect(`/orgs/${actor.organizationSlug}`);
    response.type('html').send(homePage(this.settings.demo));
  }

  @Get('login')
  login(@Res() response: Response): void {
    response.type('html').send(loginPage(this.settings.demo));
  }

  @Get('orgs/:slug')
  async organization(@Param('slug') slug: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const actor = await this.enter(slug, request, response);
    if (!actor) return;
    const teams = await this.teams.namesOf(actor.organizationId, actor.accountId);
    response.type('html').send(organizationPage(actor, teams));
  }

  @Get('orgs/:slug/settings/saml')
  async samlSettings(@Param('slug') slug: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const actor = await this.enter(slug, request, response);
    if (!actor) return;
    if (actor.role !== 'owner') throw new ForbiddenException('Only an owner of the organization can see its settings.');
    const { organizationId } = actor;
    const view = {
      actor,
      serviceProvider: this.saml.serviceProvider(slug),
      settings: await this.connections.find(organizationId),
      plan: (await this.organizations.get(organizationId)).plan,
      entitlement: await this.organizations.entitlement(organizationId),
      seats: await this.memberships.seats(organizationId),
    };
    response.type('html').send(samlSettingsPage(view));
  }

  /** Undefined after it sent the browser to the login page. Other organizations look like ones that do not exist. */
  private async enter(slug: string, request: Request, response: Response): Promise<Actor | undefined> {
    const actor = await this.actors.find(request);
    if (!actor) {
      response.redirect(`/login?next=${encodeURIComponent(request.path)}`);
      return undefined;
    }
    if (actor.organizationSlug !== slug) throw new NotFoundException('There is no such organization.');
    return actor;
  }
}
