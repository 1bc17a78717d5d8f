import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ScimPaths } from '../http/scim-paths.js';
import { IdentitiesService } from '../identities/identities.service.js';
import { IdentityStore, type WriteContext } from '../identities/identity-store.js';
import { identitySource } from '../persistence/identity-source.js';
import { IDENTITY, type IdentityRow } from '../persistence/identity-statements.js';
import { type ListQuery, listRows, readSelection } from '../persistence/list-rows.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { applyPatch } from '../protocol/apply-patch.js';
import { readPatch } from '../protocol/read-patch.js';
import { readReplacement, readResource } from '../protocol/read-resource.js';
import { ResourceTypes } from '../protocol/resource-types.js';
import type { JsonObject } from '../protocol/resource.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { toUserResource } from './user-resource.js';

const LIVE = `i.state <> 'deprovisioned'`;

/** One page of users, and how many there are on all pages. */
export interface UserList {
  readonly resources: readonly JsonObject[];
  readonly totalResults: number;
}

/** SCIM Users of an organization: the same rules, transactions and events for the IdP's requests and for the host's own calls. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: ScimDatabase,
    private readonly store: IdentityStore,
    private readonly identities: IdentitiesService,
    private readonly paths: ScimPaths,
    private readonly resourceTypes: ResourceTypes,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  /**
   * @param user a User as RFC 7643 §4.1 writes it.
   * @throws ScimError 400 invalidSyntax, invalidValue; 409 uniqueness, or where the host refuses the removal.
   */
  async create(organizationId: string, user: unknown, context: WriteContext = {}): Promise<JsonObject> {
    const resource = readResource(user, this.resourceTypes.user);
    return this.render(await this.identities.create(organizationId, resource, context));
  }

  /** @param manager the transaction to read in, e.g. that of an event's handler. @throws ScimError 404 */
  async get(organizationId: string, id: string, manager?: EntityManager): Promise<JsonObject> {
    return this.render(await this.store.get(organizationId, id, manager));
  }

  /** @throws ScimError 400 invalidFilter, invalidPath, invalidValue */
  async list(organizationId: string, query: ListQuery = {}): Promise<UserList> {
    const selection = readSelection(query, this.resourceTypes.user, limitsOf(this.options));
    const table = {
      columns: IDENTITY,
      name: 'scim_identity',
      visible: LIVE,
      source: identitySource(this.paths.baseUrl),
    };
    const { rows, totalResults } = await listRows<IdentityRow>(this.database, organizationId, table, selection);
    return { resources: rows.map((identity) => this.render(identity)), totalResults };
  }

  /**
   * RFC 7644 §3.5.1; `active` and `externalId` keep their value where `user` does not name them.
   * @throws ScimError 400; 404; 409 uniqueness, or where the host refuses the removal.
   */
  async replace(organizationId: string, id: string, user: unknown, context: WriteContext = {}): Promise<JsonObject> {
    const decide = (current: JsonObject): JsonObject => readReplacement(user, this.resourceTypes.user, current);
    return this.render(await this.identities.change(organizationId, id, decide, context));
  }

  /**
   * RFC 7644 §3.5.2, all operations or none.
   * @param patch a PatchOp message.
   * @throws ScimError 400; 404; 409 uniqueness, or where the host refuses the removal; 413.
   */
  async patch(organizationId: string, id: string, patch: unknown, context: WriteContext = {}): Promise<JsonObject> {
    const operations = readPatch(patch, this.resourceTypes.user);
    const decide = (current: JsonObject): JsonObject => applyPatch(current, operations, this.resourceTypes.user, id);
    return this.render(await this.identities.change(organizationId, id, decide, context));
  }

  /** Deprovisions: unknown to SCIM from now on. @throws ScimError 404; 409 where the host refuses the removal. */
  async delete(organizationId: string, id: string, context: WriteContext = {}): Promise<void> {
    await this.identities.deprovision(organizationId, id, context);
  }

  private render(identity: IdentityRow): JsonObject {
    return toUserResource(identity, this.resourceTypes.user, this.paths.baseUrl);
  }
}
