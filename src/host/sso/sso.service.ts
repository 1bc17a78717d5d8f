import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Admission, type AdmissionAnswer, IdentityLinksService } from '../../scim/index.js';
import { AccountsService } from '../auth/accounts.service.js';
import { hashSecret } from '../auth/secret.js';
import { MembershipsService } from '../organizations/memberships.service.js';
import type { Organization } from '../organizations/organization.entity.js';
import { GroupTeamsService } from '../organizations/group-teams.service.js';
import type { SamlLogin } from './read-saml-login.js';
import { SamlService } from './saml.service.js';
import type { SsoConnection } from './sso-connection.entity.js';
import { SsoConnectionsService } from './sso-connections.service.js';
import { SsoProofsService } from './sso-proofs.service.js';

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
    private readonly groupTeams: GroupTeamsService,
    private readonly proofs: SsoProofsService,
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

  /**
   * A SAML response came. Only the browser that began the sign-in finishes it: otherwise somebody could send a colleague a
   * sign-in begun under their own account, and get the colleague's identity linked to it.
   * @returns a ticket where the browser did not say who it is, because its cookie does not come with another site's form:
   *   it has to show that to {@link resume} together with the cookie.
   */
  async finish(
    { id, slug }: Organization,
    answer: { response: string; browser: string | undefined },
  ): Promise<SsoOutcome | { readonly ticket: string }> {
    const connection = await this.findOpenConnection(id);
    if (!connection) return { refused: 'sso-off' };
    const login = await this.verify(slug, connection, answer.response);
    if (!login) return { refused: 'not-verified' };
    const request = await this.saml.takeRequest(id, login.requestId);
    if (!request || !(await this.proofs.useAssertion(connection.id, login))) return { refused: 'request-used' };
    const { accountId, browserHash } = request;
    if (answer.browser === undefined) {
      return { ticket: await this.proofs.keep({ connectionId: connection.id, accountId, browserHash, login }) };
    }
    if (hashSecret(answer.browser) !== browserHash) return { refused: 'other-browser' };
    return this.signIn(connection, login, accountId);
  }

  /** The second half of {@link finish}, in a request that our own page made. */
  async resume(
    organization: Organization,
    { ticket, browser }: { ticket: string; browser: string | undefined },
  ): Promise<SsoOutcome> {
    const pending = await this.proofs.take(ticket);
    if (!pending) return { refused: 'request-used' };
    if (browser === undefined || hashSecret(browser) !== pending.browserHash) return { refused: 'other-browser' };
    const connection = await this.findOpenConnection(organization.id);
    if (connection?.id !== pending.connectionId) return { refused: 'sso-off' };
    return this.signIn(connection, pending.login, pending.accountId);
  }

  private async signIn(connection: SsoConnection, login: SamlLogin, signedIn: string | null): Promise<SsoOutcome> {
    const { organizationId, allowJit } = connection;
    const since = signedIn === null ? undefined : await this.memberships.activeSince(organizationId, signedIn);
    const outcome = await this.links.signIn(
      {
        organizationId,
        ssoConnectionId: connection.id,
        nameId: login.nameId,
        ...(login.nameIdFormat === undefined ? {} : { nameIdFormat: login.nameIdFormat }),
        ...(signedIn !== null && since ? { signedInAccountId: signedIn, signedInMemberSince: since } : {}),
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
    await this.groupTeams.followLogin({ organizationId, accountId }, groups, manager);
    return { accountId };
  }

  private async verify(slug: string, connection: SsoConnection, response: string): Promise<SamlLogin | undefined> {
    const login = await this.saml.verify(slug, connection, response);
    if (!('rejected' in login)) return login;
    // As JSON: what is quoted in it comes from outside and may hold line breaks.
    this.logger.warn(`A SAML response to ${slug} was not accepted: ${JSON.stringify(login.rejected)}`);
    return undefined;
  }

  private async findOpenConnection(organizationId: string): Promise<SsoConnection | undefined> {
    const connection = await this.connections.find(organizationId);
    return connection?.enabled ? connection : undefined;
  }
}
