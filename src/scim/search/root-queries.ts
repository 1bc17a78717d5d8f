import { Inject, Injectable } from '@nestjs/common';
import {
  countAcross,
  listAcross,
  type PageAcross,
  type Part,
  type PositionAcross,
  sortsAlike,
} from '../persistence/list-across.js';
import { cappedCount, type ListQuery } from '../persistence/list-rows.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { hasAttribute } from '../protocol/attribute-path.js';
import { describeQuery, type QueryPart } from '../protocol/cursor.js';
import { readFilterOfType } from '../protocol/filter/filter-of-type.js';
import { project } from '../protocol/project.js';
import type { JsonObject } from '../protocol/resource.js';
import type { ResourceType } from '../protocol/schemas/schema.js';
import { invalidPath } from '../protocol/scim-error.js';
import { readSort, type Sort } from '../protocol/sort.js';
import { refuseBothMethods } from '../resources/resource-lists.js';
import type { ResourceEndpoint, ResourceList, Shown } from '../resources/resource-endpoint.js';
import { ScimCursors } from '../resources/scim-cursors.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';

/** A resource type that is searched, and what the answer shows of its resources. */
export interface Searched extends Shown {
  readonly endpoint: ResourceEndpoint;
}

/** What a page came to be: where its resources are, and what a list response says beside them. */
type Found = Omit<ResourceList, 'resources'> & { readonly places: readonly PositionAcross[] };

/**
 * RFC 7644 §3.4.2.1: one list of the resources of several types. The database filters, sorts, counts and pages over the ids
 * of all types; then each type reads and renders its resources of that page.
 */
@Injectable()
export class RootQueries {
  constructor(
    private readonly database: ScimDatabase,
    private readonly cursors: ScimCursors,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  /**
   * @returns resources with what is shown of them.
   * @throws ScimError 400 invalidFilter, invalidPath, invalidValue, invalidCursor, expiredCursor, invalidCount
   */
  async list(organizationId: string, searched: readonly Searched[], query: ListQuery): Promise<ResourceList> {
    const { places, ...page } = await this.find(organizationId, searched, query);
    const shown = await Promise.all(searched.map((each) => showOf(organizationId, each, places)));
    const byPlace = new Map(shown.flat());
    // Without those that were removed after the page was found.
    const resources = places.map((place) => byPlace.get(keyOf(place))).filter((resource) => resource !== undefined);
    return { ...page, resources };
  }

  private async find(organizationId: string, searched: readonly Searched[], query: ListQuery): Promise<Found> {
    const types = searched.map(({ endpoint }) => endpoint.resourceType);
    const asked = types.map((resourceType) => askOf(resourceType, types, query));
    const parts = searched.flatMap(({ endpoint }, index) => toPart(endpoint, asked[index]));
    if (!sortsAlike(parts)) {
      throw invalidPath(
        'The attribute of "sortBy" is of another type in another resource type: put its URN before it.',
      );
    }
    const count = cappedCount(query, limitsOf(this.options));
    const { cursor, startIndex = 1 } = query;
    if (cursor !== undefined) {
      refuseBothMethods(query);
      const described = describeQuery(organizationId, '/', asked);
      return this.walk(organizationId, parts, described, { cursor, count });
    }
    const page = { count, skipped: Math.max(startIndex, 1) - 1 };
    const places = await listAcross(this.database, organizationId, parts, page);
    return { places, totalResults: await this.total(organizationId, parts, places, page) };
  }

  private async walk(
    organizationId: string,
    parts: readonly Part[],
    described: string,
    { cursor, count }: { readonly cursor: string; readonly count: number },
  ): Promise<Found> {
    const after = this.cursors.open(cursor, described, count);
    // One more than is shown, to know whether there is another page.
    const page = { count: count === 0 ? 0 : count + 1, after };
    const found = await listAcross(this.database, organizationId, parts, page);
    const places = found.slice(0, count);
    const last = found.length > count ? places.at(-1) : undefined;
    const totalResults = after?.totalResults ?? (await this.total(organizationId, parts, found, page));
    if (!last) return { places, totalResults };
    return { places, totalResults, nextCursor: this.cursors.seal({ ...last, count, totalResults }, described) };
  }

  /** A page that is not full shows by itself how many there are. */
  private async total(
    organizationId: string,
    parts: readonly Part[],
    places: readonly PositionAcross[],
    { count, skipped = 0 }: PageAcross,
  ): Promise<number> {
    const isLast = places.length < count && (places.length > 0 || skipped === 0);
    return isLast ? skipped + places.length : countAcross(this.database, organizationId, parts);
  }
}

/** @throws ScimError 400 invalidFilter, invalidPath, invalidValue */
function askOf(resourceType: ResourceType, types: readonly ResourceType[], query: ListQuery): QueryPart {
  const others = types.filter((type) => type !== resourceType);
  const sort = readSort(query, resourceType, ...others);
  return {
    type: resourceType.name,
    filter: query.filter === undefined ? true : readFilterOfType(query.filter, resourceType, others),
    sort: sort && sortOf(sort, resourceType),
  };
}

const sortOf = (sort: Sort, resourceType: ResourceType): Sort | 'none' =>
  hasAttribute(resourceType, sort.target) ? sort : 'none';

/** None for a type of which nothing can be found. */
function toPart({ table }: ResourceEndpoint, asked: QueryPart | undefined): readonly Part[] {
  if (!asked || asked.filter === false) return [];
  const { type, filter, sort } = asked;
  return [{ type, table, sort, filter: filter === true ? undefined : filter }];
}

/** A type's resources of a page, as they are answered, by their place in it. */
async function showOf(
  organizationId: string,
  { endpoint, projection }: Searched,
  places: readonly PositionAcross[],
): Promise<readonly (readonly [string, JsonObject])[]> {
  const { resourceType } = endpoint;
  const ids = places.filter(({ type }) => type === resourceType.name).map(({ id }) => id);
  const resources = ids.length === 0 ? [] : await endpoint.find(organizationId, ids, { projection });
  return resources.map((resource) => {
    const { id } = resource;
    if (typeof id !== 'string') throw new Error(`A ${resourceType.name} without an id.`);
    return [keyOf({ type: resourceType.name, id }), project(resource, projection, resourceType)];
  });
}

const keyOf = ({ type, id }: { readonly type: string; readonly id: string }): string => `${type} ${id}`;
