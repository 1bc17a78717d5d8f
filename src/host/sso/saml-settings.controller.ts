import { Body, Controller, Get, Put, UseGuards } from '@nestjs/common';
import { ScimEntitlements } from '../../scim/index.js';
import { type Actor, CurrentActor } from '../auth/actor.js';
import { OwnerGuard } from '../auth/owner.guard.js';
import { SamlService, type ServiceProviderSettings } from './saml.service.js';
import { SamlSettingsDto } from './saml-settings.dto.js';
import { type SamlSettings, SsoConnectionsService } from './sso-connections.service.js';

interface SamlOverview {
  readonly serviceProvider: ServiceProviderSettings;
  /** Null until something is saved. */
  readonly settings: SamlSettings | null;
}

@Controller('api/organizations/:slug/saml')
@UseGuards(OwnerGuard)
export class SamlSettingsController {
  constructor(
    private readonly connections: SsoConnectionsService,
    private readonly saml: SamlService,
    private readonly entitlements: ScimEntitlements,
  ) {}

  @Get()
  async show(@CurrentActor() { organizationId, organizationSlug }: Actor): Promise<SamlOverview> {
    const saved = await this.connections.find(organizationId);
    if (!saved) return { serviceProvider: this.saml.serviceProvider(organizationSlug), settings: null };
    const { signOnUrl, issuer, certificate, enabled, allowJit } = saved;
    return {
      serviceProvider: this.saml.serviceProvider(organizationSlug),
      settings: { signOnUrl, issuer, certificate, enabled, allowJit },
    };
  }

  @Put()
  async save(@CurrentActor() actor: Actor, @Body() settings: SamlSettingsDto): Promise<SamlOverview> {
    try {
      await this.connections.save(actor.organizationId, settings);
    } finally {
      this.entitlements.forget(actor.organizationId);
    }
    return this.show(actor);
  }
}
