import { Injectable } from '@nestjs/common';
import { LessThanOrEqual } from 'typeorm';
import { OnScimEvent, type ScimEventContext, UserDeactivated, UserDeprovisioned } from '../../scim/index.js';
import { ApiKey } from './api-key.entity.js';
import { Session } from './session.entity.js';

/**
 * Cleans up after SCIM took access away. Access itself is cut before: each request asks {@link ActorsService}. API keys of
 * a suspended member stay, unusable, for the day the membership is given back.
 */
@Injectable()
export class ScimAccessHandlers {
  @OnScimEvent([UserDeactivated, UserDeprovisioned], { consumer: 'auth.end-sessions' })
  async endSessions(event: UserDeactivated | UserDeprovisioned, { manager }: ScimEventContext): Promise<void> {
    const { organizationId, accountId, occurredAt } = event;
    if (accountId === undefined) return;
    // Not those of a person who is back already.
    const createdAt = LessThanOrEqual(occurredAt);
    await manager.getRepository(Session).delete({ organizationId, accountId, createdAt });
  }

  @OnScimEvent(UserDeprovisioned, { consumer: 'auth.delete-api-keys' })
  async deleteApiKeys(event: UserDeprovisioned, { manager }: ScimEventContext): Promise<void> {
    const { organizationId, accountId, occurredAt } = event;
    if (accountId === undefined) return;
    const createdAt = LessThanOrEqual(occurredAt);
    await manager.getRepository(ApiKey).delete({ organizationId, accountId, createdAt });
  }
}
