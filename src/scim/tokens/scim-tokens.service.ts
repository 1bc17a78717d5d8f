import { Inject, Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TokenCreated, TokenLeaked } from '../events/scim-events.js';
import type { RevocationReason } from '../persistence/entities/token.entity.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { countTokensByPepper, listTokens, type VerifiableToken } from '../persistence/token-statements.js';
import { conflict } from '../protocol/scim-error.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { ScimEntitlements } from './scim-entitlements.js';
import { type RotatedToken, ScimTokenRotations } from './scim-token-rotations.js';
import { actorOf, type GeneratedToken, ScimTokenStore, type TokenChange } from './scim-token-store.js';
import { ScimTokenVerifier } from './scim-token-verifier.js';
import { TOKEN_SCOPES } from './token-scopes.js';
import {
  checkLeakReport,
  checkNewToken,
  DEFAULT_DAYS,
  type LeakReport,
  MOST_LIVE_TOKENS,
  type NewToken,
  readOverlap,
  type TokenRotation,
} from './token-wishes.js';

/** A token as lists show it: never its secret. */
export interface TokenSummary extends Omit<GeneratedToken, 'token'> {
  readonly lastUsedAt: Date | null;
  /** Address of the client. */
  readonly lastUsedFrom: string | null;
  /** What the client calls itself. */
  readonly lastUsedClient: string | null;
  /** The new token of a rotation, while it is under way and after it. */
  readonly replacedBy: string | null;
  /** When the rotation ends by itself at the latest. */
  readonly retiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedBecause: RevocationReason | null;
  /** `live` and `retiring` ones are good; a retiring one is being replaced and doesn't count. */
  readonly state: 'live' | 'retiring' | 'expired' | 'revoked';
}

/** How many live tokens hang on a pepper. */
export interface PepperUse {
  /** The pepper's name; null: none, the hash is a plain one. */
  readonly keyId: string | null;
  readonly liveTokens: number;
  /** Whether this instance can verify them. */
  readonly known: boolean;
}

/** The life of an organization's tokens. */
@Injectable()
export class ScimTokensService {
  private readonly logger = new Logger(ScimTokensService.name);
  private readonly neverExpiring: boolean;

  constructor(
    private readonly database: ScimDatabase,
    private readonly entitlements: ScimEntitlements,
    private readonly verifier: ScimTokenVerifier,
    private readonly store: ScimTokenStore,
    private readonly rotations: ScimTokenRotations,
    @Inject(SCIM_OPTIONS) options: ScimModuleOptions,
  ) {
    this.neverExpiring = options.tokens?.neverExpiring ?? false;
  }

  /**
   * Makes a token and writes `scim.token.created`.
   * @throws ScimError 400 for a life, a label or scopes out of bounds; 409 when the organization may not use SCIM or has two live
   * tokens already; 503 when the host cannot say.
   */
  async generate(organizationId: string, wanted: NewToken = {}): Promise<GeneratedToken> {
    checkNewToken(wanted, this.neverExpiring);
    await this.checkEntitlement(organizationId);
    const { generated } = await this.store.commit((manager) => this.insert(organizationId, wanted, manager));
    return generated;
  }

  /** All tokens ever made, the newest first. */
  async list(organizationId: string): Promise<TokenSummary[]> {
    return this.database.run<TokenSummary>(listTokens, [organizationId]);
  }

  /**
   * Makes a new token with the label, the scopes and the life of an old one, which goes on working during the overlap. The
   * rotation completes itself when the new one is in use and the old one has been silent for an hour, else at the end of the
   * overlap. Writes `scim.token.created` of the new one and `scim.token.rotated` of the old one.
   * @throws ScimError 400 for another overlap than 0, 1, 24 or 168 hours; 404 for an unknown id; 409 when the organization may
   * not use SCIM, or the token is not live or takes part in a rotation already; 503 when the host cannot say.
   */
  async rotate(organizationId: string, tokenId: string, wanted: TokenRotation = {}): Promise<RotatedToken> {
    const overlapHours = readOverlap(wanted);
    await this.checkEntitlement(organizationId);
    const { actorId } = wanted;
    const daysOf = (days: number | null): number | null => days ?? (this.neverExpiring ? null : DEFAULT_DAYS);
    const { rotated } = await this.store.commit((manager) =>
      this.rotations.begin(organizationId, tokenId, { overlapHours, actorId, daysOf }, manager),
    );
    return rotated;
  }

  /**
   * Ends a rotation now: the old token is refused from the next request on (within a second on other instances).
   * @param tokenId the old token's.
   * @param actorId account id of the admin.
   * @throws ScimError 404 for an unknown id; 409 where no rotation of it is under way.
   */
  async completeRotation(organizationId: string, tokenId: string, actorId?: string): Promise<void> {
    await this.store.commit((manager) => this.rotations.complete(organizationId, tokenId, actorId, manager));
  }

  /**
   * Takes a rotation back: the old token lives on as long as it would have, the new one is revoked.
   * @param tokenId the old token's.
   * @param actorId account id of the admin.
   * @throws ScimError 404 for an unknown id; 409 where no rotation of it is under way, or two other live tokens took its place.
   */
  async cancelRotation(organizationId: string, tokenId: string, actorId?: string): Promise<void> {
    await this.store.commit((manager) => this.rotations.cancel(organizationId, tokenId, actorId, manager));
  }

  /**
   * Refused from the next request on (within a second on other instances). A token that is revoked already stays so. If it is
   * the new one of a rotation, that is cancelled: the old one lives on.
   * @param actorId account id of the admin.
   * @throws ScimError 404 for an unknown id.
   */
  async revoke(organizationId: string, tokenId: string, actorId?: string): Promise<void> {
    await this.store.commit(async (manager) => {
      await this.store.getToken(organizationId, tokenId, manager);
      return this.store.end(organizationId, tokenId, ['admin', actorId], manager);
    });
  }

  /**
   * Revokes those of the secrets that are tokens of any organization, and writes `scim.token.revoked` and `scim.token.leaked`
   * for each that was not revoked before. For secret scanners: who has the secret could do worse than revoke it.
   * @returns how many were revoked; for the host's log, not for the reporter.
   * @throws ScimError 400 for more than 100 secrets or a source out of bounds; 503 when the database is not available.
   */
  async reportLeak(report: LeakReport): Promise<number> {
    checkLeakReport(report);
    let revoked = 0;
    for (const token of await this.verifier.identify(report.secrets)) {
      const { ended } = await this.store.commit((manager) => this.endLeaked(token, report.source, manager));
      revoked += ended.length;
    }
    return revoked;
  }

  /** Which peppers the live tokens of all organizations hang on: one that is not named here can be taken out of the ring. */
  async pepperUse(): Promise<PepperUse[]> {
    const rows = await this.database.run<{ keyId: string | null; liveTokens: number }>(countTokensByPepper, []);
    return rows.map((row) => ({ ...row, known: this.verifier.knowsPepper(row.keyId) }));
  }

  private async checkEntitlement(organizationId: string): Promise<void> {
    const entitlement = await this.entitlements.ask(organizationId);
    if (!entitlement.allowed) throw conflict(entitlement.detail);
  }

  private async insert(
    organizationId: string,
    { label, scopes = TOKEN_SCOPES, createdBy, expiresInDays = DEFAULT_DAYS }: NewToken,
    manager: EntityManager,
  ): Promise<TokenChange & { readonly generated: GeneratedToken }> {
    const connectionId = await this.store.makeConnection(organizationId, manager);
    if ((await this.store.countLive(organizationId, manager)) >= MOST_LIVE_TOKENS) {
      throw conflict(`There are ${MOST_LIVE_TOKENS} live tokens already: revoke one first.`);
    }
    const days = expiresInDays === 'never' ? null : expiresInDays;
    const wanted = { label: label ?? null, scopes, createdBy: createdBy ?? null, days };
    const generated = await this.store.insert([organizationId, connectionId], wanted, manager);
    const event = [TokenCreated.type, actorOf(createdBy)] as const;
    const deliveries = await this.store.tell({ organizationId, ...generated }, event, manager);
    return { generated, deliveries, ended: [] };
  }

  private async endLeaked(
    { id, organizationId }: VerifiableToken,
    source: string | undefined,
    manager: EntityManager,
  ): Promise<TokenChange> {
    await this.store.getToken(organizationId, id, manager);
    const change = await this.store.end(organizationId, id, ['leaked', undefined], manager);
    const { told, ended } = change;
    if (!told) return change;
    this.logger.warn(`[scim-alert] The token ${told.hint} of organization ${organizationId} leaked and is revoked.`);
    // After the revocation: a terminal event that came later would make it void.
    const facts = source === undefined ? {} : { source };
    const leaked = await this.store.tell(told, [TokenLeaked.type, facts], manager);
    return { ended, deliveries: [...change.deliveries, ...leaked] };
  }
}
