import type { BatchContext } from '../identities/identity-batches.js';
import type { WriteContext } from '../identities/identity-store.js';
import type { ListQuery, ResourceTable } from '../persistence/list-rows.js';
import type { Projection } from '../protocol/project.js';
import type { JsonObject } from '../protocol/resource.js';
import type { ResourceType } from '../protocol/schemas/schema.js';

/** Resources of one type: a page of them, and how many there are on all pages. */
export interface ResourceList {
  readonly resources: readonly JsonObject[];
  /** While a cursor walks: as counted for its first page. */
  readonly totalResults: number;
  /** Of a page by cursor (`query.cursor`), unless it is the last one. */
  readonly nextCursor?: string;
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
  /** Where its resources are, for queries over several resource types. */
  readonly table: ResourceTable;
  /** A page by index, or by cursor where the query has one: `ResourceLists` does both. */
  list(organizationId: string, query: ListQuery & Shown): Promise<ResourceList>;
  /** Those of these that exist in the organization, in any order; for a page of a query over several resource types. */
  find(organizationId: string, ids: readonly string[], shown: Shown): Promise<readonly JsonObject[]>;
  get(organizationId: string, id: string, shown: Shown): Promise<JsonObject>;
  create(organizationId: string, body: unknown, context: WriteContext & Shown): Promise<JsonObject>;
  replace(organizationId: string, id: string, body: unknown, context: WriteContext & Shown): Promise<JsonObject>;
  patch(organizationId: string, id: string, body: unknown, context: WriteContext & Shown): Promise<PatchAnswer>;
  delete(organizationId: string, id: string, context: WriteContext): Promise<void>;
  /**
   * Names of multi-valued attributes whose values must be ids of resources that are there already: what refers to each
   * other in a circle gets them after it was created. Default: none.
   */
  readonly links?: readonly string[];
  /** Many creations, each as if it were one after the other, in less time than that. Default: one after the other. */
  createMany?(
    organizationId: string,
    creations: readonly Creation[],
    context: BatchContext,
  ): Promise<readonly CreationOutcome[]>;
}

/** One of many creations. */
export interface Creation {
  readonly id: string;
  readonly body: unknown;
}

/** What became of it: the resource's id and version, or what was thrown. */
export type CreationOutcome = { readonly id: string; readonly version: string } | { readonly error: unknown };

/** RFC 7644 §3.5.2 leaves it to the service provider whether a PATCH answers with the resource. */
export interface PatchAnswer {
  readonly resource: JsonObject;
  /** False: 204, with the headers of the resource only. */
  readonly isShown: boolean;
}
