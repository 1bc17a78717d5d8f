import type { Provider } from '@nestjs/common';
import type { WriteContext } from '../identities/identity-store.js';
import type { ListQuery, ResourceTable } from '../persistence/list-rows.js';
import { ResourceTypes } from '../protocol/resource-types.js';
import type { JsonObject } from '../protocol/resource.js';
import type { ResourceType } from '../protocol/schemas/schema.js';
import type { PatchAnswer, ResourceEndpoint, ResourceList } from '../resources/resource-endpoint.js';
import { type CustomResourceType, limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { endpointToken, SCIM_CUSTOM_TYPES } from './custom-types.js';
import { CustomTables } from './custom-tables.js';
import { ResourceStore } from './resource-store.js';
import { ScimResourcesService } from './scim-resources.service.js';

/** One type of the host's own for HTTP: {@link ScimResourcesService} as every resource type is served. */
class CustomResourceEndpoint implements ResourceEndpoint {
  private readonly name: string;

  constructor(
    private readonly resources: ScimResourcesService,
    readonly resourceType: ResourceType,
    readonly bodyBytes: number,
  ) {
    this.name = resourceType.name;
  }

  get table(): ResourceTable {
    return this.resources.tableOf(this.name);
  }

  list(organizationId: string, query: ListQuery): Promise<ResourceList> {
    return this.resources.list(organizationId, this.name, query);
  }

  find(organizationId: string, ids: readonly string[]): Promise<readonly JsonObject[]> {
    return this.resources.find(organizationId, this.name, ids);
  }

  get(organizationId: string, id: string): Promise<JsonObject> {
    return this.resources.get(organizationId, this.name, id);
  }

  create(organizationId: string, body: unknown, context: WriteContext): Promise<JsonObject> {
    return this.resources.create(organizationId, this.name, body, context);
  }

  replace(organizationId: string, id: string, body: unknown, context: WriteContext): Promise<JsonObject> {
    return this.resources.replace(organizationId, this.name, id, body, context);
  }

  async patch(organizationId: string, id: string, body: unknown, context: WriteContext): Promise<PatchAnswer> {
    return { resource: await this.resources.patch(organizationId, this.name, id, body, context), isShown: true };
  }

  delete(organizationId: string, id: string, context: WriteContext): Promise<void> {
    return this.resources.delete(organizationId, this.name, id, context);
  }
}

/** What the module needs for the types that a host added, none included. */
export const customProviders = (definitions: readonly CustomResourceType[]): Provider[] => [
  { provide: SCIM_CUSTOM_TYPES, useValue: definitions },
  CustomTables,
  ResourceStore,
  ...definitions.map(({ type: { name } }) => ({
    provide: endpointToken(name),
    inject: [ScimResourcesService, ResourceTypes, SCIM_OPTIONS],
    useFactory: (resources: ScimResourcesService, types: ResourceTypes, options: ScimModuleOptions) => {
      const resourceType = types.custom.find((type) => type.name === name);
      if (!resourceType) throw new Error(`There is no resource type "${name}".`);
      return new CustomResourceEndpoint(resources, resourceType, limitsOf(options).bodyBytes);
    },
  })),
];
