import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from './auth/auth.module.js';
import { dataSourceOptions } from './database/data-source.js';
import { DemoModule } from './demo/demo.module.js';
import { DirectoryModule } from './directory/directory.module.js';
import { ConnectionCloser } from './http/connection-closer.js';
import type { HostSettings } from './host-settings.js';
import { HostSettingsModule } from './host-settings.module.js';
import { InvitationsModule } from './invitations/invitations.module.js';
import { OrganizationsApiModule } from './organizations/organizations-api.module.js';
import { ProvisioningModule } from './provisioning.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { SsoModule } from './sso/sso.module.js';

/** The monolith. */
@Module({})
export class AppModule {
  static forRoot(settings: HostSettings & { readonly databaseUrl: string }): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HostSettingsModule.forRoot(settings),
        TypeOrmModule.forRoot(dataSourceOptions(settings.databaseUrl, settings.databaseTimeoutMs)),
        AuthModule,
        OrganizationsApiModule,
        InvitationsModule,
        SsoModule,
        ProvisioningModule,
        SettingsModule,
        DirectoryModule,
        ...(settings.demo ? [DemoModule] : []),
      ],
      providers: [ConnectionCloser],
    };
  }
}
