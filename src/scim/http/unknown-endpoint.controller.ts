import { All, Controller, Inject, Req, Res } from '@nestjs/common';
import { methodNotAllowed, notFound, standsForNobody } from '../protocol/scim-error.js';
import { AnyToken } from './scim-access.decorators.js';
import { ScimPaths } from './scim-paths.js';
import type { ScimRequest } from './scim-request.js';
import { ScimResponder } from './scim-responder.js';
import { ScimRoutes } from './scim-routes.js';

/** Mounted last: whatever no other SCIM controller answers. */
@Controller()
@AnyToken()
export class UnknownEndpointController {
  constructor(
    @Inject(ScimPaths) private readonly paths: ScimPaths,
    @Inject(ScimRoutes) private readonly routes: ScimRoutes,
    @Inject(ScimResponder) private readonly responder: ScimResponder,
  ) {}

  // As many segments as `claimUrl` leaves: Express and Fastify spell wildcards differently. The root is the search's.
  @All([':endpoint', ':endpoint/:id', ':endpoint/:id/:rest'])
  refuse(@Req() request: ScimRequest, @Res() response: unknown): void {
    const [path = ''] = request.url.slice(this.paths.root.length).split('?');
    // RFC 7644 §3.11: a token that an organization's IdP holds stands for no user.
    if (/^\/Me(\/|$)/i.test(path)) throw standsForNobody();
    const methods = this.routes.methodsOf(path);
    if (methods.length === 0) throw notFound(`There is no SCIM endpoint ${path.slice(0, 100)}.`);
    if (request.method !== 'OPTIONS') throw methodNotAllowed(methods);
    this.responder.send(request, response, { status: 204, headers: { Allow: methods.join(', ') } });
  }
}
