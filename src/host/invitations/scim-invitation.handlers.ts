import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  OnScimEvent,
  type ScimEventContext,
  UserDeactivated,
  UserDeprovisioned,
  UserErased,
  UserReactivated,
} from '../../scim/index.js';
import { Account } from '../auth/account.entity.js';
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

  /** One consumer, because these events undo one another, and what a removal takes an erasure must find. */
  @OnScimEvent([UserDeactivated, UserReactivated, UserDeprovisioned, UserErased], {
    consumer: 'invitations.follow-person',
  })
  async followPerson(
    event: UserDeactivated | UserReactivated | UserDeprovisioned | UserErased,
    { manager }: ScimEventContext,
  ): Promise<void> {
    const { organizationId, identityId } = event;
    switch (event.type) {
      case UserDeactivated.type:
      case UserDeprovisioned.type:
        return this.take(event, manager);
      case UserReactivated.type:
        return this.invitations.giveBack(organizationId, identityId, manager);
      case UserErased.type:
        return this.invitations.erase(organizationId, identityId, manager);
    }
  }

  private async take(event: UserDeactivated | UserDeprovisioned, manager: EntityManager): Promise<void> {
    const { organizationId, identityId, accountId, userName, occurredAt } = event;
    const account = accountId === undefined ? null : await manager.getRepository(Account).findOneBy({ id: accountId });
    const addresses = await findAddresses({ organizationId, id: identityId }, manager);
    // Empty ones are those of somebody who was erased.
    const emails = [...addresses, toEmail(userName), account?.email ?? ''].filter((email) => email !== '');
    // An invitation after a removal is an owner's wish to have the person back.
    const before = event.type === UserDeprovisioned.type ? occurredAt : undefined;
    await this.invitations.take(organizationId, { identityId, emails, before }, manager);
  }
}
