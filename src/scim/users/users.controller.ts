import { Controller, Delete, Get, Inject, Param, Patch, Post, Put, Req, Res } from '@nestjs/common';
import { readBody } from '../http/read-body.js';
import { readParameters } from '../http/read-parameters.js';
import { RequireScope } from '../http/scim-access.decorators.js';
import { isUnchanged, principalOf, queryOf, type ScimRequest, writeContextOf } from '../http/scim-request.js';
import { headersOf, ScimResponder } from '../http/scim-responder.js';
import { readPage, toListResponse } from '../protocol/list.js';
import { type Projection, project, readProjection } from '../protocol/project.js';
import type { JsonObject } from '../protocol/resource.js';
import { userResourceType } from '../protocol/schemas/resource-types.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { UsersService } from './users.service.js';

/** RFC 7644 §3.3–§3.6 for Users. */
@Controller('Users')
export class UsersController {
  constructor(
    @Inject(UsersService) private readonly users: UsersService,
    @Inject(ScimResponder) private readonly responder: ScimResponder,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  @Get()
  @RequireScope('users:read')
  async list(@Req() request: ScimRequest, @Res() response: unknown): Promise<void> {
    const parameters = readParameters(queryOf(request));
    const projection = readProjection(parameters, userResourceType);
    const page = readPage(parameters, limitsOf(this.options));
    const query = { ...parameters, ...page };
    const { resources, totalResults } = await this.users.list(principalOf(request).organizationId, query);
    const shown = resources.map((resource) => project(resource, projection, userResourceType));
    const body = toListResponse(shown, { totalResults, startIndex: page.startIndex });
    this.responder.send(request, response, { status: 200, body });
  }

  @Post()
  @RequireScope('users:write')
  async create(@Req() request: ScimRequest, @Res() response: unknown): Promise<void> {
    const projection = projectionOf(request);
    const body = await this.readBody(request);
    const user = await this.users.create(principalOf(request).organizationId, body, writeContextOf(request));
    this.answer(request, response, { status: 201, user, projection });
  }

  @Get(':id')
  @RequireScope('users:read')
  async get(@Req() request: ScimRequest, @Res() response: unknown, @Param('id') id: string): Promise<void> {
    const projection = projectionOf(request);
    const user = await this.users.get(principalOf(request).organizationId, id);
    const headers = headersOf(user);
    if (isUnchanged(request, headers.ETag)) this.responder.send(request, response, { status: 304, headers });
    else this.answer(request, response, { status: 200, user, projection });
  }

  @Put(':id')
  @RequireScope('users:write')
  async replace(@Req() request: ScimRequest, @Res() response: unknown, @Param('id') id: string): Promise<void> {
    const projection = projectionOf(request);
    const body = await this.readBody(request);
    const user = await this.users.replace(principalOf(request).organizationId, id, body, writeContextOf(request));
    this.answer(request, response, { status: 200, user, projection });
  }

  @Patch(':id')
  @RequireScope('users:write')
  async patch(@Req() request: ScimRequest, @Res() response: unknown, @Param('id') id: string): Promise<void> {
    const projection = projectionOf(request);
    const body = await this.readBody(request);
    const user = await this.users.patch(principalOf(request).organizationId, id, body, writeContextOf(request));
    this.answer(request, response, { status: 200, user, projection });
  }

  @Delete(':id')
  @RequireScope('users:write')
  async delete(@Req() request: ScimRequest, @Res() response: unknown, @Param('id') id: string): Promise<void> {
    await this.users.delete(principalOf(request).organizationId, id, writeContextOf(request));
    this.responder.send(request, response, { status: 204 });
  }

  private readBody(request: ScimRequest): Promise<unknown> {
    return readBody(request, limitsOf(this.options).bodyBytes);
  }

  private answer(
    request: ScimRequest,
    response: unknown,
    { status, user, projection }: { status: number; user: JsonObject; projection: Projection },
  ): void {
    const body = project(user, projection, userResourceType);
    this.responder.send(request, response, { status, body, headers: headersOf(user) });
  }
}

const projectionOf = (request: ScimRequest): Projection =>
  readProjection(readParameters(queryOf(request)), userResourceType);
