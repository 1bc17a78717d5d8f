import { All, Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { readBody } from '../http/read-body.js';
import { readParameters, refuseParameters, type ScimParameters } from '../http/read-parameters.js';
import { AnyToken } from '../http/scim-access.decorators.js';
import { principalOf, queryOf, type ScimRequest } from '../http/scim-request.js';
import { ScimResponder } from '../http/scim-responder.js';
import { toListResponse } from '../protocol/list.js';
import { readProjection } from '../protocol/project.js';
import { readSearch } from '../protocol/read-search.js';
import { forbidden, methodNotAllowed } from '../protocol/scim-error.js';
import { readListQuery } from '../resources/read-list-query.js';
import { ResourceEndpoints } from '../resources/resource-endpoints.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { RootQueries, type Searched } from './root-queries.js';

/** RFC 7644 §3.4.2.1 and §3.4.3: queries at the root, over every resource type that the token may read. */
@Controller()
@AnyToken()
export class SearchController {
  constructor(
    @Inject(RootQueries) private readonly queries: RootQueries,
    @Inject(ResourceEndpoints) private readonly endpoints: ResourceEndpoints,
    @Inject(ScimResponder) private readonly responder: ScimResponder,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  // All methods, because Fastify takes the root for one controller only.
  @All()
  async root(@Req() request: ScimRequest, @Res() response: unknown): Promise<void> {
    if (request.method === 'GET' || request.method === 'HEAD') {
      await this.answer(request, response, readParameters(queryOf(request)));
      return;
    }
    if (request.method !== 'OPTIONS') throw methodNotAllowed(['GET']);
    this.responder.send(request, response, { status: 204, headers: { Allow: 'GET' } });
  }

  @Post('.search')
  async search(@Req() request: ScimRequest, @Res() response: unknown): Promise<void> {
    refuseParameters(queryOf(request));
    await this.answer(request, response, readSearch(await readBody(request, limitsOf(this.options).bodyBytes)));
  }

  private async answer(request: ScimRequest, response: unknown, parameters: ScimParameters): Promise<void> {
    const { organizationId, scopes } = principalOf(request);
    const searched: readonly Searched[] = this.endpoints.all
      .filter((served) => scopes.has(served.scopes.read))
      .map(({ endpoint }) => ({ endpoint, projection: readProjection(parameters, endpoint.resourceType) }));
    if (searched.length === 0) throw forbidden('This token may not read any resource type.');
    const query = readListQuery(parameters, limitsOf(this.options));
    const { resources, ...page } = await this.queries.list(organizationId, searched, query);
    const body = toListResponse(resources, { ...page, startIndex: query.startIndex });
    this.responder.send(request, response, { status: 200, body });
  }
}
