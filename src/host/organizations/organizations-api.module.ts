import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { SsoModule } from '../sso/sso.module.js';
import { OrganizationsController } from './organizations.controller.js';
import { OrganizationsModule } from './organizations.module.js';

/** The JSON API over organizations; apart from OrganizationsModule, which who-is-asking and single sign-on stand on. */
@Module({ imports: [AuthModule, OrganizationsModule, SsoModule], controllers: [OrganizationsController] })
export class OrganizationsApiModule {}
