import { All, Controller, Inject, Req } from '@nestjs/common';
import { methodNotAllowed, notFound } from '../protocol/scim-error.js';
import { AnyToken } from './scim-access.decorators.js';
import { ScimPaths } from './scim-paths.js';
import type { ScimRequest } from './scim-request.js';
import { ScimRoutes } from './scim-routes.js';

/** Mounted last: whatever no other SCIM controller answers. */
@Controller()
@AnyToken()
export class UnknownEndpointController {
  constructor(
    @Inject(ScimPaths) private readonly paths: ScimPaths,
    @Inject(ScimRoutes) private readonly routes: ScimRoutes,
  ) {}

  // As many segments as `claimUrl` leaves: Express and Fastify spell wildcards differently.
  @All(['', ':endpoint', ':endpoint/:id', ':endpoint/:id/:rest'])
  refuse(@Req() request: ScimRequest): never {
    const [path = ''] = request.url.slice(this.paths.root.length).split('?');
    const methods = this.routes.methodsOf(path);
    if (methods.length > 0) throw methodNotAllowed(methods);
    throw notFound(`There is no SCIM endpoint ${path.slice(0, 100)}.`);
  }
}
