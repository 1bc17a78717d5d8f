import { Controller, SetMetadata, type Type, UseFilters, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { ScimExceptionFilter } from './scim-exception.filter.js';
import { ScimTokenGuard } from './scim-token.guard.js';

/**
 * The SCIM controllers under this module's path, with its guard, filter and the host's metadata. Each is a subclass, so
 * that two applications in one process do not share what they decorate.
 */
export function mountControllers(
  controllers: readonly Type[],
  path: string,
  metadata: Readonly<Record<string, unknown>>,
): Type[] {
  return controllers.map((controller) => {
    const mounted = subclass(controller);
    const endpoint = String(Reflect.getMetadata(PATH_METADATA, controller)).replace(/^\/+/, '');
    Controller({ path: endpoint === '' ? path : `${path}/${endpoint}`, version: VERSION_NEUTRAL })(mounted);
    UseGuards(ScimTokenGuard)(mounted);
    UseFilters(ScimExceptionFilter)(mounted);
    for (const [key, value] of Object.entries(metadata)) SetMetadata(key, value)(mounted);
    return mounted;
  });
}

/** Keeps the name, which Nest's logs and errors show. */
export function subclass(controller: Type): Type {
  const mounted = class extends controller {};
  Object.defineProperty(mounted, 'name', { value: controller.name });
  return mounted;
}
