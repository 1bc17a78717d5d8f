import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { SsoModule } from '../sso/sso.module.js';
import { PagesController } from './pages.controller.js';

/** The pages that people see. */
@Module({ imports: [AuthModule, OrganizationsModule, SsoModule], controllers: [PagesController] })
export class SettingsModule {}
