import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isTerminal, TokenCreated, TokenRevoked } from '../events/scim-events.js';
import { ScimRelay } from '../events/scim-relay.js';
import { ensureConnection } from '../persistence/connection-statements.js';
import {
  type DeliveryKey,
  findLastSequence,
  type NewEvent,
  writeTokenEvents,
} from '../persistence/outbox-statements.js';
import { isId } from '../persistence/is-id.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import {
  countLiveTokens,
  findToken,
  insertToken,
  listTokens,
  lockConnection,
  revokeToken,
} from '../persistence/token-statements.js';
import { conflict, invalidValue, notFound } from '../protocol/scim-error.js';
import type { JsonObject } from '../protocol/resource.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { ScimEntitlements } from './scim-entitlements.js';
import { ScimTokenVerifier } from './scim-token-verifier.js';
import { generateToken, hashToken, hintOf, readPrefix } from './token.js';
import { TOKEN_SCOPES, type TokenScope } from './token-scopes.js';

/** An IdP keeps one static token, so it lives long; a year is what most SCIM services give. */
const DEFAULT_DAYS = 365;
export const MOST_DAYS = 730;
export const LONGEST_LABEL = 100;
/** Control characters have no place on a page; PostgreSQL takes neither NUL nor halves of surrogate pairs. */
export const PRINTABLE = /^[^\p{Cc}\p{Cs}]*$/u;
/** Two, so that a new one can be put into the IdP while the old one still works. */
const MOST_LIVE_TOKENS = 2;

/** What an admin may say about a token that is to be made. */
export interface NewToken {
  /** What the admin calls it; at most 100 characters, without control characters. Default: none. */
  readonly label?: string | undefined;
  /** Days, 1 to 730. Default 365. */
  readonly expiresInDays?: number | undefined;
  /** Default: all. */
  readonly scopes?: readonly TokenScope[] | undefined;
  /** Account id of the admin. */
  readonly createdBy?: string | undefined;
}

/** A token as lists show it: never its secret. */
export interface TokenSummary {
  readonly id: string;
  readonly label: string | null;
  /** E.g. `scim_17eo76d63VPBn_…knwE`. */
  readonly hint: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly createdBy: string | null;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly lastUsedFrom: string | null;
  readonly lastUsedClient: string | null;
  readonly state: 'live' | 'expired' | 'revoked';
}

/** The one answer that holds the secret. */
export interface GeneratedToken extends Pick<
  TokenSummary,
  'id' | 'label' | 'hint' | 'scopes' | 'createdAt' | 'createdBy' | 'expiresAt'
> {
  /** Shown once and kept nowhere. */
  readonly token: string;
}

/** The life of an organization's tokens. */
@Injectable()
export class ScimTokensService {
  private readonly prefix: string;

  constructor(
    private readonly database: ScimDatabase,
    private readonly entitlements: ScimEntitlements,
    private readonly verifier: ScimTokenVerifier,
    private readonly relay: ScimRelay,
    @Inject(SCIM_OPTIONS) options: ScimModuleOptions,
  ) {
    this.prefix = readPrefix(options.tokens?.prefix);
  }

  /**
   * Makes a token and writes `scim.token.created`.
   * @throws ScimError 400 for a life, a label or scopes out of bounds; 409 when the organization may not use SCIM or has two live
   * tokens already; 503 when the host cannot say.
   */
  async generate(organizationId: string, wanted: NewToken = {}): Promise<GeneratedToken> {
    checkBounds(wanted);
    const entitlement = await this.entitlements.ask(organizationId);
    if (!entitlement.allowed) throw conflict(entitlement.detail);
    const { generated, deliveries } = await this.database.transaction((manager) =>
      this.insert(organizationId, wanted, manager),
    );
    await this.relay.deliverNow(deliveries);
    return generated;
  }

  /** All tokens ever made, the newest first. */
  async list(organizationId: string): Promise<TokenSummary[]> {
    return this.database.run<TokenSummary>(listTokens, [organizationId]);
  }

  /**
   * Refused from the next request on (within a second on other instances). A token that is revoked already stays so.
   * @param actorId account id of the admin.
   * @throws ScimError 404 for an unknown id.
   */
  async revoke(organizationId: string, tokenId: string, actorId?: string): Promise<void> {
    const deliveries = await this.database.transaction(async (manager) => {
      await this.database.run(lockConnection, [organizationId], manager);
      const [known] = isId(tokenId) ? await this.database.run(findToken, [organizationId, tokenId], manager) : [];
      if (!known) throw notFound('There is no such token.');
      const [revoked] = await this.database.run<{ label: string | null; hint: string }>(
        revokeToken,
        [organizationId, tokenId],
        manager,
      );
      if (!revoked) return [];
      return this.writeEvent(organizationId, tokenId, { type: TokenRevoked.type, ...facts(revoked, actorId) }, manager);
    });
    this.verifier.forget(tokenId);
    await this.relay.deliverNow(deliveries);
  }

  private async insert(
    organizationId: string,
    wanted: NewToken,
    manager: EntityManager,
  ): Promise<{ generated: GeneratedToken; deliveries: DeliveryKey[] }> {
    const connectionId = await this.takeTurn(organizationId, manager);
    const { secret, publicId } = generateToken(this.prefix);
    const pepper = this.verifier.signingPepper;
    const { label = null, scopes = TOKEN_SCOPES, createdBy = null, expiresInDays = DEFAULT_DAYS } = wanted;
    const token = { id: randomUUID(), label, hint: hintOf(secret), scopes, createdBy };
    const identification = [
      token.id,
      organizationId,
      connectionId,
      publicId,
      hashToken(secret, pepper),
      pepper?.keyId ?? null,
    ];
    const [times] = await this.database.run<{ createdAt: Date; expiresAt: Date }>(
      insertToken,
      [...identification, token.hint, label, scopes, createdBy, expiresInDays],
      manager,
    );
    if (!times) throw new Error('The token was not stored.');
    const event = { type: TokenCreated.type, ...facts(token, wanted.createdBy) };
    const deliveries = await this.writeEvent(organizationId, token.id, event, manager);
    return { generated: { token: secret, ...token, ...times }, deliveries };
  }

  /** Locks the organization's connection, so that two admins do not make a token too many. @throws ScimError 409 */
  private async takeTurn(organizationId: string, manager: EntityManager): Promise<string> {
    await this.database.run(ensureConnection, [organizationId, randomUUID(), randomBytes(32)], manager);
    const [connection] = await this.database.run<{ id: string }>(lockConnection, [organizationId], manager);
    const [live] = await this.database.run<{ count: number }>(countLiveTokens, [organizationId], manager);
    if (!connection || !live) throw new Error('The connection row is gone.');
    if (live.count >= MOST_LIVE_TOKENS) {
      throw conflict(`There are ${MOST_LIVE_TOKENS} live tokens already: revoke one first.`);
    }
    return connection.id;
  }

  private async writeEvent(
    organizationId: string,
    tokenId: string,
    { type, payload }: Pick<NewEvent, 'type' | 'payload'>,
    manager: EntityManager,
  ): Promise<DeliveryKey[]> {
    const [last] = await this.database.run<{ sequence: number }>(findLastSequence, [tokenId], manager);
    const sequence = (last?.sequence ?? 0) + 1;
    const event: NewEvent = { id: randomUUID(), sequence, type, terminal: isTerminal(type), payload, personal: null };
    const values = [tokenId, organizationId, JSON.stringify([event]), null, null];
    const [written] = await this.database.run<{ deliveries: DeliveryKey[] }>(writeTokenEvents, values, manager);
    return written?.deliveries ?? [];
  }
}

/** Types say so too, but what a host hands in may come from a form of its own. */
function checkBounds({ label = '', expiresInDays = DEFAULT_DAYS, scopes = TOKEN_SCOPES }: NewToken): void {
  if (!Number.isInteger(expiresInDays) || expiresInDays < 1 || expiresInDays > MOST_DAYS) {
    throw invalidValue(`A token lives 1 to ${MOST_DAYS} days.`);
  }
  if (typeof label !== 'string' || label.length > LONGEST_LABEL || !PRINTABLE.test(label)) {
    throw invalidValue(`A label is a text of at most ${LONGEST_LABEL} characters, without control characters.`);
  }
  const known = Array.isArray(scopes) && scopes.length > 0 && scopes.every((scope) => TOKEN_SCOPES.includes(scope));
  if (!known || new Set(scopes).size < scopes.length) {
    throw invalidValue(`Scopes are some of ${TOKEN_SCOPES.join(', ')}, each once.`);
  }
}

const facts = (
  token: { readonly label: string | null; readonly hint: string },
  actorId: string | undefined,
): { payload: JsonObject } => ({
  payload: {
    hint: token.hint,
    ...(token.label === null ? {} : { label: token.label }),
    ...(actorId === undefined ? {} : { actorId }),
  },
});
