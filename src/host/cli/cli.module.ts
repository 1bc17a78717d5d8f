import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { dataSourceOptions } from '../database/data-source.js';
import type { HostSettings } from '../host-settings.js';
import { HostSettingsModule } from '../host-settings.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ProvisioningModule } from '../provisioning.module.js';

/** What of the monolith a command needs: no pages, no single sign-on, no demo. */
@Module({})
export class CliModule {
  static forRoot(settings: HostSettings & { readonly databaseUrl: string }): DynamicModule {
    return {
      module: CliModule,
      imports: [
        HostSettingsModule.forRoot(settings),
        TypeOrmModule.forRoot({
          ...dataSourceOptions(settings.databaseUrl, settings.databaseTimeoutMs),
          // Who types a command would rather hear at once that there is no database.
          retryAttempts: 0,
        }),
        OrganizationsModule,
        ProvisioningModule,
      ],
    };
  }
}
