import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { Discovery } from '../http/scim-access.decorators.js';
import { ScimPaths } from '../http/scim-paths.js';
import { queryOf, type ScimRequest } from '../http/scim-request.js';
import { ScimResponder } from '../http/scim-responder.js';
import {
  metaSchemas,
  toResourceTypeDocument,
  toSchemaDocument,
  toServiceProviderConfig,
} from '../protocol/discovery.js';
import { toListResponse } from '../protocol/list.js';
import { ResourceTypes } from '../protocol/resource-types.js';
import type { JsonObject } from '../protocol/resource.js';
import type { Schema } from '../protocol/schemas/schema.js';
import { forbidden, notFound } from '../protocol/scim-error.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';

/** RFC 7644 §4: what this service provider can do, and nothing that it cannot. */
@Controller()
@Discovery()
export class DiscoveryController {
  constructor(
    @Inject(ScimPaths) private readonly paths: ScimPaths,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
    @Inject(ScimResponder) private readonly responder: ScimResponder,
    @Inject(ResourceTypes) private readonly types: ResourceTypes,
  ) {}

  @Get('ServiceProviderConfig')
  serviceProviderConfig(@Req() request: ScimRequest, @Res() response: unknown): void {
    const { bulkOperations, bulkBytes, pageDefault, pageMax, cursorSeconds } = limitsOf(this.options);
    const capabilities = {
      patch: true,
      bulk: { supported: true, maxOperations: bulkOperations, maxPayloadSize: bulkBytes },
      filter: { supported: true, maxResults: pageMax },
      changePassword: false,
      sort: true,
      etag: true,
      pagination: {
        cursor: true,
        index: true,
        defaultPaginationMethod: 'index' as const,
        defaultPageSize: Math.min(pageDefault, pageMax),
        maxPageSize: pageMax,
        cursorTimeout: cursorSeconds,
      },
    };
    this.answer(request, response, toServiceProviderConfig(capabilities, this.paths.baseUrl));
  }

  @Get('ResourceTypes')
  resourceTypes(@Req() request: ScimRequest, @Res() response: unknown): void {
    this.answer(
      request,
      response,
      listOf(this.types.all.map((type) => toResourceTypeDocument(type, this.paths.baseUrl))),
    );
  }

  @Get('ResourceTypes/:name')
  resourceType(@Req() request: ScimRequest, @Res() response: unknown, @Param('name') name: string): void {
    const found = this.types.all.find((type) => type.name === name);
    if (!found) throw notFound(`There is no resource type ${name}.`);
    this.answer(request, response, toResourceTypeDocument(found, this.paths.baseUrl));
  }

  @Get('Schemas')
  schemas(@Req() request: ScimRequest, @Res() response: unknown): void {
    this.answer(
      request,
      response,
      listOf(this.allSchemas.map((schema) => toSchemaDocument(schema, this.paths.baseUrl))),
    );
  }

  @Get('Schemas/:urn')
  schema(@Req() request: ScimRequest, @Res() response: unknown, @Param('urn') urn: string): void {
    const found = this.allSchemas.find(({ id }) => id.toLowerCase() === urn.toLowerCase());
    if (!found) throw notFound(`There is no schema ${urn}.`);
    this.answer(request, response, toSchemaDocument(found, this.paths.baseUrl));
  }

  private get allSchemas(): readonly Schema[] {
    return [...this.types.schemas, ...metaSchemas];
  }

  /** RFC 7644 §4: a filter on discovery is refused, paging and sorting are ignored. */
  private answer(request: ScimRequest, response: unknown, body: JsonObject): void {
    if (queryOf(request).has('filter')) throw forbidden('Discovery endpoints cannot be filtered.');
    this.responder.send(request, response, { status: 200, body });
  }
}

const listOf = (resources: readonly JsonObject[]): JsonObject =>
  toListResponse(resources, { totalResults: resources.length, startIndex: 1 });
