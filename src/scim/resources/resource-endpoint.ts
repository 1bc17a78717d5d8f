import type { WriteContext } from '../identities/identity-store.js';
import type { ListQuery } from '../persistence/list-rows.js';
import type { Projection } from '../protocol/project.js';
import type { JsonObject } from '../protocol/resource.js';
import type { ResourceType } from '../protocol/schemas/schema.js';

/** Resources of one type: a page of them, and how many there are on all pages. */
export interface ResourceList {
  readonly resources: readonly JsonObject[];
  readonly totalResults: number;
}

/** What an answer will show: what it does not, need not be read. */
export interface Shown {
  readonly projection: Projection;
}

/**
 * What the HTTP endpoints ask of a resource type (RFC 7644 §3.2). Bodies are as clients send them, answers are complete
 * resources that the caller projects; each method throws ScimErrors.
 */
export interface ResourceEndpoint {
  readonly resourceType: ResourceType;
  /** Bytes of a request body. */
  readonly bodyBytes: number;
  list(organizationId: string, query: ListQuery & Shown): Promise<ResourceList>;
  get(organizationId: string, id: string, shown: Shown): Promise<JsonObject>;
  create(organizationId: string, body: unknown, context: WriteContext & Shown): Promise<JsonObject>;
  replace(organizationId: string, id: string, body: unknown, context: WriteContext & Shown): Promise<JsonObject>;
  patch(organizationId: string, id: string, body: unknown, context: WriteContext & Shown): Promise<PatchAnswer>;
  delete(organizationId: string, id: string, context: WriteContext): Promise<void>;
}

/** RFC 7644 §3.5.2 leaves it to the service provider whether a PATCH answers with the resource. */
export interface PatchAnswer {
  readonly resource: JsonObject;
  /** False: 204, with the headers of the resource only. */
  readonly isShown: boolean;
}
