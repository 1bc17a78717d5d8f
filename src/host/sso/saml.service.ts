import { Inject, Injectable } from '@nestjs/common';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { DataSource } from 'typeorm';
import type { HostSettings } from '../host-settings.js';
import { HOST_SETTINGS } from '../host-settings.module.js';
import type { Organization } from '../organizations/organization.entity.js';
import { newSecret } from '../auth/secret.js';
import { checkResponseXml } from './check-response-xml.js';
import { readSamlLogin, type SamlLogin } from './read-saml-login.js';
import type { SsoConnection } from './sso-connection.entity.js';
import { SsoRequest } from './sso-request.entity.js';

/** How long somebody may take at the identity provider. */
const REQUEST_LIFETIME_MS = 10 * 60 * 1000;
/** How far the identity provider's clock may be off. */
export const CLOCK_SKEW_MS = 30_000;

/** An XML id must not begin with a digit. */
const newRequestId = (): string => `_${newSecret()}`;
const REQUEST_ID = /^_[\w-]{43}$/;

/** What an administrator copies into the identity provider. */
export interface ServiceProviderSettings {
  readonly entityId: string;
  readonly acsUrl: string;
}

/** SAML 2.0 as a service provider: requests out, verified answers in, each request answered once. */
@Injectable()
export class SamlService {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(HOST_SETTINGS) private readonly settings: HostSettings,
  ) {}

  serviceProvider(slug: string): ServiceProviderSettings {
    const entityId = `${this.settings.publicUrl}/orgs/${slug}/sso`;
    return { entityId, acsUrl: `${entityId}/acs` };
  }

  /** @returns the identity provider's URL to send the browser to. */
  async begin(
    { id: organizationId, slug }: Organization,
    connection: SsoConnection,
    request: { accountId: string | null; browserHash: string },
  ): Promise<string> {
    const id = newRequestId();
    await this.removeExpired();
    await this.dataSource.getRepository(SsoRequest).insert({ id, organizationId, ...request });
    return this.clientFor(slug, connection, { requestId: id }).getAuthorizeUrlAsync('', undefined, {});
  }

  /**
   * @returns the reason, for the log, where nothing of the response is to be believed.
   * @throws what the database throws: that says nothing about the response.
   */
  async verify(
    slug: string,
    connection: SsoConnection,
    response: string,
  ): Promise<SamlLogin | { readonly rejected: string }> {
    const requests = new RequestDates((id) => this.findRequestDate(id, connection.organizationId));
    try {
      checkResponseXml(Buffer.from(response, 'base64').toString('utf8'));
      const client = this.clientFor(slug, connection, { requests });
      const { profile } = await client.validatePostResponseAsync({ SAMLResponse: response });
      if (!profile) throw new Error('The response holds no assertion.');
      const { acsUrl } = this.serviceProvider(slug);
      return readSamlLogin(profile, { issuer: connection.issuer, callbackUrl: acsUrl });
    } catch (error) {
      if (requests.failure !== undefined) throw requests.failure;
      return { rejected: String(error) };
    }
  }

  /** Takes an answered request away: of two answers to one request only one gets it. */
  async takeRequest(organizationId: string, id: string): Promise<SsoRequest | undefined> {
    const [rows] = await this.dataSource.query<[SsoRequest[]]>(
      `DELETE FROM sso_request WHERE id = $1 AND organization_id = $2 AND created_at > now() - $3 * interval '1 ms'
       RETURNING id, organization_id AS "organizationId", account_id AS "accountId", browser_hash AS "browserHash",
         created_at AS "createdAt"`,
      [id, organizationId, REQUEST_LIFETIME_MS],
    );
    return rows[0];
  }

  private clientFor(
    slug: string,
    connection: SsoConnection,
    { requestId, requests }: { readonly requestId?: string; readonly requests?: RequestDates },
  ): SAML {
    const { entityId, acsUrl } = this.serviceProvider(slug);
    return new SAML({
      entryPoint: connection.signOnUrl,
      idpCert: connection.certificate,
      issuer: entityId,
      audience: entityId,
      callbackUrl: acsUrl,
      wantAssertionsSigned: true,
      // Most identity providers sign the assertion, not the envelope; nothing is read from the envelope.
      wantAuthnResponseSigned: false,
      // What kind of NameID and which authentication is the identity provider's setting.
      identifierFormat: null,
      disableRequestedAuthnContext: true,
      acceptedClockSkewMs: CLOCK_SKEW_MS,
      maxAssertionAgeMs: REQUEST_LIFETIME_MS,
      validateInResponseTo: ValidateInResponseTo.always,
      requestIdExpirationPeriodMs: REQUEST_LIFETIME_MS,
      ...(requestId === undefined ? {} : { generateUniqueId: () => requestId }),
      cacheProvider: {
        // begin() wrote the row and takeRequest() removes it, in one statement each; node-saml may only look.
        saveAsync: async () => null,
        getAsync: async (id) => (await requests?.find(id)) ?? null,
        removeAsync: async () => null,
      },
    });
  }

  private async findRequestDate(id: string, organizationId: string): Promise<string | null> {
    if (!REQUEST_ID.test(id)) return null;
    const request = await this.dataSource.getRepository(SsoRequest).findOneBy({ id, organizationId });
    return request?.createdAt.toISOString() ?? null;
  }

  private async removeExpired(): Promise<void> {
    await this.dataSource.query(`DELETE FROM sso_request WHERE created_at <= now() - $1 * interval '1 ms'`, [
      REQUEST_LIFETIME_MS,
    ]);
  }
}

/** node-saml asks for a request's date and makes one error of all; this keeps those of the database apart. */
class RequestDates {
  failure: unknown;

  constructor(private readonly look: (id: string) => Promise<string | null>) {}

  async find(id: string): Promise<string | null> {
    try {
      return await this.look(id);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}
