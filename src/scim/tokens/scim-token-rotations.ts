import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TokenCreated, TokenRevoked, TokenRotated } from '../events/scim-events.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import {
  cancelRotation,
  completeRotation,
  retireToken,
  type RotatableToken,
  type ToldToken,
} from '../persistence/token-statements.js';
import { conflict } from '../protocol/scim-error.js';
import { actorOf, type GeneratedToken, ScimTokenStore, type TokenChange } from './scim-token-store.js';
import { MOST_LIVE_TOKENS, type OverlapHours } from './token-wishes.js';

/** The new token of a rotation, with its secret. */
export interface RotatedToken extends GeneratedToken {
  /** Id of the old token. */
  readonly replaces: string;
  /** When the old token ceases to work, at the latest. */
  readonly retiresAt: Date;
}

/** A rotation that is to begin. */
interface RotationToMake {
  readonly overlapHours: OverlapHours;
  readonly actorId: string | undefined;
  /** Days that the new token lives, of those of the old one; null: it never expires. */
  readonly daysOf: (lifeDays: number | null) => number | null;
}

const NO_ROTATION = 'No rotation of this token is under way.';

/** One token takes over from another: both are good until the old one retires. */
@Injectable()
export class ScimTokenRotations {
  constructor(
    private readonly database: ScimDatabase,
    private readonly store: ScimTokenStore,
  ) {}

  /**
   * The new one has the label, the scopes and the life of the old one.
   * @throws ScimError 404; 409 where the token is not live or takes part in a rotation already.
   */
  async begin(
    organizationId: string,
    tokenId: string,
    { overlapHours, actorId, daysOf }: RotationToMake,
    manager: EntityManager,
  ): Promise<TokenChange & { readonly rotated: RotatedToken }> {
    const old = await this.store.getToken(organizationId, tokenId, manager);
    checkRotatable(old);
    const { label, scopes, connectionId, lifeDays } = old;
    const wanted = { label, scopes, createdBy: actorId ?? null, days: daysOf(lifeDays) };
    const made = await this.store.insert([organizationId, connectionId], wanted, manager);
    const [retiring] = await this.database.run<ToldToken & { retiresAt: Date }>(
      retireToken,
      [organizationId, tokenId, made.id, overlapHours],
      manager,
    );
    if (!retiring) throw new Error('The token is gone.');
    const { retiresAt } = retiring;
    const created = { ...actorOf(actorId), replaces: tokenId };
    const begun = { ...actorOf(actorId), replacedBy: made.id, retiresAt: retiresAt.toISOString() };
    const deliveries = [
      ...(await this.store.tell({ organizationId, ...made }, [TokenCreated.type, created], manager)),
      ...(await this.store.tell(retiring, [TokenRotated.type, begun], manager)),
    ];
    const rotated = { ...made, replaces: tokenId, retiresAt };
    if (overlapHours > 0) return { rotated, deliveries, ended: [] };
    const end = await this.store.end(organizationId, tokenId, ['rotated', actorId], manager);
    return { rotated, deliveries: [...deliveries, ...end.deliveries], ended: end.ended };
  }

  /** The old token is refused from now on. @throws ScimError 404; 409 where no rotation of it is under way. */
  async complete(
    organizationId: string,
    tokenId: string,
    actorId: string | undefined,
    manager: EntityManager,
  ): Promise<TokenChange> {
    await this.store.getToken(organizationId, tokenId, manager);
    const [ended] = await this.database.run<ToldToken>(completeRotation, [organizationId, tokenId], manager);
    if (!ended) throw conflict(NO_ROTATION);
    const facts = { ...actorOf(actorId), reason: 'rotated' };
    return { ended: [tokenId], deliveries: await this.store.tell(ended, [TokenRevoked.type, facts], manager) };
  }

  /**
   * The old token lives on, the new one is refused from now on.
   * @throws ScimError 404; 409 where no rotation of it is under way, or other tokens took its place.
   */
  async cancel(
    organizationId: string,
    tokenId: string,
    actorId: string | undefined,
    manager: EntityManager,
  ): Promise<TokenChange> {
    await this.store.getToken(organizationId, tokenId, manager);
    const [restored] = await this.database.run<{ replacedBy: string }>(
      cancelRotation,
      [organizationId, tokenId],
      manager,
    );
    if (!restored) throw conflict(NO_ROTATION);
    const end = ['rotation-cancelled', actorId] as const;
    const change = await this.store.end(organizationId, restored.replacedBy, end, manager);
    if ((await this.store.countLive(organizationId, manager)) > MOST_LIVE_TOKENS) {
      throw conflict(`There are ${MOST_LIVE_TOKENS} other live tokens by now: revoke one first.`);
    }
    return change;
  }
}

/** @throws ScimError 409 */
function checkRotatable({ live, retiring, takingOver }: RotatableToken): void {
  if (!live) throw conflict('This token is not live any more: generate a new one.');
  if (retiring) throw conflict('This token is being replaced already: complete or cancel that rotation first.');
  // Three secrets of one token would be good at once.
  if (takingOver)
    throw conflict('This token is just taking over from another: complete or cancel that rotation first.');
}
