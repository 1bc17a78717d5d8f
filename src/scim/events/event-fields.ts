import type { IdentityState } from '../persistence/entities/provisioned-identity.entity.js';
import type { ResourceAttributes } from '../protocol/resource.js';

/**
 * What every event tells. Delivered at least once, in the order of `sequence` within one identity, group, resource, token or
 * connection. `Event` is the kind of event that extends it, and all but its type is given to it.
 */
abstract class CommonFields<Event> {
  /** E.g. `scim.user.deprovisioned`. */
  abstract readonly type: string;
  /** Stable over redeliveries. */
  readonly id: string;
  readonly organizationId: string;
  /**
   * When the change was written, to the millisecond, by the database's clock; the commit came moments later. Among the
   * events of one identity, group, resource, token or connection it never runs back.
   */
  readonly occurredAt: Date;
  /** 1, 2, 3 … within the identity, group, resource, token or connection. */
  readonly sequence: number;
  /** The SCIM token whose request caused it. */
  readonly tokenId?: string;
  readonly requestId?: string;

  constructor(fields: Omit<Event, 'type'>) {
    Object.assign(this, fields);
  }
}

/** An event about an identity: its state after the change. */
export abstract class UserEvent extends CommonFields<UserEvent> {
  readonly identityId: string;
  /** The host's account, where a login linked one; with `scim.user.unlinked` the one that was linked until now. */
  readonly accountId?: string;
  /** Empty where the person was erased before the event was delivered, and with `scim.user.erased`. */
  readonly userName: string;
  readonly externalId?: string;
  readonly state: IdentityState;
  readonly version: number;
  /** Names of the attributes that changed. */
  readonly changed: readonly string[];
  /** All attributes after the change; with `scim.user.provisioned` and `scim.user.updated` only. */
  readonly attributes?: ResourceAttributes;
  /** Account id of the admin who did it, where it was one. */
  readonly actorId?: string;
}

/** What a user event is made of. */
export type UserEventFields = Omit<UserEvent, 'type'>;

/** An event about a token; never anything of its secret. */
export abstract class TokenEvent extends CommonFields<TokenEvent> {
  readonly subjectTokenId: string;
  readonly label?: string;
  readonly hint: string;
  /** Account id of the admin who did it. */
  readonly actorId?: string;
}

/** What a token event is made of. */
export type TokenEventFields = Omit<TokenEvent, 'type'>;

/** An event about a group: its state after the change. */
export abstract class GroupEvent extends CommonFields<GroupEvent> {
  readonly groupId: string;
  /** For people; never what rights hang on. */
  readonly displayName: string;
  readonly externalId?: string;
  readonly version: number;
  /** Names of the attributes that changed. */
  readonly changed: readonly string[];
  /** Ids of users and groups that became members; with `created` and `members_changed`. */
  readonly added?: readonly string[];
  /** Ids of users and groups that ceased to be members; with `created` and `members_changed`. */
  readonly removed?: readonly string[];
}

/** What a group event is made of. */
export type GroupEventFields = Omit<GroupEvent, 'type'>;

/** An event about a resource of a type of the host's own: its state after the change. */
export abstract class ResourceEvent extends CommonFields<ResourceEvent> {
  /** Name of the type, e.g. `Device`. */
  readonly resourceType: string;
  readonly resourceId: string;
  readonly externalId?: string;
  readonly version: number;
  /** Names of the attributes that changed. */
  readonly changed: readonly string[];
  /** All attributes after the change; with `scim.resource.deleted` as they were last. Absent once they were erased. */
  readonly attributes?: ResourceAttributes;
}

/** What an event about a resource of the host's own type is made of. */
export type ResourceEventFields = Omit<ResourceEvent, 'type'>;

/** An event about an organization's connection with its identity provider. */
export abstract class ConnectionEvent extends CommonFields<ConnectionEvent> {
  readonly connectionId: string;
  /** Account id of the admin who did it. */
  readonly actorId?: string;
}

/** What a connection event is made of. */
export type ConnectionEventFields = Omit<ConnectionEvent, 'type'>;
