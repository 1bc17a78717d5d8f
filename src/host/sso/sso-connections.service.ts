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

const SAVE = `
INSERT INTO sso_connection AS saved (id, organization_id, sign_on_url, issuer, certificate, enabled, allow_jit)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (organization_id) DO UPDATE SET sign_on_url = excluded.sign_on_url, issuer = excluded.issuer,
  certificate = excluded.certificate, enabled = excluded.enabled, allow_jit = excluded.allow_jit,
  disabled_at = CASE WHEN excluded.enabled THEN NULL WHEN saved.enabled THEN now() ELSE saved.disabled_at END`;

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
    const values = [signOnUrl, issuer, certificate, enabled, allowJit];
    await this.dataSource.query(SAVE, [randomUUID(), organizationId, ...values]);
  }

  /**
   * Switches saved settings on or off; where none are saved, the demo takes those of its own identity provider.
   * @throws ConflictException when there is nothing to switch on.
   */
  async turn(organizationId: string, enabled: boolean): Promise<void> {
    const disabledAt = enabled ? null : (): string => `CASE WHEN enabled THEN now() ELSE disabled_at END`;
    const connections = this.dataSource.getRepository(SsoConnection);
    const { affected } = await connections.update({ organizationId }, { enabled, disabledAt });
    if (affected || !enabled) return;
    if (!this.demoIdp.isOn) throw new ConflictException('Save the SAML settings first.');
    const idp = await this.demoIdp.settingsOf(await this.organizations.get(organizationId));
    await this.save(organizationId, { ...idp, enabled, allowJit: true });
  }
}
