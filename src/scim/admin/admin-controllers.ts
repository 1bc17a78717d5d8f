import { Controller, type Type, UseFilters, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { subclass } from '../http/mount-controllers.js';
import type { ScimAdminOptions } from '../scim.options.js';
import { AdminController } from './admin.controller.js';
import { AdminExceptionFilter } from './admin-exception.filter.js';
import { ConnectionController } from './connection.controller.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { EventsController } from './events.controller.js';
import { IdentitiesController } from './identities.controller.js';
import { JsonOnlyGuard } from './json-only.guard.js';
import { LogController } from './log.controller.js';
import { NoStoreGuard } from './no-store.guard.js';
import { SetupController } from './setup.controller.js';

/** All of the admin API. */
export const ADMIN_CONTROLLERS: readonly Type[] = [
  AdminController,
  IdentitiesController,
  LogController,
  ConnectionController,
  DeadLettersController,
  EventsController,
  SetupController,
];

/** Under the host's path and behind its guards. */
export function mountAdmin({ path, guards }: ScimAdminOptions): Type[] {
  return ADMIN_CONTROLLERS.map((controller) => {
    const mounted = subclass(controller);
    const below = String(Reflect.getMetadata(PATH_METADATA, controller)).replace(/^\/+/, '');
    Controller({ path: below === '' ? path : `${path}/${below}`, version: VERSION_NEUTRAL })(mounted);
    UseGuards(NoStoreGuard, ...guards, JsonOnlyGuard)(mounted);
    UseFilters(AdminExceptionFilter)(mounted);
    return mounted;
  });
}
