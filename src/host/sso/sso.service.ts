import { Inject, Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Admission, type AdmissionAnswer, IdentityLinksService } from '../../scim/index.js';
import { AccountsService } from '../auth/accounts.service.js';
import { hashSecret } from '../auth/secret.js';
import type { HostSettings } from '../host-settings.js';
import { HOST_SETTINGS } from '../host-settings.module.js';
import { MembershipsService } from '../organizations/memberships.service.js';
import type { Organization } from '../organizations/organization.entity.js';
import { TeamsService } from '../organizations/teams.service.js';
import type { SamlLogin } from './read-saml-login.js';
import { SamlService } from './saml.service.js';
import type { SsoConnection } from './sso-connection.entity.js';
import { SsoConnectionsService } from './sso-connections.service.js';

export type SsoOutcome = { readonly accountId: string } | { readonly refused: string };

/** Single sign-on from the first redirect to the membership. */
@Injectable()
export class SsoService {
  private readonly logger = new Logger(SsoService.name);

  constructor(
    private readonly saml: SamlService,
    private readonly connections: SsoConnectionsService,
    private readonly links: IdentityLinksService,
    private readonly accounts: AccountsService,
    private readonly memberships: MembershipsService,
    private readonly teams: TeamsService,
    @Inject(HOST_SETTINGS) private readonly settings: HostSettings,
  ) {}

  /** @returns where to send the browser; undefined while SAML is off. */
  async begin(
    organization: Organization,
    request: { accountId: string | undefined; browser: string },
  ): Promise<string | undefined> {
    const connection = await this.findOpenConnection(organization.id);
    if (!connection) return undefined;
    const { accountId = null, browser } = request;
    return this.saml.begin(organization, connection, { accountId, browserHash: hashSecret(browser) });
  }

  async finish(
    { id, slug }: Organization,
    answer: { response: string; browser: string | undefined },
  ): Promise<SsoOutcome> {
    const connection = await this.findOpenConnection(id);
    if (!connection) return { refused: 'sso-off' };
    const login = await this.verify(slug, connection, answer.response);
    if (!login) return { refused: 'not-verified' };
    const request = await this.saml.takeRequest(id, login.requestId);
    if (!request) return { refused: 'request-used' };
    if (!this.isSameBrowser(request.browserHash, answer.browser)) return { refused: 'other-browser' };
    return this.signIn(connection, login, request.accountId);
  }

  private async signIn(connection: SsoConnection, login: SamlLogin, signedIn: string | null): Promise<SsoOutcome> {
    const { organizationId, allowJit } = connection;
    const isMember = signedIn !== null && (await this.memberships.isActive(organizationId, signedIn));
    const outcome = await this.links.signIn(
      {
        organizationId,
        ssoConnectionId: connection.id,
        nameId: login.nameId,
        ...(login.nameIdFormat === undefined ? {} : { nameIdFormat: login.nameIdFormat }),
        ...(isMember ? { signedInAccountId: signedIn } : {}),
        allowJit,
      },
      (admission, manager) => this.admit(organizationId, login, admission, manager),
    );
    return outcome.result === 'refused' ? { refused: outcome.reason } : { accountId: outcome.accountId };
  }

  /** All in the module's transaction: a refusal leaves no account, no seat and no team behind. */
  private async admit(
    organizationId: string,
    { nameId, groups }: SamlLogin,
    { identity, accountId: known }: Admission,
    manager: EntityManager,
  ): Promise<AdmissionAnswer> {
    const displayName = identity?.displayName;
    const accountId = known ?? (await this.accounts.create(displayName ?? identity?.userName ?? nameId, manager));
    const newcomer = {
      organizationId,
      accountId,
      ...(identity === undefined ? {} : { identityId: identity.id }),
      ...(displayName === undefined ? {} : { displayName }),
    };
    const answer = await this.memberships.admit(newcomer, manager);
    if (answer !== 'admitted') return { refuse: answer };
    if (groups) await this.teams.applyGroups(organizationId, accountId, groups, manager);
    return { accountId };
  }

  private async verify(slug: string, connection: SsoConnection, response: string): Promise<SamlLogin | undefined> {
    try {
      return await this.saml.verify(slug, connection, response);
    } catch (error) {
      this.logger.warn(`A SAML response to ${slug} was not accepted: ${String(error)}`);
      return undefined;
    }
  }

  private async findOpenConnection(organizationId: string): Promise<SsoConnection | undefined> {
    const connection = await this.connections.find(organizationId);
    return connection?.enabled ? connection : undefined;
  }

  /**
   * Otherwise somebody could send a colleague a sign-in begun under their own account, and get the colleague's identity
   * linked to it. A cookie that comes with another site's POST needs HTTPS, so a developer's machine goes without.
   */
  private isSameBrowser(expected: string, browser: string | undefined): boolean {
    if (!this.settings.publicUrl.startsWith('https:')) return true;
    return browser !== undefined && hashSecret(browser) === expected;
  }
}
