import { Inject, Injectable } from '@nestjs/common';
import { countRows, type ListQuery, listRows, type ResourceTable, readSelection } from '../persistence/list-rows.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { walkRows } from '../persistence/walk-rows.js';
import { describeQuery } from '../protocol/cursor.js';
import type { ResourceType } from '../protocol/schemas/schema.js';
import { invalidValue } from '../protocol/scim-error.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { ScimCursors } from './scim-cursors.js';

/** The rows of a page, and what a list response says beside them. */
export interface RowList<Row> {
  readonly rows: readonly Row[];
  /** While a cursor walks: as counted for its first page. */
  readonly totalResults: number;
  /** Of a page by cursor, unless it is the last one. */
  readonly nextCursor?: string;
}

/** Lists of one resource type, by index and by cursor. */
@Injectable()
export class ResourceLists {
  constructor(
    private readonly database: ScimDatabase,
    private readonly cursors: ScimCursors,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  /** @throws ScimError 400 invalidFilter, invalidPath, invalidValue, invalidCursor, expiredCursor, invalidCount */
  async list<Row>(
    organizationId: string,
    resourceType: ResourceType,
    table: ResourceTable,
    query: ListQuery,
  ): Promise<RowList<Row>> {
    const selection = readSelection(query, resourceType, limitsOf(this.options));
    const { cursor } = query;
    if (cursor === undefined) return listRows<Row>(this.database, organizationId, table, selection);
    refuseBothMethods(query);
    const { filter, sort, count } = selection;
    const type = resourceType.name;
    const described = describeQuery(organizationId, resourceType.endpoint, [{ type, filter: filter ?? true, sort }]);
    const after = this.cursors.open(cursor, described, count);
    const { rows, end } = await walkRows<Row>(this.database, organizationId, table, { filter, sort, count, after });
    const isWhole = count > 0 && !end;
    const totalResults =
      after?.totalResults ?? (isWhole ? rows.length : await countRows(this.database, organizationId, table, filter));
    if (!end) return { rows, totalResults };
    return { rows, totalResults, nextCursor: this.cursors.seal({ ...end, type, count, totalResults }, described) };
  }
}

/** @throws ScimError 400 invalidValue */
export function refuseBothMethods({ cursor, startIndex }: ListQuery): void {
  if (cursor !== undefined && startIndex !== undefined) {
    throw invalidValue('A page is asked for by "cursor" or by "startIndex", not by both.');
  }
}
