import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { HostSettings } from '../host-settings.js';
import { HOST_SETTINGS } from '../host-settings.module.js';
import type { Organization } from '../organizations/organization.entity.js';
import { DemoIdpKey } from './demo-idp-key.entity.js';

/** What an administrator would copy from an identity provider into the SAML settings. */
export interface IdpSettings {
  readonly signOnUrl: string;
  readonly issuer: string;
  readonly certificate: string;
}

/** The demo's identity providers: one an organization, each with keys of its own. */
@Injectable()
export class DemoIdpService {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(HOST_SETTINGS) private readonly settings: HostSettings,
  ) {}

  get isOn(): boolean {
    return this.settings.demo;
  }

  /** Sign-on URL and entity id in one. */
  urlOf(slug: string): string {
    return `${this.settings.publicUrl}/demo-idp/${slug}`;
  }

  async settingsOf({ id, slug }: Organization): Promise<IdpSettings> {
    const url = this.urlOf(slug);
    return { signOnUrl: url, issuer: url, certificate: (await this.keyOf(id)).publicKey };
  }

  /** Made at the first call and kept. */
  async keyOf(organizationId: string): Promise<DemoIdpKey> {
    const keys = this.dataSource.getRepository(DemoIdpKey);
    const known = await keys.findOneBy({ organizationId });
    if (known) return known;
    await keys
      .createQueryBuilder()
      .insert()
      .values({ organizationId, ...(await newKeyPair()) })
      .orIgnore()
      .execute();
    return keys.findOneByOrFail({ organizationId });
  }
}

async function newKeyPair(): Promise<{ privateKey: string; publicKey: string }> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
