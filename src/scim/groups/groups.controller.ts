import { Controller, Delete, Get, Inject, Param, Patch, Post, Put, Req, Res } from '@nestjs/common';
import { readBody } from '../http/read-body.js';
import { readParameters } from '../http/read-parameters.js';
import { RequireScope } from '../http/scim-access.decorators.js';
import { isUnchanged, principalOf, queryOf, type ScimRequest, writeContextOf } from '../http/scim-request.js';
import { headersOf, ScimResponder } from '../http/scim-responder.js';
import { findAttribute } from '../protocol/attribute-path.js';
import { readPage, toListResponse } from '../protocol/list.js';
import { isProjected, type Projection, project, readProjection } from '../protocol/project.js';
import type { JsonObject } from '../protocol/resource.js';
import { groupResourceType } from '../protocol/schemas/resource-types.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { GroupsService } from './groups.service.js';

/** RFC 7644 §3.3–§3.6 for Groups. */
@Controller('Groups')
export class GroupsController {
  constructor(
    @Inject(GroupsService) private readonly groups: GroupsService,
    @Inject(ScimResponder) private readonly responder: ScimResponder,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  @Get()
  @RequireScope('groups:read')
  async list(@Req() request: ScimRequest, @Res() response: unknown): Promise<void> {
    const parameters = readParameters(queryOf(request));
    const projection = readProjection(parameters, groupResourceType);
    const page = readPage(parameters, limitsOf(this.options));
    const query = { ...parameters, ...page, withMembers: showsMembers(projection) };
    const { resources, totalResults } = await this.groups.list(principalOf(request).organizationId, query);
    const shown = resources.map((resource) => project(resource, projection, groupResourceType));
    const body = toListResponse(shown, { totalResults, startIndex: page.startIndex });
    this.responder.send(request, response, { status: 200, body });
  }

  @Post()
  @RequireScope('groups:write')
  async create(@Req() request: ScimRequest, @Res() response: unknown): Promise<void> {
    const projection = projectionOf(request);
    const body = await this.readBody(request);
    const context = { ...writeContextOf(request), withMembers: showsMembers(projection) };
    const group = await this.groups.create(principalOf(request).organizationId, body, context);
    this.answer(request, response, { status: 201, group, projection });
  }

  @Get(':id')
  @RequireScope('groups:read')
  async get(@Req() request: ScimRequest, @Res() response: unknown, @Param('id') id: string): Promise<void> {
    const projection = projectionOf(request);
    const group = await this.groups.get(principalOf(request).organizationId, id, showsMembers(projection));
    const headers = headersOf(group);
    if (isUnchanged(request, headers.ETag)) this.responder.send(request, response, { status: 304, headers });
    else this.answer(request, response, { status: 200, group, projection });
  }

  @Put(':id')
  @RequireScope('groups:write')
  async replace(@Req() request: ScimRequest, @Res() response: unknown, @Param('id') id: string): Promise<void> {
    const projection = projectionOf(request);
    const body = await this.readBody(request);
    const context = { ...writeContextOf(request), withMembers: showsMembers(projection) };
    const group = await this.groups.replace(principalOf(request).organizationId, id, body, context);
    this.answer(request, response, { status: 200, group, projection });
  }

  /** 204, unless the client names what it wants to see: Entra recommends it, and a group may have very many members. */
  @Patch(':id')
  @RequireScope('groups:write')
  async patch(@Req() request: ScimRequest, @Res() response: unknown, @Param('id') id: string): Promise<void> {
    const projection = projectionOf(request);
    const { organizationId } = principalOf(request);
    const body = await this.readBody(request);
    const group = await this.groups.patch(organizationId, id, body, writeContextOf(request));
    if (projection.type === 'default') {
      this.responder.send(request, response, { status: 204, headers: headersOf(group) });
      return;
    }
    const shown = showsMembers(projection) ? await this.groups.get(organizationId, id) : group;
    this.answer(request, response, { status: 200, group: shown, projection });
  }

  @Delete(':id')
  @RequireScope('groups:write')
  async delete(@Req() request: ScimRequest, @Res() response: unknown, @Param('id') id: string): Promise<void> {
    await this.groups.delete(principalOf(request).organizationId, id, writeContextOf(request));
    this.responder.send(request, response, { status: 204 });
  }

  /** A list of members is what needs the room. */
  private readBody(request: ScimRequest): Promise<unknown> {
    return readBody(request, limitsOf(this.options).groupBodyBytes);
  }

  private answer(
    request: ScimRequest,
    response: unknown,
    { status, group, projection }: { status: number; group: JsonObject; projection: Projection },
  ): void {
    const body = project(group, projection, groupResourceType);
    this.responder.send(request, response, { status, body, headers: headersOf(group) });
  }
}

const projectionOf = (request: ScimRequest): Projection =>
  readProjection(readParameters(queryOf(request)), groupResourceType);

const members = findAttribute(groupResourceType, 'members');

const showsMembers = (projection: Projection): boolean => members !== undefined && isProjected(projection, members);
