import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { readParameters } from '../http/read-parameters.js';
import { RequireScope } from '../http/scim-access.decorators.js';
import { queryOf, type ScimRequest } from '../http/scim-request.js';
import { ScimResponder } from '../http/scim-responder.js';
import { parseFilter } from '../protocol/filter/parse-filter.js';
import { readPage, toListResponse } from '../protocol/list.js';
import { readProjection } from '../protocol/project.js';
import { notImplemented } from '../protocol/scim-error.js';
import { groupResourceType } from '../protocol/schemas/resource-types.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';

/** No groups are kept yet. The list answers all the same, because the connection tests of Entra ID and Okta read it. */
@Controller('Groups')
export class GroupsController {
  constructor(
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
    @Inject(ScimResponder) private readonly responder: ScimResponder,
  ) {}

  @Get()
  @RequireScope('groups:read')
  list(@Req() request: ScimRequest, @Res() response: unknown): void {
    const parameters = readParameters(queryOf(request));
    if (parameters.filter !== undefined) parseFilter(parameters.filter, groupResourceType);
    readProjection(parameters, groupResourceType);
    const { startIndex } = readPage(parameters, limitsOf(this.options));
    this.responder.send(request, response, { status: 200, body: toListResponse([], { totalResults: 0, startIndex }) });
  }

  @Post()
  @RequireScope('groups:write')
  create(): never {
    throw notImplemented('Groups are not supported; switch group provisioning off in the identity provider.');
  }
}
