import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { SsoModule } from '../sso/sso.module.js';
import { DemoDataService } from './demo-data.service.js';
import { DemoIdpController } from './demo-idp.controller.js';
import { DemoIdpModule } from './demo-idp.module.js';

/** What makes the host worth a try on an empty machine. Not imported when DEMO is 0, nor in production mode. */
@Module({
  imports: [DemoIdpModule, OrganizationsModule, SsoModule],
  controllers: [DemoIdpController],
  providers: [DemoDataService],
})
export class DemoModule {}
