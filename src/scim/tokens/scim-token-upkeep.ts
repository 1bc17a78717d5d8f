import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Rounds } from '../events/rounds.js';
import { TokenExpired, TokenExpiring, TokenRevoked } from '../events/scim-events.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { claimWarnings, endRotations, type EndingToken, type ToldToken } from '../persistence/token-statements.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { ScimTokenStore, type TokenChange } from './scim-token-store.js';
import { ScimTokensService } from './scim-tokens.service.js';

const INTERVAL_MS = 60_000;
const BATCH = 100;

/**
 * What time does to tokens: ends rotations and warns of ends. Every process that delivers events looks once a minute; which
 * of them does it, and that it is done once, is decided by the locks and marks in the tokens' rows.
 */
@Injectable()
export class ScimTokenUpkeep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ScimTokenUpkeep.name);
  private readonly rounds = new Rounds(
    () => this.tick(),
    (error) => this.complain(error),
  );

  constructor(
    private readonly database: ScimDatabase,
    private readonly store: ScimTokenStore,
    private readonly tokens: ScimTokensService,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.options.deliverEvents !== false) this.rounds.start(INTERVAL_MS);
    await this.checkPeppers().catch((error: unknown) => this.complain(error));
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
  }

  /** Does all that is due. Returns how many events were written. */
  async tick(): Promise<number> {
    let written = 0;
    for (let due = BATCH; due === BATCH && !this.rounds.isStopping;) {
      const { rotations, warnings } = await this.store.commit((manager) => this.write(manager));
      written += rotations + warnings;
      due = Math.max(rotations, warnings);
    }
    return written;
  }

  private async write(manager: EntityManager): Promise<TokenChange & { rotations: number; warnings: number }> {
    const ended = await this.database.run<ToldToken>(endRotations, [BATCH], manager);
    const warned = await this.database.run<EndingToken>(claimWarnings, [BATCH], manager);
    const deliveries = [];
    for (const token of ended) {
      deliveries.push(await this.store.tell(token, [TokenRevoked.type, { reason: 'rotated' }], manager));
    }
    for (const token of warned) deliveries.push(await this.store.tell(token, warningOf(token), manager));
    return {
      rotations: ended.length,
      warnings: warned.length,
      ended: ended.map(({ id }) => id),
      deliveries: deliveries.flat(),
    };
  }

  /** A pepper that was taken out too early is an outage for the organizations whose tokens it signed. */
  private async checkPeppers(): Promise<void> {
    for (const { keyId, liveTokens, known } of await this.tokens.pepperUse()) {
      if (known) continue;
      this.logger.error(
        `[scim-alert] tokens.peppers has no "${keyId}", which signed ${liveTokens} live tokens: they are refused.`,
      );
    }
  }

  private complain(error: unknown): void {
    this.logger.error(`Tokens wait to be looked after: ${String(error)}`);
  }
}

const warningOf = ({ daysLeft, expiresAt }: EndingToken): [string, { daysLeft?: number; expiresAt: string }] => {
  const facts = { expiresAt: expiresAt.toISOString() };
  return daysLeft === 0 ? [TokenExpired.type, facts] : [TokenExpiring.type, { ...facts, daysLeft }];
};
