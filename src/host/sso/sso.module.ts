import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { DemoIdpModule } from '../demo/demo-idp.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { SamlService } from './saml.service.js';
import { SamlSettingsController } from './saml-settings.controller.js';
import { SsoController } from './sso.controller.js';
import { SsoProofsService } from './sso-proofs.service.js';
import { SsoService } from './sso.service.js';
import { SsoConnectionsService } from './sso-connections.service.js';

/** Single sign-on by SAML 2.0. */
@Module({
  imports: [AuthModule, DemoIdpModule, OrganizationsModule],
  controllers: [SamlSettingsController, SsoController],
  providers: [SamlService, SsoConnectionsService, SsoProofsService, SsoService],
  exports: [SamlService, SsoConnectionsService],
})
export class SsoModule {}
