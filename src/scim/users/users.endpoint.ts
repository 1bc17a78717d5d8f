import { Inject, Injectable } from '@nestjs/common';
import { type BatchContext, IdentityBatches, type NewIdentity } from '../identities/identity-batches.js';
import type { WriteContext } from '../identities/identity-store.js';
import type { ListQuery, ResourceTable } from '../persistence/list-rows.js';
import { readResource } from '../protocol/read-resource.js';
import { ResourceTypes } from '../protocol/resource-types.js';
import type { JsonObject } from '../protocol/resource.js';
import type { ResourceType } from '../protocol/schemas/schema.js';
import type { ResourceRoutes } from '../resources/resource-controller.js';
import type {
  Creation,
  CreationOutcome,
  PatchAnswer,
  ResourceEndpoint,
  ResourceList,
} from '../resources/resource-endpoint.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { UsersService } from './users.service.js';

/** `/Users` for HTTP: {@link UsersService} as every resource type is served. */
@Injectable()
export class UsersEndpoint implements ResourceEndpoint {
  readonly resourceType: ResourceType;
  readonly bodyBytes: number;

  constructor(
    private readonly users: UsersService,
    private readonly batches: IdentityBatches,
    resourceTypes: ResourceTypes,
    @Inject(SCIM_OPTIONS) options: ScimModuleOptions,
  ) {
    this.resourceType = resourceTypes.user;
    this.bodyBytes = limitsOf(options).bodyBytes;
  }

  get table(): ResourceTable {
    return this.users.table;
  }

  find(organizationId: string, ids: readonly string[]): Promise<readonly JsonObject[]> {
    return this.users.find(organizationId, ids);
  }

  list(organizationId: string, query: ListQuery): Promise<ResourceList> {
    return this.users.list(organizationId, query);
  }

  get(organizationId: string, id: string): Promise<JsonObject> {
    return this.users.get(organizationId, id);
  }

  create(organizationId: string, body: unknown, context: WriteContext): Promise<JsonObject> {
    return this.users.create(organizationId, body, context);
  }

  replace(organizationId: string, id: string, body: unknown, context: WriteContext): Promise<JsonObject> {
    return this.users.replace(organizationId, id, body, context);
  }

  async patch(organizationId: string, id: string, body: unknown, context: WriteContext): Promise<PatchAnswer> {
    return { resource: await this.users.patch(organizationId, id, body, context), isShown: true };
  }

  delete(organizationId: string, id: string, context: WriteContext): Promise<void> {
    return this.users.delete(organizationId, id, context);
  }

  async createMany(
    organizationId: string,
    creations: readonly Creation[],
    context: BatchContext,
  ): Promise<readonly CreationOutcome[]> {
    const people = creations.map((each) => this.read(each));
    return this.batches.create(organizationId, people, context);
  }

  private read({ id, body }: Creation): NewIdentity {
    try {
      return { id, resource: readResource(body, this.resourceType) };
    } catch (error) {
      return { error };
    }
  }
}

export const usersRoutes: ResourceRoutes = {
  path: 'Users',
  endpoint: UsersEndpoint,
  scopes: { read: 'users:read', write: 'users:write' },
  removes: true,
};
