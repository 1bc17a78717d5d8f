import { Injectable } from '@nestjs/common';
import {
  OnScimEvent,
  type ScimEventContext,
  UserDeactivated,
  UserDeprovisioned,
  UserLinked,
  UserReactivated,
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

  @OnScimEvent(UserDeactivated, { consumer: 'organizations.suspend-membership' })
  async suspend({ organizationId, accountId, identityId }: UserDeactivated, context: ScimEventContext): Promise<void> {
    if (accountId === undefined) return;
    await this.memberships.suspend(organizationId, accountId, identityId, context.manager);
  }

  /** Without a free seat the membership stays as it is until a login finds one. */
  @OnScimEvent(UserReactivated, { consumer: 'organizations.restore-membership' })
  async restore({ organizationId, accountId }: UserReactivated, context: ScimEventContext): Promise<void> {
    if (accountId === undefined) return;
    await this.memberships.restore(organizationId, accountId, context.manager);
  }

  @OnScimEvent(UserDeprovisioned, { consumer: 'organizations.revoke-membership' })
  async revoke({ organizationId, accountId, identityId }: UserDeprovisioned, context: ScimEventContext): Promise<void> {
    if (accountId === undefined) return;
    await this.memberships.revoke(organizationId, accountId, identityId, context.manager);
  }
}
