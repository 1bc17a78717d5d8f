import { Inject, Injectable } from '@nestjs/common';
import { ADMIN_CONTROLLERS } from '../admin/admin-controllers.js';
import { LeakReportsController } from '../admin/leak-reports.controller.js';
import { routesOf } from '../http/controller-routes.js';
import { ScimPaths } from '../http/scim-paths.js';
import { ScimRoutes } from '../http/scim-routes.js';
import type { JsonObject } from '../protocol/resource.js';
import { ResourceEndpoints } from '../resources/resource-endpoints.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleExtras, type ScimModuleOptions } from '../scim.options.js';
import { type OpenApiAbout, toOpenApiDocument } from './open-api-document.js';

export const SCIM_EXTRAS = Symbol.for('scim:extras');

/** Describes what this instance of the module serves, for code generators and people. */
@Injectable()
export class ScimOpenApi {
  constructor(
    private readonly paths: ScimPaths,
    private readonly routes: ScimRoutes,
    private readonly endpoints: ResourceEndpoints,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
    @Inject(SCIM_EXTRAS) private readonly extras: Pick<ScimModuleExtras, 'admin' | 'leakReports'>,
  ) {}

  /**
   * An OpenAPI 3.1 document of the SCIM endpoints, with the host's extensions and resource types, and of the admin API.
   * Complete once the application listens, because the host's global prefix is part of the paths.
   */
  document(about: OpenApiAbout = {}): JsonObject {
    const { admin, leakReports } = this.extras;
    const api = {
      serverUrl: this.paths.serverUrl,
      bulkOperations: limitsOf(this.options).bulkOperations,
      resources: this.endpoints.all,
      scim: { root: this.paths.root, routes: this.routes.all },
      admin: admin && { root: this.paths.locate(admin.path), routes: ADMIN_CONTROLLERS.flatMap(routesOf) },
      leakReports: leakReports && {
        root: this.paths.locate(leakReports.path),
        routes: routesOf(LeakReportsController),
      },
    };
    return toOpenApiDocument(api, about);
  }
}
