import { Injectable } from '@nestjs/common';
import {
  OnScimEvent,
  type ScimEventContext,
  UserDeactivated,
  UserDeprovisioned,
  UserLinked,
  UserReactivated,
  UserUnlinked,
  UserUpdated,
} from '../../scim/index.js';
import { MembershipsService } from './memberships.service.js';

/** What the organization does when its identity provider changes a person. An identity without an account has no membership. */
@Injectable()
export class ScimMembershipHandlers {
  constructor(private readonly memberships: MembershipsService) {}

  /** The login made the membership; a person who was a member before SCIM came gets the identity here. */
  @OnScimEvent(UserLinked, { consumer: 'organizations.note-identity' })
  async noteIdentity({ organizationId, accountId, identityId }: UserLinked, context: ScimEventContext): Promise<void> {
    if (accountId === undefined) return;
    await this.memberships.describe({ organizationId, accountId, identityId }, context.manager);
  }

  @OnScimEvent(UserUpdated, { consumer: 'organizations.show-name' })
  async showName({ organizationId, accountId, attributes }: UserUpdated, context: ScimEventContext): Promise<void> {
    const displayName = attributes?.displayName;
    if (accountId === undefined || typeof displayName !== 'string') return;
    await this.memberships.describe({ organizationId, accountId, displayName }, context.manager);
  }

  /**
   * One consumer for all of them, because they undo one another and only events of one consumer come in order: a suspension
   * that is retried must not overtake the reactivation after it.
   */
  @OnScimEvent([UserDeactivated, UserReactivated, UserDeprovisioned, UserUnlinked], {
    consumer: 'organizations.membership',
  })
  async followLifeCycle(
    event: UserDeactivated | UserReactivated | UserDeprovisioned | UserUnlinked,
    { manager }: ScimEventContext,
  ): Promise<void> {
    const { organizationId, accountId, identityId, occurredAt: removedAt } = event;
    if (accountId === undefined) return;
    switch (event.type) {
      case UserDeactivated.type:
        return this.memberships.suspend(organizationId, accountId, identityId, manager);
      case UserDeprovisioned.type:
        return this.memberships.revoke({ organizationId, accountId, identityId, removedAt }, manager);
      case UserUnlinked.type:
        // What the host removed is gone already.
        if (event.reason !== 'admin') return;
        return this.memberships.revoke({ organizationId, accountId, identityId, removedAt }, manager);
      case UserReactivated.type:
        // Without a free seat the membership stays as it is until a login finds one.
        await this.memberships.restore(organizationId, accountId, manager);
    }
  }
}
