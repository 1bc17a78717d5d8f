import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ResourceCreated, ResourceDeleted, ResourceUpdated } from '../events/scim-events.js';
import { toHistory, type WriteContext } from '../identities/identity-store.js';
import { ensureConnection } from '../persistence/connection-statements.js';
import { columnValue, valueAt } from '../persistence/custom-columns.js';
import type { ResourceRow } from '../persistence/custom-statements.js';
import type { CustomTable } from '../persistence/custom-table.js';
import { type BrokenRule, brokenRule } from '../persistence/database-errors.js';
import { pathOf } from '../persistence/filter-to-sql.js';
import { isId } from '../persistence/is-id.js';
import type { DeliveryKey, NewEvent } from '../persistence/outbox-statements.js';
import { ScimDatabase, type Statement } from '../persistence/scim-database.js';
import { toSearchDocument } from '../persistence/search-document.js';
import { uniqueParameter, uniqueViolation } from '../persistence/unique-values.js';
import type { Json, ResourceAttributes } from '../protocol/resource.js';
import { conflict, invalidValue, notFound, uniqueness } from '../protocol/scim-error.js';
import { attributesOf } from './custom-resource.js';
import type { CustomRows } from './custom-tables.js';

/** What a write left behind. */
export interface WrittenResource {
  readonly row: ResourceRow;
  readonly deliveries: readonly DeliveryKey[];
}

/** A resource to be, and which of its attributes are new. */
export interface ResourceChange {
  readonly resource: ResourceAttributes;
  readonly changed: readonly string[];
}

/** Resources of custom types in the database: each write is one statement together with its event. */
@Injectable()
export class ResourceStore {
  constructor(private readonly database: ScimDatabase) {}

  /** @throws ScimError 404 for every id that is not a resource of this type and organization. */
  async get(rows: CustomRows, organizationId: string, id: string, manager?: EntityManager): Promise<ResourceRow> {
    return this.find(rows, rows.statements.find, [organizationId, id], manager);
  }

  /** The same under a row lock, in a transaction. */
  async lock(rows: CustomRows, organizationId: string, id: string, manager: EntityManager): Promise<ResourceRow> {
    return this.find(rows, rows.statements.lock, [organizationId, id], manager);
  }

  /** @throws ScimError 409 uniqueness; 400 invalidValue where the table's own rules refuse a value. */
  async insert(
    rows: CustomRows,
    organizationId: string,
    resource: ResourceAttributes,
    context: WriteContext,
  ): Promise<WrittenResource> {
    const { table, statements } = rows;
    const event = newEvent(ResourceCreated.type, table, 1, { resource, changed: Object.keys(resource) });
    const parameters = [
      organizationId,
      context.id ?? randomUUID(),
      event,
      ...toHistory(context),
      ...toParameters(resource, table),
      ...columnValues(resource, table),
    ];
    const write = (): Promise<WrittenResource | undefined> =>
      this.write(statements.insert, parameters, context.manager).catch((error: unknown) => {
        throw translate(error, resource, table);
      });
    const written = await write();
    if (written) return written;
    await this.database.run(ensureConnection, [organizationId, randomUUID(), randomBytes(32)], context.manager);
    const second = await write();
    if (!second) throw new Error('The organization has no SCIM connection.');
    return second;
  }

  /** Undefined where somebody else wrote since `row` was read. @throws ScimError as `insert` */
  async update(
    { table, statements }: CustomRows,
    row: ResourceRow,
    change: ResourceChange,
    context: WriteContext,
  ): Promise<WrittenResource | undefined> {
    const { organizationId, id, version } = row;
    const { resource } = change;
    const event = newEvent(ResourceUpdated.type, table, version + 1, change);
    const parameters = [
      organizationId,
      id,
      event,
      ...toHistory(context),
      ...toParameters(resource, table),
      version,
      ...columnValues(resource, table),
    ];
    try {
      return await this.write(statements.update, parameters, context.manager);
    } catch (error) {
      throw translate(error, resource, table);
    }
  }

  /** Undefined where somebody else wrote since `row` was read. @throws ScimError 409 where the host's tables still refer to it. */
  async remove(
    { table, statements }: CustomRows,
    row: ResourceRow,
    context: WriteContext,
  ): Promise<WrittenResource | undefined> {
    const resource = attributesOf(row);
    const event = newEvent(ResourceDeleted.type, table, row.version + 1, { resource, changed: [] });
    const parameters = [row.organizationId, row.id, event, ...toHistory(context), row.version];
    try {
      return await this.write(statements.remove, parameters, context.manager);
    } catch (error) {
      if (brokenRule(error)?.type !== 'reference') throw error;
      throw conflict(`The ${table.resourceType.name} is still in use.`);
    }
  }

  private async find(
    { table }: CustomRows,
    statement: Statement,
    [organizationId, id]: readonly [string, string],
    manager?: EntityManager,
  ): Promise<ResourceRow> {
    // Anything but a uuid of ours would be an error of the database, not an unknown id.
    const [row] = isId(id) ? await this.database.run<ResourceRow>(statement, [organizationId, id], manager) : [];
    if (!row) throw notFound(`There is no ${table.resourceType.name} with the id ${id.slice(0, 100)}.`);
    return row;
  }

  private async write(
    statement: Statement,
    parameters: readonly unknown[],
    manager: EntityManager | undefined,
  ): Promise<WrittenResource | undefined> {
    const [written] = await this.database.run<ResourceRow & { deliveries: DeliveryKey[] }>(
      statement,
      parameters,
      manager,
    );
    if (!written) return undefined;
    const { deliveries, ...row } = written;
    return { row, deliveries };
  }
}

/** External id, attributes, search document, unique attributes. */
function toParameters(
  resource: ResourceAttributes,
  { resourceType, elsewhereUnique }: CustomTable,
): readonly unknown[] {
  const { externalId = null, ...attributes } = resource;
  const search = toSearchDocument(resource, resourceType);
  return [externalId, JSON.stringify(attributes), JSON.stringify(search), uniqueParameter(elsewhereUnique)];
}

const columnValues = (resource: ResourceAttributes, { columns }: CustomTable): readonly unknown[] =>
  columns.map((column) => columnValue(column, resource));

/** As the statements take it: a list of one. */
function newEvent(
  type: string,
  { resourceType }: CustomTable,
  version: number,
  { resource, changed }: ResourceChange,
): string {
  const { externalId } = resource;
  const personal: Record<string, Json> = { attributes: resource, ...(externalId === undefined ? {} : { externalId }) };
  const payload = { resourceType: resourceType.name, version, changed };
  // Each change is one event, so that the version counts both.
  const event: NewEvent = { id: randomUUID(), sequence: version, type, terminal: false, payload, personal };
  return JSON.stringify([event]);
}

/** The keys and rules of the table are the host's own: what they refuse is the client's value, and not our mistake. */
function translate(error: unknown, resource: ResourceAttributes, table: CustomTable): unknown {
  const taken = uniqueViolation(error, resource, table.elsewhereUnique);
  if (taken) return taken;
  const broken = brokenRule(error);
  if (!broken || !isOfTable(broken, table)) return error;
  const { name } = table.resourceType;
  const rule = broken.constraint === undefined ? '' : ` (${broken.constraint})`;
  if (broken.type !== 'unique') return invalidValue(`A value is not possible for a ${name}${rule}.`);
  const values = (table.uniques.get(broken.constraint ?? '') ?? []).map(
    (target) => `${pathOf(target)} ${JSON.stringify(valueAt(target, resource))}`,
  );
  return uniqueness(
    `There is already a ${name} with the ${values.length > 0 ? values.join(' and the ') : `same values${rule}`}.`,
  );
}

/** Errors about a value that no column could take name no table. */
const isOfTable = ({ table }: BrokenRule, { plainName }: CustomTable): boolean =>
  table === undefined || table === plainName || table === 'scim_unique_value';
