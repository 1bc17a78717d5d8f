import { randomUUID } from 'node:crypto';
import { ConflictException, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DemoIdpService, type IdpSettings } from '../demo/demo-idp.service.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { SsoConnection } from './sso-connection.entity.js';

export interface SamlSettings extends IdpSettings {
  readonly enabled: boolean;
  readonly allowJit: boolean;
}

/** Organizations' SAML settings. */
@Injectable()
export class SsoConnectionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly organizations: OrganizationsService,
    private readonly demoIdp: DemoIdpService,
  ) {}

  async find(organizationId: string): Promise<SsoConnection | undefined> {
    return (await this.dataSource.getRepository(SsoConnection).findOneBy({ organizationId })) ?? undefined;
  }

  /** Keeps the connection's id, and with it everybody's link. */
  async save(organizationId: string, settings: SamlSettings): Promise<void> {
    const { signOnUrl, issuer, certificate, enabled, allowJit } = settings;
    await this.dataSource
      .getRepository(SsoConnection)
      .createQueryBuilder()
      .insert()
      .values({ id: randomUUID(), organizationId, signOnUrl, issuer, certificate, enabled, allowJit })
      .orUpdate(['sign_on_url', 'issuer', 'certificate', 'enabled', 'allow_jit'], ['organization_id'])
      .execute();
  }

  /**
   * Switches saved settings on or off; where none are saved, the demo takes those of its own identity provider.
   * @throws ConflictException when there is nothing to switch on.
   */
  async turn(organizationId: string, enabled: boolean): Promise<void> {
    const { affected } = await this.dataSource.getRepository(SsoConnection).update({ organizationId }, { enabled });
    if (affected || !enabled) return;
    if (!this.demoIdp.isOn) throw new ConflictException('Save the SAML settings first.');
    const idp = await this.demoIdp.settingsOf(await this.organizations.get(organizationId));
    await this.save(organizationId, { ...idp, enabled, allowJit: true });
  }
}
