import type { RevocationReason } from '../persistence/entities/token.entity.js';
import { ConnectionEvent, GroupEvent, ResourceEvent, TokenEvent, UserEvent } from './event-fields.js';

/** The IdP created a user. No seat is taken yet. */
export class UserProvisioned extends UserEvent {
  static readonly type = 'scim.user.provisioned';
  readonly type = UserProvisioned.type;
}

/** A login (or a NameID that an earlier login proved) linked the identity to an account. */
export class UserLinked extends UserEvent {
  static readonly type = 'scim.user.linked';
  readonly type = UserLinked.type;
}

/** Attributes other than `active` changed. */
export class UserUpdated extends UserEvent {
  static readonly type = 'scim.user.updated';
  readonly type = UserUpdated.type;
}

/** `active` became false: cut access now. Overtakes retries of older events and is retried for ever. */
export class UserDeactivated extends UserEvent {
  static readonly type = 'scim.user.deactivated';
  readonly type = UserDeactivated.type;
}

/** `active` became true again: give back what SCIM took, and nothing else. */
export class UserReactivated extends UserEvent {
  static readonly type = 'scim.user.reactivated';
  readonly type = UserReactivated.type;
}

/** The IdP deleted the user: revoke the membership. Overtakes retries of older events and is retried for ever. */
export class UserDeprovisioned extends UserEvent {
  static readonly type = 'scim.user.deprovisioned';
  readonly type = UserDeprovisioned.type;
}

/** Why a link ended: an admin ended it, or the host removed the account, or its membership. */
export type UnlinkReason = 'admin' | 'account-removed' | 'membership-removed';

/**
 * The link with `accountId` ended: with reason `admin` revoke what the account has in the organization, else the host did that
 * itself. The identity waits for another login. Overtakes retries of older events and is retried for ever.
 */
export class UserUnlinked extends UserEvent {
  static readonly type = 'scim.user.unlinked';
  readonly type = UserUnlinked.type;
  declare readonly reason: UnlinkReason;
}

/** Why a person was erased: an admin wanted it, or the time was over that removed people are kept. */
export type ErasureReason = 'admin' | 'retention';

/**
 * All that the module knew of a removed person is gone: erase what the host has of the identity, and of `accountId` what
 * came with it. Nothing in the event is personal. Retried for ever, in its turn.
 */
export class UserErased extends UserEvent {
  static readonly type = 'scim.user.erased';
  readonly type = UserErased.type;
  declare readonly reason: ErasureReason;
}

/** The IdP created a group, with the members that `added` names. */
export class GroupCreated extends GroupEvent {
  static readonly type = 'scim.group.created';
  readonly type = GroupCreated.type;
}

/** The group's name or external id changed. */
export class GroupUpdated extends GroupEvent {
  static readonly type = 'scim.group.updated';
  readonly type = GroupUpdated.type;
}

/** Members came or went: `added` and `removed` say who. Retried for ever where somebody went, in its turn. */
export class GroupMembersChanged extends GroupEvent {
  static readonly type = 'scim.group.members_changed';
  readonly type = GroupMembersChanged.type;
}

/** The group is gone, and with it what its members had through it. Retried for ever, in its turn. */
export class GroupDeleted extends GroupEvent {
  static readonly type = 'scim.group.deleted';
  readonly type = GroupDeleted.type;
}

/** The IdP created a resource of a type of the host's own; `resourceType` says of which. */
export class ResourceCreated extends ResourceEvent {
  static readonly type = 'scim.resource.created';
  readonly type = ResourceCreated.type;
}

/** Attributes of a resource of the host's own type changed. */
export class ResourceUpdated extends ResourceEvent {
  static readonly type = 'scim.resource.updated';
  readonly type = ResourceUpdated.type;
}

/** A resource of the host's own type is gone. */
export class ResourceDeleted extends ResourceEvent {
  static readonly type = 'scim.resource.deleted';
  readonly type = ResourceDeleted.type;
}

/** An admin generated a token, by itself or to replace another one. */
export class TokenCreated extends TokenEvent {
  static readonly type = 'scim.token.created';
  readonly type = TokenCreated.type;
  /** The token that it replaces. */
  declare readonly replaces?: string;
}

/** An admin began to replace a token: it goes on working until `retiresAt`, or until the new one has taken over. */
export class TokenRotated extends TokenEvent {
  static readonly type = 'scim.token.rotated';
  readonly type = TokenRotated.type;
  /** The new token. */
  declare readonly replacedBy: string;
  declare readonly retiresAt: Date;
}

/** A token will expire: told 90, 30, 7 and 1 days before, once each. An expired one is an IdP that says nothing of leavers. */
export class TokenExpiring extends TokenEvent {
  static readonly type = 'scim.token.expiring';
  readonly type = TokenExpiring.type;
  /** 90, 30, 7 or 1: at most so many are left. */
  declare readonly daysLeft: number;
  declare readonly expiresAt: Date;
}

/** A token has expired: the IdP is refused from now on. Told within about a minute. */
export class TokenExpired extends TokenEvent {
  static readonly type = 'scim.token.expired';
  readonly type = TokenExpired.type;
  declare readonly expiresAt: Date;
}

/** A token is refused from now on; `reason` says why. Overtakes retries of older events and is retried for ever. */
export class TokenRevoked extends TokenEvent {
  static readonly type = 'scim.token.revoked';
  readonly type = TokenRevoked.type;
  declare readonly reason: RevocationReason;
}

/** Somebody reported a token's secret as leaked; it was revoked in the same moment. */
export class TokenLeaked extends TokenEvent {
  static readonly type = 'scim.token.leaked';
  readonly type = TokenLeaked.type;
  /** Where it was found, if the reporter said. Text of a stranger. */
  declare readonly source?: string;
}

/** Changes by the identity provider are refused from now on, leavers included. Only where they were taken before. */
export class ConnectionPaused extends ConnectionEvent {
  static readonly type = 'scim.connection.paused';
  readonly type = ConnectionPaused.type;
}

/** Changes by the identity provider are taken again. Only where they were refused before. */
export class ConnectionResumed extends ConnectionEvent {
  static readonly type = 'scim.connection.resumed';
  readonly type = ConnectionResumed.type;
}

export const userEventClasses = [
  UserProvisioned,
  UserLinked,
  UserUpdated,
  UserDeactivated,
  UserReactivated,
  UserDeprovisioned,
  UserUnlinked,
  UserErased,
] as const;

export const groupEventClasses = [GroupCreated, GroupUpdated, GroupMembersChanged, GroupDeleted] as const;

export const resourceEventClasses = [ResourceCreated, ResourceUpdated, ResourceDeleted] as const;

export const tokenEventClasses = [
  TokenCreated,
  TokenRotated,
  TokenExpiring,
  TokenExpired,
  TokenRevoked,
  TokenLeaked,
] as const;

export const connectionEventClasses = [ConnectionPaused, ConnectionResumed] as const;

export const eventClasses = [
  ...userEventClasses,
  ...groupEventClasses,
  ...resourceEventClasses,
  ...tokenEventClasses,
  ...connectionEventClasses,
] as const;

/** Those that this release can read. */
export const eventTypes: ReadonlySet<string> = new Set(eventClasses.map(({ type }) => type));

/** A class to name in `@OnScimEvent`. */
export type ScimEventClass = (typeof eventClasses)[number];

/** An event of any type; `type` tells which. */
export type ScimEvent = InstanceType<ScimEventClass>;

export type UserEventType = (typeof userEventClasses)[number]['type'];
