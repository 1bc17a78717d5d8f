import { Injectable } from '@nestjs/common';
import { IsNull, LessThanOrEqual, Not } from 'typeorm';
import {
  OnScimEvent,
  ProvisionedIdentity,
  type ScimEventContext,
  UserDeactivated,
  UserDeprovisioned,
  UserErased,
  UserUnlinked,
} from '../../scim/index.js';
import { Membership } from '../organizations/membership.entity.js';
import { Account } from './account.entity.js';
import { ApiKey } from './api-key.entity.js';
import { Session } from './session.entity.js';

/**
 * Cleans up after SCIM took access away. Access itself is cut before: each request asks {@link ActorsService}. API keys of
 * a suspended member stay, unusable, for the day the membership is given back.
 */
@Injectable()
export class ScimAccessHandlers {
  @OnScimEvent([UserDeactivated, UserDeprovisioned, UserUnlinked], { consumer: 'auth.end-sessions' })
  async endSessions(
    event: UserDeactivated | UserDeprovisioned | UserUnlinked,
    { manager }: ScimEventContext,
  ): Promise<void> {
    const { organizationId, accountId, identityId, occurredAt } = event;
    if (accountId === undefined) return;
    const identities = manager.getRepository(ProvisionedIdentity);
    const isOut = await identities.existsBy({ organizationId, id: identityId, state: 'suspended' });
    // All, one that a login began while the change was being written included; but not those of a person who is back already.
    const createdAt = isOut ? {} : { createdAt: LessThanOrEqual(occurredAt) };
    await manager.getRepository(Session).delete({ organizationId, accountId, ...createdAt });
  }

  /** An account that a single sign-on made has the name that the identity provider gave, unless it is in use elsewhere. */
  @OnScimEvent(UserErased, { consumer: 'auth.erase-name' })
  async eraseName({ accountId, identityId }: UserErased, { manager }: ScimEventContext): Promise<void> {
    if (accountId === undefined) return;
    // The membership of the person themselves may still wait for the handler that takes it.
    const others = [IsNull(), Not(identityId)].map((other) => ({ accountId, identityId: other }));
    if (await manager.getRepository(Membership).existsBy(others)) return;
    await manager.getRepository(Account).update({ id: accountId, email: IsNull() }, { displayName: 'Erased' });
  }

  @OnScimEvent([UserDeprovisioned, UserUnlinked], { consumer: 'auth.delete-api-keys' })
  async deleteApiKeys(event: UserDeprovisioned | UserUnlinked, { manager }: ScimEventContext): Promise<void> {
    const { organizationId, accountId, occurredAt } = event;
    if (accountId === undefined) return;
    const createdAt = LessThanOrEqual(occurredAt);
    await manager.getRepository(ApiKey).delete({ organizationId, accountId, createdAt });
  }
}
