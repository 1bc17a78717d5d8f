import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { SsoModule } from '../sso/sso.module.js';
import { AccountsController } from './accounts.controller.js';
import { OpenApiController } from './open-api.controller.js';
import { PagesController } from './pages.controller.js';

/** The pages that people see, and the document that developers do. */
@Module({
  imports: [AuthModule, OrganizationsModule, SsoModule],
  controllers: [PagesController, OpenApiController, AccountsController],
})
export class SettingsModule {}
