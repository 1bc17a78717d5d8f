import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpStatus,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import type { CookieOptions, Request, Response } from 'express';
import { ActorsService } from '../auth/actors.service.js';
import { newSecret } from '../auth/secret.js';
import { SessionsService } from '../auth/sessions.service.js';
import { readCookie } from '../http/cookies.js';
import { html } from '../http/html.js';
import { page } from '../http/page.js';
import type { HostSettings } from '../host-settings.js';
import { HOST_SETTINGS } from '../host-settings.module.js';
import type { Organization } from '../organizations/organization.entity.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { refusalText } from './refusals.js';
import { type SsoOutcome, SsoService } from './sso.service.js';

const BROWSER_COOKIE = 'sso_browser';

/** What browsers see of single sign-on: a redirect out, a POST back in, and a page where it waits or is refused. */
@Controller('orgs/:slug/sso')
export class SsoController {
  constructor(
    private readonly sso: SsoService,
    private readonly organizations: OrganizationsService,
    private readonly actors: ActorsService,
    private readonly sessions: SessionsService,
    @Inject(HOST_SETTINGS) private readonly settings: HostSettings,
  ) {}

  @Get()
  async begin(@Param('slug') slug: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const organization = await this.organizations.getBySlug(slug);
    const actor = await this.actors.find(request);
    const browser = readCookie(request, BROWSER_COOKIE) ?? newSecret();
    const url = await this.sso.begin(organization, { accountId: actor?.accountId, browser });
    if (url === undefined) return refuse(response, organization, 'sso-off');
    response.cookie(BROWSER_COOKIE, browser, this.browserCookie());
    response.redirect(HttpStatus.FOUND, url);
  }

  @Post('acs')
  async finish(
    @Param('slug') slug: string,
    @Body() body: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const organization = await this.organizations.getBySlug(slug);
    const answer = { response: readResponse(body), browser: readCookie(request, BROWSER_COOKIE) };
    const outcome = await this.sso.finish(organization, answer);
    if ('ticket' in outcome) {
      response.status(HttpStatus.OK).type('html').send(continuePage(organization, outcome.ticket));
    } else {
      await this.end(organization, outcome, response);
    }
  }

  /** Where {@link continuePage} leads: a request of our own page, with which the browser's cookie comes. */
  @Get('continue')
  async resume(
    @Param('slug') slug: string,
    @Query('ticket') ticket: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const organization = await this.organizations.getBySlug(slug);
    const browser = readCookie(request, BROWSER_COOKIE);
    const shown = typeof ticket === 'string' ? ticket : '';
    await this.end(organization, await this.sso.resume(organization, { ticket: shown, browser }), response);
  }

  private async end(organization: Organization, outcome: SsoOutcome, response: Response): Promise<void> {
    if ('refused' in outcome) return refuse(response, organization, outcome.refused);
    await this.sessions.start(organization.id, outcome.accountId, response);
    response.redirect(HttpStatus.SEE_OTHER, `/orgs/${organization.slug}`);
  }

  private browserCookie(): CookieOptions {
    return { httpOnly: true, secure: this.settings.publicUrl.startsWith('https:'), sameSite: 'lax', path: '/orgs' };
  }
}

function readResponse(body: unknown): string {
  const value: unknown =
    typeof body === 'object' && body !== null && 'SAMLResponse' in body ? body.SAMLResponse : undefined;
  if (typeof value !== 'string' || value === '') throw new BadRequestException('The form has no SAMLResponse.');
  return value;
}

/**
 * No redirect: browsers count that as a part of the identity provider's POST, and leave the cookie out as they did there.
 * A form that a page of ours sends is a new request of our own.
 */
function continuePage({ slug, name }: Organization, ticket: string): string {
  const body = html`<form id="auto-submit" method="get" action="/orgs/${slug}/sso/continue">
    <input type="hidden" name="ticket" value="${ticket}" />
    <p>You are being signed in to ${name}.</p>
    <button type="submit">Continue</button>
  </form>`;
  return page({ title: 'Signing in', body, scripts: ['auto-submit.js'] });
}

function refuse(response: Response, { slug, name }: Organization, reason: string): void {
  const body = html`<h1>You are not signed in to ${name}</h1>
    <p>${refusalText(reason)}</p>
    <p class="muted">Reason: <code>${reason}</code></p>
    <p><a href="/orgs/${slug}/sso">Try again</a> · <a href="/login">Sign in with a password</a></p>`;
  response
    .status(HttpStatus.FORBIDDEN)
    .type('html')
    .send(page({ title: 'Not signed in', body }));
}
