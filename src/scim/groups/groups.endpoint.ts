import { Inject, Injectable } from '@nestjs/common';
import type { WriteContext } from '../identities/identity-store.js';
import type { ListQuery, ResourceTable } from '../persistence/list-rows.js';
import { findAttribute } from '../protocol/attribute-path.js';
import { isProjected, type Projection } from '../protocol/project.js';
import { ResourceTypes } from '../protocol/resource-types.js';
import type { JsonObject } from '../protocol/resource.js';
import type { ResourceType } from '../protocol/schemas/schema.js';
import type { ResourceRoutes } from '../resources/resource-controller.js';
import type { PatchAnswer, ResourceEndpoint, ResourceList, Shown } from '../resources/resource-endpoint.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { GroupsService } from './groups.service.js';

/** `/Groups` for HTTP: {@link GroupsService} as every resource type is served; members that are not shown are not read. */
@Injectable()
export class GroupsEndpoint implements ResourceEndpoint {
  readonly resourceType: ResourceType;
  readonly bodyBytes: number;
  readonly links = ['members'];

  constructor(
    private readonly groups: GroupsService,
    resourceTypes: ResourceTypes,
    @Inject(SCIM_OPTIONS) options: ScimModuleOptions,
  ) {
    this.resourceType = resourceTypes.group;
    // A list of members is what needs the room.
    this.bodyBytes = limitsOf(options).groupBodyBytes;
  }

  get table(): ResourceTable {
    return this.groups.table;
  }

  find(organizationId: string, ids: readonly string[], shown: Shown): Promise<readonly JsonObject[]> {
    return this.groups.find(organizationId, ids, this.showsMembers(shown));
  }

  list(organizationId: string, query: ListQuery & Shown): Promise<ResourceList> {
    return this.groups.list(organizationId, { ...query, withMembers: this.showsMembers(query) });
  }

  get(organizationId: string, id: string, shown: Shown): Promise<JsonObject> {
    return this.groups.get(organizationId, id, this.showsMembers(shown));
  }

  create(organizationId: string, body: unknown, context: WriteContext & Shown): Promise<JsonObject> {
    return this.groups.create(organizationId, body, { ...context, withMembers: this.showsMembers(context) });
  }

  replace(organizationId: string, id: string, body: unknown, context: WriteContext & Shown): Promise<JsonObject> {
    return this.groups.replace(organizationId, id, body, { ...context, withMembers: this.showsMembers(context) });
  }

  /** 204, unless the client names what it wants to see: Entra recommends it, and a group may have very many members. */
  async patch(organizationId: string, id: string, body: unknown, context: WriteContext & Shown): Promise<PatchAnswer> {
    const isShown = context.projection.type !== 'default';
    const withMembers = isShown && this.showsMembers(context);
    return { resource: await this.groups.patch(organizationId, id, body, { ...context, withMembers }), isShown };
  }

  delete(organizationId: string, id: string, context: WriteContext): Promise<void> {
    return this.groups.delete(organizationId, id, context);
  }

  private showsMembers({ projection }: { readonly projection: Projection }): boolean {
    const members = findAttribute(this.resourceType, 'members');
    return members !== undefined && isProjected(projection, members);
  }
}

export const groupsRoutes: ResourceRoutes = {
  path: 'Groups',
  endpoint: GroupsEndpoint,
  scopes: { read: 'groups:read', write: 'groups:write' },
};
