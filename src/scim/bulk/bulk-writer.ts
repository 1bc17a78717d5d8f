import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { headersOf } from '../http/scim-responder.js';
import type { WriteContext } from '../identities/identity-store.js';
import type { DeliveryKey } from '../persistence/outbox-statements.js';
import type { BulkOperation } from '../protocol/bulk.js';
import { referenceIn, rewriteData } from '../protocol/bulk-references.js';
import { type Projection, readProjection } from '../protocol/project.js';
import type { JsonObject } from '../protocol/resource.js';
import { conflict } from '../protocol/scim-error.js';
import type { Shown, ResourceEndpoint } from '../resources/resource-endpoint.js';
import type { ServedResources } from '../resources/resource-endpoints.js';
import type { Addressed } from './bulk-address.js';
import { type Parted, toLinking, withoutLinks } from './bulk-circle.js';

/** An operation that was done. */
export interface Done {
  readonly status: number;
  readonly location: string;
  readonly version?: string;
}

/** An operation with where it goes. */
export interface Task extends Addressed {
  readonly operation: BulkOperation;
}

/** Whose request it is. */
export interface BulkAuthor {
  readonly organizationId: string;
  readonly tokenId: string;
  readonly requestId: string;
  /** As in `WriteContext`. */
  readonly onlyRemovals: string | undefined;
}

/** Does what operations say, with ids in the places of bulkIds. */
export class BulkWriter {
  /** What the request is to wait for at its end. */
  readonly later: DeliveryKey[] = [];
  /** By bulkId. Known before there is anything, so that what refers to each other in a circle can be written. */
  private readonly ids = new Map<string, string>();
  private readonly projections = new Map<ResourceEndpoint, Projection>();

  constructor(
    private readonly author: BulkAuthor,
    private readonly baseUrl: string,
  ) {}

  /** @throws whatever the endpoint throws. */
  async write(task: Task): Promise<Done> {
    const { operation, served } = task;
    const { endpoint } = served;
    if (task.method === 'POST') return this.create(task);
    const { version: ifMatch } = operation;
    const context = { ...this.contextFor(endpoint), ...(ifMatch === undefined ? {} : { ifMatch }) };
    const { organizationId } = this.author;
    const id = this.targetOf(operation);
    const data = this.dataOf(operation);
    switch (task.method) {
      case 'PUT':
        return { status: 200, ...metaOf(await endpoint.replace(organizationId, id, data, context)) };
      case 'PATCH':
        return { status: 200, ...metaOf((await endpoint.patch(organizationId, id, data, context)).resource) };
      case 'DELETE':
        await endpoint.delete(organizationId, id, context);
        return { status: 204, location: this.locationOf(operation, served) };
    }
  }

  /** Creations that do not refer to one another. Fewer outcomes than tasks: it ended there. */
  async writeMany(
    tasks: readonly Task[],
    mostErrors: number,
  ): Promise<readonly (Done | { readonly error: unknown })[]> {
    const [first] = tasks;
    const creations = tasks.map(({ operation }) => ({ id: this.idOf(operation), body: this.dataOf(operation) }));
    const context = { ...this.history(), later: this.later, mostErrors };
    const made = await first?.served.endpoint.createMany?.(this.author.organizationId, creations, context);
    return (made ?? []).map((one, place) => {
      if ('error' in one) return one;
      this.know(tasks[place]?.operation, one.id);
      return { status: 201, location: `${this.baseUrl}/${first?.served.path}/${one.id}`, version: one.version };
    });
  }

  /**
   * Creations that refer to one another in a circle: created first, linked after, in the caller's transaction.
   * @param onTurn told whose turn it is.
   */
  async writeCircle(tasks: readonly Task[], manager: EntityManager, onTurn: (task: Task) => void): Promise<Done[]> {
    const waiting = new Set(tasks.map(({ operation }) => operation.bulkId));
    const done: Done[] = [];
    const parted: Parted[] = [];
    for (const task of tasks) {
      onTurn(task);
      const { operation, served } = task;
      const part = withoutLinks(operation.data, served.endpoint.links, (bulkId) => waiting.has(bulkId));
      parted.push(part);
      done.push(await this.create({ ...task, operation: { ...operation, data: part.body } }, manager));
      waiting.delete(operation.bulkId);
    }
    for (const [index, task] of tasks.entries()) {
      const part = parted[index];
      if (!part || part.links.length === 0) continue;
      onTurn(task);
      done[index] = await this.link(task, part, manager);
    }
    return done;
  }

  /** Of the resource, where it is known which one. Where it is named by a bulkId, it must have been created. */
  locationOf(operation: BulkOperation, served: ServedResources | undefined): string {
    const target = operation.target === undefined ? '' : `/${this.targetOf(operation)}`;
    return `${this.baseUrl}/${served?.path ?? operation.endpoint}${target}`.slice(0, LONGEST_LOCATION);
  }

  private async create({ operation, served }: Task, manager?: EntityManager): Promise<Done> {
    const { endpoint } = served;
    const id = this.idOf(operation);
    const context = { ...this.contextFor(endpoint, manager), id };
    const resource = await endpoint.create(this.author.organizationId, this.dataOf(operation), context);
    const created = idIn(resource);
    // In a circle others hold the id that was announced.
    if (manager && created !== id) throw conflict('These resources have ids of their own and cannot be in a circle.');
    this.know(operation, created);
    return { status: 201, ...metaOf(resource) };
  }

  private async link({ operation, served }: Task, part: Parted, manager: EntityManager): Promise<Done> {
    const { endpoint } = served;
    const data = this.dataOf({ ...operation, method: 'PATCH', data: toLinking(part) });
    const context = this.contextFor(endpoint, manager);
    const { resource } = await endpoint.patch(this.author.organizationId, this.idOf(operation), data, context);
    return { status: 201, ...metaOf(resource) };
  }

  /** The answer shows none of the resource, so that none of it need be read. */
  private projectionOf(endpoint: ResourceEndpoint): Projection {
    const known = this.projections.get(endpoint);
    if (known) return known;
    const projection = readProjection({ attributes: 'id' }, endpoint.resourceType);
    this.projections.set(endpoint, projection);
    return projection;
  }

  private contextFor(endpoint: ResourceEndpoint, manager?: EntityManager): WriteContext & Shown {
    const projection = this.projectionOf(endpoint);
    return { ...this.history(), later: this.later, projection, ...(manager ? { manager } : {}) };
  }

  /** Who writes, and what may be written. */
  private history(): Pick<WriteContext, 'tokenId' | 'requestId' | 'onlyRemovals'> {
    const { tokenId, requestId, onlyRemovals } = this.author;
    return { tokenId, requestId, ...(onlyRemovals === undefined ? {} : { onlyRemovals }) };
  }

  private dataOf(operation: BulkOperation): unknown {
    return rewriteData(operation, (bulkId) => this.idFor(bulkId));
  }

  private targetOf({ target = '' }: BulkOperation): string {
    const bulkId = referenceIn(target);
    return bulkId === undefined ? target : this.idFor(bulkId);
  }

  private idOf({ bulkId }: BulkOperation): string {
    return bulkId === undefined ? randomUUID() : this.idFor(bulkId);
  }

  /** An endpoint may have ids of its own making. */
  private know(operation: BulkOperation | undefined, id: string): void {
    if (operation?.bulkId !== undefined) this.ids.set(operation.bulkId, id);
  }

  private idFor(bulkId: string): string {
    const id = this.ids.get(bulkId) ?? randomUUID();
    this.ids.set(bulkId, id);
    return id;
  }
}

const LONGEST_LOCATION = 1000;

function idIn(resource: JsonObject): string {
  const { id } = resource;
  if (typeof id !== 'string') throw new Error('A resource without an id was created.');
  return id;
}

function metaOf(resource: JsonObject): { location: string; version: string } {
  const { Location, ETag } = headersOf(resource);
  return { location: Location, version: ETag };
}
