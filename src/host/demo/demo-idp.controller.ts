import { BadRequestException, Body, Controller, Get, Header, Param, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { DataSource, Not } from 'typeorm';
import { ProvisionedIdentity } from '../../scim/index.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { SamlService } from '../sso/saml.service.js';
import { DemoIdpService } from './demo-idp.service.js';
import { answerPage, type DemoPerson, startPage } from './demo-idp.pages.js';
import { readAuthnRequestId } from './read-authn-request.js';
import { signResponse } from './sign-response.js';

const MOST_PEOPLE = 100;

/** Stands for Entra ID or Okta at sign-in: anybody may say who they are, and it signs. Only in the demo. */
@Controller('demo-idp/:slug')
export class DemoIdpController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly organizations: OrganizationsService,
    private readonly saml: SamlService,
    private readonly idp: DemoIdpService,
  ) {}

  @Get()
  async start(
    @Param('slug') slug: string,
    @Query() { SAMLRequest, RelayState }: Readonly<Record<string, unknown>>,
    @Res() response: Response,
  ): Promise<void> {
    const { id, name } = await this.organizations.getBySlug(slug);
    // A sign-in begins at the service provider: it accepts no answer to a question it has not asked.
    if (typeof SAMLRequest !== 'string') return response.redirect(`/orgs/${slug}/sso`);
    const relayState = typeof RelayState === 'string' ? RelayState : '';
    const people = await this.findPeople(id);
    response.type('html').send(startPage({ slug, name, samlRequest: SAMLRequest, relayState, people }));
  }

  @Post('login')
  @Header('Content-Type', 'text/html; charset=utf-8')
  async logIn(@Param('slug') slug: string, @Body() form: unknown): Promise<string> {
    const { id } = await this.organizations.getBySlug(slug);
    const nameId = readField(form, 'nameId') || readField(form, 'person');
    if (nameId === '') throw new BadRequestException('Choose a person or type a NameID.');
    const inResponseTo = readAuthnRequestId(readField(form, 'SAMLRequest'));
    if (inResponseTo === undefined) throw new BadRequestException('The form has no SAMLRequest.');
    const { entityId, acsUrl } = this.saml.serviceProvider(slug);
    const groups = readField(form, 'groups')
      .split(',')
      .map((group) => group.trim())
      .filter((group) => group !== '');
    const assertion = { issuer: this.idp.urlOf(slug), audience: entityId, acsUrl, inResponseTo, nameId, groups };
    const { privateKey } = await this.idp.keyOf(id);
    const samlResponse = signResponse(assertion, privateKey, new Date());
    return answerPage({ acsUrl, samlResponse, relayState: readField(form, 'RelayState') });
  }

  /** An identity provider knows whom it provisioned; this one looks into the module's table. */
  private async findPeople(organizationId: string): Promise<DemoPerson[]> {
    const identities = await this.dataSource.getRepository(ProvisionedIdentity).find({
      where: { organizationId, state: Not('deprovisioned') },
      order: { createdAt: 'DESC' },
      take: MOST_PEOPLE,
    });
    return identities.map(({ externalId, userName, state }) => ({ nameId: externalId ?? userName, userName, state }));
  }
}

/** Empty where the form has no such text. */
function readField(form: unknown, name: string): string {
  const value: unknown =
    typeof form === 'object' && form !== null && Object.hasOwn(form, name) ? Reflect.get(form, name) : undefined;
  return typeof value === 'string' ? value : '';
}
