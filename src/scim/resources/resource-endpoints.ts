import type { FactoryProvider } from '@nestjs/common';
import type { ResourceScopes } from '../http/scim-access.decorators.js';
import type { ResourceRoutes } from './resource-controller.js';
import type { ResourceEndpoint } from './resource-endpoint.js';

/** A resource type with what HTTP needs to know of it. */
export interface ServedResources {
  /** Below the SCIM root, e.g. `Users`. */
  readonly path: string;
  readonly scopes: ResourceScopes;
  /** As in `ResourceRoutes`. */
  readonly removes: boolean;
  readonly endpoint: ResourceEndpoint;
}

/** Every resource type that this service provider serves, for what goes beyond one of them: bulk and root queries. */
export class ResourceEndpoints {
  static provide(routes: readonly ResourceRoutes[]): FactoryProvider<ResourceEndpoints> {
    return {
      provide: ResourceEndpoints,
      inject: routes.map(({ endpoint }) => endpoint),
      useFactory: (...endpoints: ResourceEndpoint[]) =>
        new ResourceEndpoints(
          routes.flatMap(({ path, scopes, removes = false }, index) => {
            const endpoint = endpoints[index];
            return endpoint ? [{ path, scopes, removes, endpoint }] : [];
          }),
        ),
    };
  }

  constructor(readonly all: readonly ServedResources[]) {}

  /** In any case, as `claimUrl` takes it. */
  find(path: string): ServedResources | undefined {
    return this.all.find((served) => served.path.toLowerCase() === path.toLowerCase());
  }
}
