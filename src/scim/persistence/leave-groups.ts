import type { EntityManager } from 'typeorm';
import { lockGroupsOf, removeFromGroups } from './group-statements.js';
import type { DeliveryKey } from './outbox-statements.js';
import type { ScimDatabase } from './scim-database.js';

/** Who removes, for the history. */
export interface Remover {
  readonly manager: EntityManager;
  readonly tokenId?: string;
  readonly requestId?: string;
}

/** A user or group that is being removed leaves every group it is in. In its transaction, under its lock. */
export async function leaveGroups(
  database: ScimDatabase,
  organizationId: string,
  memberId: string,
  { manager, tokenId, requestId }: Remover,
): Promise<readonly DeliveryKey[]> {
  const groups = await database.run(lockGroupsOf, [organizationId, memberId], manager);
  if (groups.length === 0) return [];
  const parameters = [organizationId, memberId, tokenId ?? null, requestId ?? null];
  const [removed] = await database.run<{ deliveries: DeliveryKey[] }>(removeFromGroups, parameters, manager);
  return removed?.deliveries ?? [];
}
