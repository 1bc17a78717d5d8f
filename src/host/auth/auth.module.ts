import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { AccountsService } from './accounts.service.js';
import { ActorsService } from './actors.service.js';
import { ApiKeysService } from './api-keys.service.js';
import { AuthController } from './auth.controller.js';
import { PasswordTries } from './password-tries.js';
import { ScimAccessHandlers } from './scim-access.handlers.js';
import { SessionsService } from './sessions.service.js';

/** Who is there: accounts, sessions, API keys, and the guards that ask for them. */
@Module({
  imports: [OrganizationsModule],
  controllers: [AuthController],
  providers: [AccountsService, ActorsService, ApiKeysService, PasswordTries, SessionsService, ScimAccessHandlers],
  exports: [AccountsService, ActorsService, SessionsService],
})
export class AuthModule {}
