import { Global, Module } from '@nestjs/common';
import { ScimModule, type ScimModuleOptions } from '../scim/index.js';
import { actorOf } from './auth/actor.js';
import { AuthModule } from './auth/auth.module.js';
import { OwnerGuard } from './auth/owner.guard.js';
import { Device } from './directory/device.entity.js';
import { badgeExtension, deviceType, entitlementType } from './directory/directory-schemas.js';
import type { HostSettings } from './host-settings.js';
import { HOST_SETTINGS } from './host-settings.module.js';
import { OrganizationsModule } from './organizations/organizations.module.js';
import { OrganizationsService } from './organizations/organizations.service.js';

/** Where identity providers find SCIM. */
export const SCIM_PATH = 'scim/v2';

/**
 * This is all it takes to plug the SCIM module in. Global, because sessions, single sign-on and settings all ask it, and
 * it asks them.
 */
@Global()
@Module({
  imports: [
    ScimModule.forRootAsync({
      imports: [OrganizationsModule, AuthModule],
      inject: [OrganizationsService, HOST_SETTINGS],
      useFactory: (organizations: OrganizationsService, settings: HostSettings): ScimModuleOptions => ({
        baseUrl: settings.publicUrl,
        deliverEvents: settings.deliverEvents ?? true,
        organizations,
        ...(settings.peppers === undefined ? {} : { tokens: { peppers: settings.peppers } }),
        limits: { statementTimeoutMs: settings.databaseTimeoutMs },
        rateLimit: { requestsPerSecond: settings.scimRateLimit },
      }),
      path: SCIM_PATH,
      extensions: [badgeExtension],
      resourceTypes: [
        { type: entitlementType },
        {
          type: deviceType,
          entity: Device,
          columns: { serialNumber: 'serialNumber', model: 'model', 'owner.value': 'ownerId' },
        },
      ],
      admin: {
        path: 'api/organizations/:slug/scim',
        guards: [OwnerGuard],
        organizationOf: (request) => actorOf(request)?.organizationId,
        actorOf: (request) => actorOf(request)?.accountId,
      },
    }),
  ],
  exports: [ScimModule],
})
export class ProvisioningModule {}
