import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { UserDeactivated, UserLinked, UserProvisioned, UserUnlinked } from '../events/scim-events.js';
import { ensureConnection } from '../persistence/connection-statements.js';
import type { IdentityRow, StoredIdentity } from '../persistence/identity-statements.js';
import { isId } from '../persistence/is-id.js';
import {
  findIdentity,
  insertIdentity,
  insertUnprovenIdentity,
  lockForRemoval,
  lockIdentity,
  updateIdentity,
} from '../persistence/identity-statements.js';
import type { DeliveryKey } from '../persistence/outbox-statements.js';
import { violatedIndex } from '../persistence/database-errors.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { uniqueParameter, uniqueViolation } from '../persistence/unique-values.js';
import { ResourceTypes } from '../protocol/resource-types.js';
import type { ResourceAttributes } from '../protocol/resource.js';
import { notFound, type ScimError, uniqueness } from '../protocol/scim-error.js';
import { type Happening, toEvents } from './identity-events.js';
import { coreAttributesOf, type IdentityValues, toParameters } from './identity-values.js';
import type { IdentityPlan } from './plan-change.js';

/** Who writes, for the history; and the transaction to write in, if the caller has one. */
export interface WriteContext {
  readonly tokenId?: string;
  readonly requestId?: string;
  /** Account id of the admin, where no request of the identity provider is the cause. Not kept of bulk requests. */
  readonly actorId?: string;
  /** An `If-Match` condition (RFC 7644 §3.14): 412 where it does not name the version there is. */
  readonly ifMatch?: string;
  readonly manager?: EntityManager;
  /** For a resource that others refer to before it is created (bulk). Default: a new one. */
  readonly id?: string;
  /** Takes what the request is to wait for, where the caller delivers it at the end of several writes (bulk). */
  readonly later?: DeliveryKey[];
  /** Nothing is done but what takes a user out: all else is 403 with this detail. Default: everything is done. */
  readonly onlyRemovals?: string;
}

/** The last parameters of every statement that writes events: token id, request id. */
export const toHistory = ({ tokenId, requestId }: Pick<WriteContext, 'tokenId' | 'requestId'>): readonly unknown[] => [
  tokenId ?? null,
  requestId ?? null,
];

/** They change nothing that SCIM shows. */
const HIDDEN: ReadonlySet<string> = new Set([UserLinked.type, UserUnlinked.type]);

/** What a write left behind. */
export interface Written {
  readonly identity: IdentityRow;
  readonly deliveries: readonly DeliveryKey[];
}

/** Identities in the database: each write is one statement together with its events. */
@Injectable()
export class IdentityStore {
  constructor(
    private readonly database: ScimDatabase,
    private readonly resourceTypes: ResourceTypes,
  ) {}

  /** @throws ScimError 404 for every id that is not a live identity of this organization. */
  async get(organizationId: string, id: string, manager?: EntityManager): Promise<IdentityRow> {
    return this.find(findIdentity, organizationId, id, manager);
  }

  /** The same under a row lock, in a transaction. */
  async lock(organizationId: string, id: string, manager: EntityManager): Promise<IdentityRow> {
    return this.find(lockIdentity, organizationId, id, manager);
  }

  /** The same before it is deprovisioned: after those who are making it a member of a group. */
  async lockForRemoval(organizationId: string, id: string, manager: EntityManager): Promise<IdentityRow> {
    return this.find(lockForRemoval, organizationId, id, manager);
  }

  /**
   * Undefined where a login proved before whose identity it is, or where the organization has no connection row yet: nothing
   * was written. @throws ScimError 409 uniqueness.
   */
  async insertUnproven(
    organizationId: string,
    values: IdentityValues,
    ssoConnectionId: string | null,
    context: WriteContext,
  ): Promise<Written | undefined> {
    const parameters = [...this.insertion(organizationId, values, context), ssoConnectionId];
    return this.write(insertUnprovenIdentity, parameters, values.resource, context);
  }

  /** @throws ScimError 409 uniqueness. */
  async insert(organizationId: string, values: IdentityValues, context: WriteContext): Promise<Written> {
    const parameters = this.insertion(organizationId, values, context);
    const written = await this.write(insertIdentity, parameters, values.resource, context);
    if (written) return written;
    await this.database.run(ensureConnection, [organizationId, randomUUID(), randomBytes(32)], context.manager);
    const second = await this.write(insertIdentity, parameters, values.resource, context);
    if (!second) throw new Error('The organization has no SCIM connection.');
    return second;
  }

  /** Undefined where somebody else wrote since `identity` was read. @throws ScimError 409 uniqueness. */
  async update(identity: StoredIdentity, plan: IdentityPlan, context: WriteContext): Promise<Written | undefined> {
    const { organizationId, id, eventSeq, version } = identity;
    const shown = plan.happenings.some(({ type }) => !HIDDEN.has(type));
    const at = { eventSeq, version: version + (shown ? 1 : 0), actorId: context.actorId };
    const events = toEvents(plan.happenings, plan.after, at);
    const values = [
      ...toParameters(plan.after, this.resourceTypes.user),
      JSON.stringify(events),
      ...toHistory(context),
      shown,
      uniqueParameter(this.resourceTypes.user),
    ];
    return this.write(updateIdentity, [organizationId, id, eventSeq, ...values], plan.after.resource, context);
  }

  private insertion(organizationId: string, values: IdentityValues, context: WriteContext): readonly unknown[] {
    const events = toEvents(creation(values), values, { eventSeq: 0, version: 1, actorId: context.actorId });
    return [
      organizationId,
      context.id ?? randomUUID(),
      ...toParameters(values, this.resourceTypes.user),
      JSON.stringify(events),
      ...toHistory(context),
      uniqueParameter(this.resourceTypes.user),
    ];
  }

  private async find(
    statement: typeof findIdentity,
    organizationId: string,
    id: string,
    manager?: EntityManager,
  ): Promise<IdentityRow> {
    // Anything but a uuid of ours would be an error of the database, not an unknown id.
    const [identity] = isId(id) ? await this.database.run<IdentityRow>(statement, [organizationId, id], manager) : [];
    if (!identity) throw notFound(`There is no User with the id ${id.slice(0, 100)}.`);
    return identity;
  }

  private async write(
    statement: typeof insertIdentity,
    parameters: readonly unknown[],
    resource: ResourceAttributes,
    { manager }: WriteContext,
  ): Promise<Written | undefined> {
    try {
      const [row] = await this.database.run<IdentityRow & { deliveries: DeliveryKey[] }>(
        statement,
        parameters,
        manager,
      );
      if (!row) return undefined;
      const { deliveries, ...identity } = row;
      return { identity, deliveries };
    } catch (error) {
      throw uniqueViolation(error, resource, this.resourceTypes.user) ?? translateViolation(error, resource);
    }
  }
}

/** What the creation of an identity is told as. */
export function creation({ accountId, resource }: IdentityValues): readonly Happening[] {
  const happenings: Happening[] = [{ type: UserProvisioned.type, changed: Object.keys(resource) }];
  if (accountId === null) return happenings;
  happenings.push({ type: UserLinked.type, changed: [] });
  // Created inactive over a person who is in already: that person is to be out.
  if (!coreAttributesOf(resource).active) happenings.push({ type: UserDeactivated.type, changed: ['active'] });
  return happenings;
}

export const userNameTaken = (userName: string): ScimError =>
  uniqueness(`There is already a User with the userName "${userName}".`);

export const externalIdTaken = (externalId: string | null): ScimError =>
  uniqueness(`There is already a User with the externalId "${externalId}".`);

function translateViolation(error: unknown, resource: ResourceAttributes): unknown {
  const { userName, externalId } = coreAttributesOf(resource);
  switch (violatedIndex(error)) {
    case 'scim_identity_live_user_name':
      return userNameTaken(userName);
    case 'scim_identity_live_external_id':
      return externalIdTaken(externalId);
    default:
      return error;
  }
}
