import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ScimRelay } from '../events/scim-relay.js';
import { ScimPaths } from '../http/scim-paths.js';
import { checkMayWrite } from '../identities/only-removals.js';
import type { WriteContext } from '../identities/identity-store.js';
import { changedAttributes } from '../identities/plan-change.js';
import { customSource } from '../persistence/custom-source.js';
import { RESOURCE, type ResourceRow, visibleRows } from '../persistence/custom-statements.js';
import { isId } from '../persistence/is-id.js';
import { findRows, type ListQuery, type ResourceTable } from '../persistence/list-rows.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { assignReadOnly } from '../protocol/assign-read-only.js';
import { applyPatch } from '../protocol/apply-patch.js';
import { checkVersion } from '../protocol/etag.js';
import { readPatch } from '../protocol/read-patch.js';
import { readReplacement, readResource } from '../protocol/read-resource.js';
import type { JsonObject, ResourceAttributes } from '../protocol/resource.js';
import { ResourceLists } from '../resources/resource-lists.js';
import { attributesOf, resourceTag, toCustomResource } from './custom-resource.js';
import { type CustomRows, CustomTables } from './custom-tables.js';
import { ResourceStore, type WrittenResource } from './resource-store.js';

/** One page of resources of a type, and how many there are on all pages. */
export interface CustomResourceList<R = JsonObject> {
  readonly resources: readonly R[];
  /** While a cursor walks: as counted for its first page. */
  readonly totalResults: number;
  /** Of a page by cursor, unless it is the last one. */
  readonly nextCursor?: string;
}

/** Guarded writes that may lose a race before the row is locked instead. */
const MOST_CONFLICTS = 3;

type Decision = (current: ResourceAttributes) => ResourceAttributes;

/**
 * Resources of the types that a host added (`resourceTypes`), of an organization: the same rules, transactions and events
 * for the IdP's requests and for the host's own calls. `resourceType` is the name of the type, e.g. `Device`; another one
 * than those of the module is an Error.
 *
 * A host may inject `ScimResourcesService<ResourceOf<typeof deviceSchema>>` where it works with one type.
 */
@Injectable()
export class ScimResourcesService<R = JsonObject> {
  constructor(
    private readonly database: ScimDatabase,
    private readonly store: ResourceStore,
    private readonly tables: CustomTables,
    private readonly relay: ScimRelay,
    private readonly paths: ScimPaths,
    private readonly lists: ResourceLists,
  ) {}

  /**
   * @param resource as its schema writes it.
   * @throws ScimError 400 invalidSyntax, invalidValue; 409 uniqueness.
   */
  async create(
    organizationId: string,
    resourceType: string,
    resource: unknown,
    context: WriteContext = {},
  ): Promise<R> {
    checkMayWrite(context);
    const rows = this.tables.of(resourceType);
    const attributes = readResource(resource, rows.table.resourceType);
    const { manager } = context;
    const written = await (manager
      ? manager.transaction((inner) =>
          this.store.insert(rows, organizationId, attributes, { ...context, manager: inner }),
        )
      : this.store.insert(rows, organizationId, attributes, context));
    return this.afterWrite(rows, written, context);
  }

  /** @param manager the transaction to read in, e.g. that of an event's handler. @throws ScimError 404 */
  async get(organizationId: string, resourceType: string, id: string, manager?: EntityManager): Promise<R> {
    const rows = this.tables.of(resourceType);
    return this.render(rows, await this.store.get(rows, organizationId, id, manager));
  }

  /** @throws ScimError 400 invalidFilter, invalidPath, invalidValue; invalidCursor, expiredCursor, invalidCount */
  async list(organizationId: string, resourceType: string, query: ListQuery = {}): Promise<CustomResourceList<R>> {
    const rows = this.tables.of(resourceType);
    const table = this.tableOf(resourceType);
    const list = await this.lists.list<ResourceRow>(organizationId, rows.table.resourceType, table, query);
    const { rows: found, ...page } = list;
    return { ...page, resources: found.map((row) => this.render(rows, row)) };
  }

  /** Those of these that there are, in any order. @param ids as SCIM shows them. */
  async find(organizationId: string, resourceType: string, ids: readonly string[]): Promise<readonly R[]> {
    const rows = this.tables.of(resourceType);
    const table = this.tableOf(resourceType);
    const found = await findRows<ResourceRow>(this.database, organizationId, table, ids.filter(isId));
    return found.map((row) => this.render(rows, row));
  }

  /**
   * RFC 7644 §3.5.1; `externalId` and what is immutable keep their value where `resource` does not name them.
   * @throws ScimError 400; 404; 409 uniqueness.
   */
  async replace(
    organizationId: string,
    resourceType: string,
    id: string,
    resource: unknown,
    context: WriteContext = {},
  ): Promise<R> {
    const rows = this.tables.of(resourceType);
    const decide: Decision = (current) => readReplacement(resource, rows.table.resourceType, current);
    return this.change(rows, [organizationId, id], decide, context);
  }

  /**
   * RFC 7644 §3.5.2, all operations or none.
   * @param patch a PatchOp message.
   * @throws ScimError 400; 404; 409 uniqueness; 413.
   */
  async patch(
    organizationId: string,
    resourceType: string,
    id: string,
    patch: unknown,
    context: WriteContext = {},
  ): Promise<R> {
    const rows = this.tables.of(resourceType);
    const operations = readPatch(patch, rows.table.resourceType);
    const decide: Decision = (current) => applyPatch(current, operations, rows.table.resourceType, id);
    return this.change(rows, [organizationId, id], decide, context);
  }

  /**
   * Values of readOnly attributes, which no client can write: the host's own. They stay when a client replaces the resource;
   * where they change anything, that is a new version and an `updated` event.
   * @param values by the URN of the schema or of an extension, then by the attribute's name; null takes a value away.
   * @throws ScimError 400 invalidPath for an attribute that is not readOnly, invalidValue; 404; 409.
   */
  async assignReadOnly(
    organizationId: string,
    resourceType: string,
    id: string,
    values: unknown,
    context: WriteContext = {},
  ): Promise<R> {
    const rows = this.tables.of(resourceType);
    const decide: Decision = (current) => assignReadOnly(current, values, rows.table.resourceType);
    return this.change(rows, [organizationId, id], decide, context);
  }

  /** @throws ScimError 404; 409 where a table of the host's still refers to it. */
  async delete(organizationId: string, resourceType: string, id: string, context: WriteContext = {}): Promise<void> {
    const rows = this.tables.of(resourceType);
    const remove = (row: ResourceRow, inner: WriteContext): Promise<WrittenResource | undefined> =>
      this.store.remove(rows, row, inner);
    this.announce(await this.guarded(rows, [organizationId, id], remove, context), context);
  }

  /** Where the resources of a type are, for queries. */
  tableOf(resourceType: string): ResourceTable {
    const { table } = this.tables.of(resourceType);
    const source = customSource(table, this.paths.baseUrl);
    return { columns: RESOURCE, name: table.name, visible: visibleRows(table), source };
  }

  private async change(
    rows: CustomRows,
    key: readonly [string, string],
    decide: Decision,
    context: WriteContext,
  ): Promise<R> {
    const write = async (row: ResourceRow, inner: WriteContext): Promise<WrittenResource | undefined> => {
      const before = attributesOf(row);
      const resource = decide(before);
      const changed = changedAttributes(before, resource);
      if (changed.length === 0) return { row, deliveries: [] };
      return this.store.update(rows, row, { resource, changed }, inner);
    };
    return this.afterWrite(rows, await this.guarded(rows, key, write, context), context);
  }

  /** Reads, and writes unless somebody else did meanwhile; after three times of that, or in a transaction, under a lock. */
  private async guarded(
    rows: CustomRows,
    [organizationId, id]: readonly [string, string],
    write: (row: ResourceRow, context: WriteContext) => Promise<WrittenResource | undefined>,
    context: WriteContext,
  ): Promise<WrittenResource> {
    checkMayWrite(context);
    for (let tries = 0; tries < MOST_CONFLICTS && !context.manager; tries += 1) {
      const row = await this.store.get(rows, organizationId, id);
      checkVersion(resourceTag(row), context.ifMatch);
      const written = await write(row, context);
      if (written) return written;
    }
    const locked = async (manager: EntityManager): Promise<WrittenResource> => {
      const row = await this.store.lock(rows, organizationId, id, manager);
      checkVersion(resourceTag(row), context.ifMatch);
      const written = await write(row, { ...context, manager });
      if (!written) throw new Error('A locked resource changed.');
      return written;
    };
    // Under a savepoint in the caller's: what is refused leaves nothing behind there either.
    return context.manager ? context.manager.transaction(locked) : this.database.transactionWithRetry(locked);
  }

  private afterWrite(rows: CustomRows, written: WrittenResource, context: WriteContext): R {
    this.announce(written, context);
    return this.render(rows, written.row);
  }

  /** These events cut no access: nobody waits for them. Inside the caller's transaction there is nothing to deliver yet. */
  private announce({ deliveries }: WrittenResource, { manager }: WriteContext): void {
    if (deliveries.length > 0 && !manager) this.relay.nudge();
  }

  /** The type follows from the schema that the resource was read by. */
  private render({ table }: CustomRows, row: ResourceRow): R {
    return toCustomResource(row, table.resourceType, this.paths.baseUrl) as R;
  }
}
