import {
  Controller,
  Delete,
  Get,
  Inject,
  type InjectionToken,
  Param,
  Patch,
  type PipeTransform,
  Post,
  Put,
  Req,
  Res,
  type Type,
} from '@nestjs/common';
import { readBody } from '../http/read-body.js';
import { readParameters, refuseParameters, type ScimParameters } from '../http/read-parameters.js';
import { Reads, Removes, RequireScopes, type ResourceScopes, Writes } from '../http/scim-access.decorators.js';
import { isUnchanged, principalOf, queryOf, type ScimRequest, writeContextOf } from '../http/scim-request.js';
import { headersOf, ScimResponder } from '../http/scim-responder.js';
import { toListResponse } from '../protocol/list.js';
import { type Projection, project, readProjection } from '../protocol/project.js';
import { readSearch } from '../protocol/read-search.js';
import type { JsonObject } from '../protocol/resource.js';
import { methodNotAllowed } from '../protocol/scim-error.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { readListQuery } from './read-list-query.js';
import type { ResourceEndpoint } from './resource-endpoint.js';

/** No resource has this id: it is an endpoint of its own, and only a POST may be sent to it. */
const NOT_SEARCH: PipeTransform<string, string> = {
  transform(id) {
    if (id === '.search') throw methodNotAllowed(['POST']);
    return id;
  },
};

/** RFC 7644 §3.3–§3.6 for one resource type: the same routes for each. */
export abstract class ResourceController {
  constructor(
    private readonly endpoint: ResourceEndpoint,
    private readonly responder: ScimResponder,
    private readonly options: ScimModuleOptions,
  ) {}

  @Get()
  @Reads()
  async list(@Req() request: ScimRequest, @Res() response: unknown): Promise<void> {
    await this.answerList(request, response, readParameters(queryOf(request)));
  }

  /** RFC 7644 §3.4.3: the same as `list`, with a query that need not stand in a log of URLs. */
  @Post('.search')
  @Reads()
  async search(@Req() request: ScimRequest, @Res() response: unknown): Promise<void> {
    refuseParameters(queryOf(request));
    const body = await readBody(request, limitsOf(this.options).bodyBytes);
    await this.answerList(request, response, readSearch(body));
  }

  @Post()
  @Writes()
  async create(@Req() request: ScimRequest, @Res() response: unknown): Promise<void> {
    const projection = this.projectionOf(request);
    const body = await readBody(request, this.endpoint.bodyBytes);
    const context = { ...writeContextOf(request), projection };
    const resource = await this.endpoint.create(principalOf(request).organizationId, body, context);
    this.answer(request, response, { status: 201, resource, projection });
  }

  @Get(':id')
  @Reads()
  async get(@Req() request: ScimRequest, @Res() response: unknown, @Param('id', NOT_SEARCH) id: string): Promise<void> {
    const projection = this.projectionOf(request);
    const resource = await this.endpoint.get(principalOf(request).organizationId, id, { projection });
    const headers = headersOf(resource);
    if (isUnchanged(request, headers.ETag)) this.responder.send(request, response, { status: 304, headers });
    else this.answer(request, response, { status: 200, resource, projection });
  }

  @Put(':id')
  @Writes()
  async replace(
    @Req() request: ScimRequest,
    @Res() response: unknown,
    @Param('id', NOT_SEARCH) id: string,
  ): Promise<void> {
    const projection = this.projectionOf(request);
    const body = await readBody(request, this.endpoint.bodyBytes);
    const context = { ...writeContextOf(request), projection };
    const resource = await this.endpoint.replace(principalOf(request).organizationId, id, body, context);
    this.answer(request, response, { status: 200, resource, projection });
  }

  @Patch(':id')
  @Writes()
  async patch(
    @Req() request: ScimRequest,
    @Res() response: unknown,
    @Param('id', NOT_SEARCH) id: string,
  ): Promise<void> {
    const projection = this.projectionOf(request);
    const body = await readBody(request, this.endpoint.bodyBytes);
    const context = { ...writeContextOf(request), projection };
    const { organizationId } = principalOf(request);
    const { resource, isShown } = await this.endpoint.patch(organizationId, id, body, context);
    if (isShown) this.answer(request, response, { status: 200, resource, projection });
    else this.responder.send(request, response, { status: 204, headers: headersOf(resource) });
  }

  @Delete(':id')
  @Writes()
  async delete(
    @Req() request: ScimRequest,
    @Res() response: unknown,
    @Param('id', NOT_SEARCH) id: string,
  ): Promise<void> {
    await this.endpoint.delete(principalOf(request).organizationId, id, writeContextOf(request));
    this.responder.send(request, response, { status: 204 });
  }

  private async answerList(request: ScimRequest, response: unknown, parameters: ScimParameters): Promise<void> {
    const { resourceType } = this.endpoint;
    const projection = readProjection(parameters, resourceType);
    const query = readListQuery(parameters, limitsOf(this.options));
    const { organizationId } = principalOf(request);
    const { resources, ...page } = await this.endpoint.list(organizationId, { ...query, projection });
    const shown = resources.map((resource) => project(resource, projection, resourceType));
    const body = toListResponse(shown, { ...page, startIndex: query.startIndex });
    this.responder.send(request, response, { status: 200, body });
  }

  private projectionOf(request: ScimRequest): Projection {
    return readProjection(readParameters(queryOf(request)), this.endpoint.resourceType);
  }

  private answer(
    request: ScimRequest,
    response: unknown,
    { status, resource, projection }: { status: number; resource: JsonObject; projection: Projection },
  ): void {
    const body = project(resource, projection, this.endpoint.resourceType);
    this.responder.send(request, response, { status, body, headers: headersOf(resource) });
  }
}

/** What one resource type is served as. */
export interface ResourceRoutes {
  /** Path below the SCIM root, e.g. `Users`. */
  readonly path: string;
  /** Provider of the `ResourceEndpoint`. */
  readonly endpoint: InjectionToken;
  /** What a token needs. */
  readonly scopes: ResourceScopes;
  /** Whether the endpoint does what `WriteContext.onlyRemovals` says. Default false: then all its changes are refused. */
  readonly removes?: boolean;
}

/** The controller of one resource type, on its own path with its own scopes. */
export function resourceController({ path, endpoint, scopes, removes }: ResourceRoutes): Type {
  @Controller(path)
  @RequireScopes(scopes)
  class MountedController extends ResourceController {
    constructor(
      @Inject(endpoint) resources: ResourceEndpoint,
      @Inject(ScimResponder) responder: ScimResponder,
      @Inject(SCIM_OPTIONS) options: ScimModuleOptions,
    ) {
      super(resources, responder, options);
    }
  }
  if (removes) Removes()(MountedController);
  Object.defineProperty(MountedController, 'name', { value: `${path}Controller` });
  return MountedController;
}
