import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ScimRelay } from '../events/scim-relay.js';
import type { UnlinkReason } from '../events/scim-events.js';
import {
  detachLink,
  findOrganizationsOfAccount,
  forgetAccount,
  lockIdentityOfAccount,
} from '../persistence/account-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { IdentitiesService } from './identities.service.js';

/** What the host did by itself, not the identity provider. */
export interface RemovedAccount {
  readonly accountId: string;
  /** The organization whose membership ended, where the account lives on; absent: the account is gone, from all of them. */
  readonly organizationId?: string;
  /** Account id of the admin, for the history. */
  readonly actorId?: string;
}

interface EndedLink {
  readonly organizationId: string;
  readonly accountId: string;
  readonly reason: UnlinkReason;
}

/** Accounts and memberships that the host takes away itself. */
@Injectable()
export class AccountRemovals {
  constructor(
    private readonly database: ScimDatabase,
    private readonly identities: IdentitiesService,
    private readonly relay: ScimRelay,
  ) {}

  async remove(account: RemovedAccount, manager?: EntityManager): Promise<void> {
    if (manager) return this.removeIn(account, manager);
    await this.database.transactionWithRetry((own) => this.removeIn(account, own));
    this.relay.nudge();
  }

  private async removeIn(
    { accountId, organizationId, actorId }: RemovedAccount,
    manager: EntityManager,
  ): Promise<void> {
    const context = { manager, ...(actorId === undefined ? {} : { actorId }) };
    if (organizationId !== undefined) {
      const identityId = await this.release({ organizationId, accountId, reason: 'membership-removed' }, context);
      if (identityId !== undefined) await this.database.run(detachLink, [organizationId, identityId], manager);
      return;
    }
    const known = await this.database.run<{ organizationId: string }>(findOrganizationsOfAccount, [accountId], manager);
    for (const { organizationId: id } of known) {
      const identityId = await this.release({ organizationId: id, accountId, reason: 'account-removed' }, context);
      await this.database.run(forgetAccount, [id, accountId, identityId === undefined], manager);
    }
  }

  /** @returns the identity that was linked to the account. */
  private async release(
    { organizationId, accountId, reason }: EndedLink,
    context: { readonly manager: EntityManager; readonly actorId?: string },
  ): Promise<string | undefined> {
    const parameters = [organizationId, accountId];
    const [identity] = await this.database.run<{ id: string }>(lockIdentityOfAccount, parameters, context.manager);
    if (identity) await this.identities.release(organizationId, identity.id, reason, context);
    return identity?.id;
  }
}
