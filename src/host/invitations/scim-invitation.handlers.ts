import { Injectable } from '@nestjs/common';
import { Account } from '../auth/account.entity.js';
import {
  OnScimEvent,
  type ScimEventContext,
  UserDeactivated,
  UserDeprovisioned,
  UserErased,
  UserReactivated,
} from '../../scim/index.js';
import { toEmail } from '../auth/accounts.service.js';
import { InvitationsService } from './invitations.service.js';
import { findAddresses } from './provisioned-people.js';

/**
 * Open invitations end with the access of whom they are for. What makes them useless is the question that is asked when one
 * is accepted; this makes it visible to the owners, and gives back what it took.
 */
@Injectable()
export class ScimInvitationHandlers {
  constructor(private readonly invitations: InvitationsService) {}

  /** One consumer, because these events undo one another. */
  @OnScimEvent([UserDeactivated, UserReactivated, UserDeprovisioned], { consumer: 'invitations.follow-person' })
  async followPerson(
    event: UserDeactivated | UserReactivated | UserDeprovisioned,
    { manager }: ScimEventContext,
  ): Promise<void> {
    const { organizationId, identityId, accountId, userName, occurredAt } = event;
    if (event.type === UserReactivated.type) return this.invitations.giveBack(organizationId, identityId, manager);
    const account = accountId === undefined ? null : await manager.getRepository(Account).findOneBy({ id: accountId });
    const addresses = await findAddresses({ organizationId, id: identityId }, manager);
    const emails = [...addresses, toEmail(userName), ...(account?.email ? [account.email] : [])];
    // An invitation after a removal is an owner's wish to have the person back.
    const before = event.type === UserDeprovisioned.type ? occurredAt : undefined;
    await this.invitations.take(organizationId, { identityId, emails, before }, manager);
  }

  @OnScimEvent(UserErased, { consumer: 'invitations.erase-addresses' })
  async eraseAddresses({ organizationId, identityId }: UserErased, { manager }: ScimEventContext): Promise<void> {
    await this.invitations.erase(organizationId, identityId, manager);
  }
}
