import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ScimPaths } from '../http/scim-paths.js';
import { IdentitiesService } from '../identities/identities.service.js';
import { IdentityStore, type WriteContext } from '../identities/identity-store.js';
import type { IdentityRow } from '../persistence/identity-statements.js';
import { isId } from '../persistence/is-id.js';
import { findRows, type ListQuery, type ResourceTable } from '../persistence/list-rows.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { applyPatch } from '../protocol/apply-patch.js';
import { assignReadOnly } from '../protocol/assign-read-only.js';
import { readPatch } from '../protocol/read-patch.js';
import { readReplacement, readResource } from '../protocol/read-resource.js';
import { ResourceTypes } from '../protocol/resource-types.js';
import type { JsonObject } from '../protocol/resource.js';
import type { ScimUser } from '../protocol/resource-of.js';
import { ResourceLists } from '../resources/resource-lists.js';
import { toUserResource } from './user-resource.js';
import { userTable } from './user-table.js';

/** One page of users, and how many there are on all pages. */
export interface UserList<U extends ScimUser = ScimUser> {
  readonly resources: readonly U[];
  /** While a cursor walks: as counted for its first page. */
  readonly totalResults: number;
  /** Of a page by cursor, unless it is the last one. */
  readonly nextCursor?: string;
}

/**
 * SCIM Users of an organization: the same rules, transactions and events for the IdP's requests and for the host's own calls.
 *
 * A host with extensions of its own injects `UsersService<ScimUserOf<typeof badgeSchema>>`.
 */
@Injectable()
export class UsersService<U extends ScimUser = ScimUser> {
  constructor(
    private readonly database: ScimDatabase,
    private readonly store: IdentityStore,
    private readonly identities: IdentitiesService,
    private readonly paths: ScimPaths,
    private readonly resourceTypes: ResourceTypes,
    private readonly lists: ResourceLists,
  ) {}

  /**
   * @param user a User as RFC 7643 §4.1 writes it.
   * @throws ScimError 400 invalidSyntax, invalidValue; 409 uniqueness, or where the host refuses the removal.
   */
  async create(organizationId: string, user: unknown, context: WriteContext = {}): Promise<U> {
    const resource = readResource(user, this.resourceTypes.user);
    return this.render(await this.identities.create(organizationId, resource, context));
  }

  /** @param manager the transaction to read in, e.g. that of an event's handler. @throws ScimError 404 */
  async get(organizationId: string, id: string, manager?: EntityManager): Promise<U> {
    return this.render(await this.store.get(organizationId, id, manager));
  }

  /** Where users are, for queries over several resource types. */
  get table(): ResourceTable {
    return userTable(this.paths.baseUrl);
  }

  /** Those of these users that exist, in any order. */
  async find(organizationId: string, ids: readonly string[]): Promise<readonly U[]> {
    const found = await findRows<IdentityRow>(this.database, organizationId, this.table, ids.filter(isId));
    return found.map((identity) => this.render(identity));
  }

  /** @throws ScimError 400 invalidFilter, invalidPath, invalidValue; invalidCursor, expiredCursor, invalidCount */
  async list(organizationId: string, query: ListQuery = {}): Promise<UserList<U>> {
    const { rows, ...page } = await this.lists.list<IdentityRow>(
      organizationId,
      this.resourceTypes.user,
      this.table,
      query,
    );
    return { ...page, resources: rows.map((identity) => this.render(identity)) };
  }

  /**
   * RFC 7644 §3.5.1; `active` and `externalId` keep their value where `user` does not name them.
   * @throws ScimError 400; 404; 409 uniqueness, or where the host refuses the removal.
   */
  async replace(organizationId: string, id: string, user: unknown, context: WriteContext = {}): Promise<U> {
    const decide = (current: JsonObject): JsonObject => readReplacement(user, this.resourceTypes.user, current);
    return this.render(await this.identities.change(organizationId, id, decide, context));
  }

  /**
   * RFC 7644 §3.5.2, all operations or none.
   * @param patch a PatchOp message.
   * @throws ScimError 400; 404; 409 uniqueness, or where the host refuses the removal; 413.
   */
  async patch(organizationId: string, id: string, patch: unknown, context: WriteContext = {}): Promise<U> {
    const operations = readPatch(patch, this.resourceTypes.user);
    const decide = (current: JsonObject): JsonObject => applyPatch(current, operations, this.resourceTypes.user, id);
    return this.render(await this.identities.change(organizationId, id, decide, context));
  }

  /**
   * Values of readOnly attributes of extensions, which no client can write: the host's own. They stay when a client replaces
   * the user; where they change anything, that is a new version and an `updated` event.
   * @param values by the extension's URN, then by the attribute's name; null takes a value away.
   * @throws ScimError 400 invalidPath for an attribute that is not readOnly or not of an extension, invalidValue; 404; 409.
   */
  async assignReadOnly(organizationId: string, id: string, values: unknown, context: WriteContext = {}): Promise<U> {
    const decide = (current: JsonObject): JsonObject => assignReadOnly(current, values, this.resourceTypes.user);
    return this.render(await this.identities.change(organizationId, id, decide, context));
  }

  /** Deprovisions: unknown to SCIM from now on. @throws ScimError 404; 409 where the host refuses the removal. */
  async delete(organizationId: string, id: string, context: WriteContext = {}): Promise<void> {
    await this.identities.deprovision(organizationId, id, context);
  }

  private render(identity: IdentityRow): U {
    return toUserResource(identity, this.resourceTypes.user, this.paths.baseUrl) as U;
  }
}
