import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TokenRevoked } from '../events/scim-events.js';
import { isTerminal } from '../events/takes-away.js';
import { ScimRelay } from '../events/scim-relay.js';
import { ensureConnection } from '../persistence/connection-statements.js';
import type { RevocationReason } from '../persistence/entities/token.entity.js';
import { isId } from '../persistence/is-id.js';
import {
  type DeliveryKey,
  findLastSequence,
  type NewEvent,
  writeTokenEvents,
} from '../persistence/outbox-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import {
  countLiveTokens,
  findToken,
  insertToken,
  lockConnection,
  restorePredecessor,
  revokeToken,
  type RotatableToken,
  type ToldToken,
} from '../persistence/token-statements.js';
import type { JsonObject } from '../protocol/resource.js';
import { conflict, notFound } from '../protocol/scim-error.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { ScimTokenVerifier } from './scim-token-verifier.js';
import { generateToken, hashToken, hintOf, readPrefix } from './token.js';

/** The one answer that holds the secret. */
export interface GeneratedToken {
  readonly id: string;
  readonly label: string | null;
  /** E.g. `scim_17eo76d63VPBn_…knwE`. */
  readonly hint: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly createdBy: string | null;
  /** Null: never. */
  readonly expiresAt: Date | null;
  /** Shown once and kept nowhere. */
  readonly token: string;
}

/** A token that is to be made. */
export interface TokenToMake extends Pick<GeneratedToken, 'label' | 'scopes' | 'createdBy'> {
  /** Null: it never expires. */
  readonly days: number | null;
}

/** What a change of tokens wrote. */
export interface TokenChange {
  readonly deliveries: readonly DeliveryKey[];
  /** Tokens that are refused from now on. */
  readonly ended: readonly string[];
}

/** An end, and the account id of the admin who brought it about. */
export type TokenEnd = readonly [RevocationReason, actorId: string | undefined];

/**
 * The steps that changes of tokens are made of, inside the transaction of `commit`. Whoever changes tokens locks the
 * organization's connection row first; an event is written after its token's row was, whose lock guards its sequence.
 */
@Injectable()
export class ScimTokenStore {
  private readonly prefix: string;

  constructor(
    private readonly database: ScimDatabase,
    private readonly verifier: ScimTokenVerifier,
    private readonly relay: ScimRelay,
    @Inject(SCIM_OPTIONS) options: ScimModuleOptions,
  ) {
    this.prefix = readPrefix(options.tokens?.prefix);
  }

  /** After the commit this instance refuses what ended, and the handlers are tried. */
  async commit<Change extends TokenChange>(work: (manager: EntityManager) => Promise<Change>): Promise<Change> {
    const change = await this.database.transaction(work);
    for (const tokenId of change.ended) this.verifier.forget(tokenId);
    await this.relay.deliverNow(change.deliveries);
    return change;
  }

  /**
   * Locks the organization's connection, made if there is none, so that two admins do not make a token too many.
   * @throws ScimError 409 while a removed organization's rows are being deleted.
   */
  async makeConnection(organizationId: string, manager: EntityManager): Promise<string> {
    await this.database.run(ensureConnection, [organizationId, randomUUID(), randomBytes(32)], manager);
    const connectionId = await this.takeTurn(organizationId, manager);
    if (connectionId === undefined)
      throw conflict('This organization was removed; what is left of it is being deleted.');
    return connectionId;
  }

  /** A token with its connection's id, under the connection's lock. @throws ScimError 404 */
  async getToken(
    organizationId: string,
    tokenId: string,
    manager: EntityManager,
  ): Promise<RotatableToken & { readonly connectionId: string }> {
    const connectionId = isId(tokenId) ? await this.takeTurn(organizationId, manager) : undefined;
    const [token] =
      connectionId === undefined
        ? []
        : await this.database.run<RotatableToken>(findToken, [organizationId, tokenId], manager);
    if (connectionId === undefined || !token) throw notFound('There is no such token.');
    return { ...token, connectionId };
  }

  /** Those that are being replaced don't count. */
  async countLive(organizationId: string, manager: EntityManager): Promise<number> {
    const [live] = await this.database.run<{ count: number }>(countLiveTokens, [organizationId], manager);
    return live?.count ?? 0;
  }

  async insert(
    [organizationId, connectionId]: readonly [string, string],
    { label, scopes, createdBy, days }: TokenToMake,
    manager: EntityManager,
  ): Promise<GeneratedToken> {
    const { secret, publicId } = generateToken(this.prefix);
    const pepper = this.verifier.signingPepper;
    const token = { id: randomUUID(), label, hint: hintOf(secret), scopes, createdBy };
    const identification = [token.id, organizationId, connectionId, publicId];
    const kept = [hashToken(secret, pepper), pepper?.keyId ?? null, token.hint, label, scopes, createdBy, days];
    const [times] = await this.database.run<Pick<GeneratedToken, 'createdAt' | 'expiresAt'>>(
      insertToken,
      [...identification, ...kept],
      manager,
    );
    if (!times) throw new Error('The token was not stored.');
    return { token: secret, ...token, ...times };
  }

  /** A live token that is itself the new one of a rotation gives its place back. Nothing happens to one that was revoked. */
  async end(
    organizationId: string,
    tokenId: string,
    [reason, actorId]: TokenEnd,
    manager: EntityManager,
  ): Promise<TokenChange & { readonly told?: ToldToken }> {
    const [told] = await this.database.run<ToldToken & { wasLive: boolean }>(
      revokeToken,
      [organizationId, tokenId, reason],
      manager,
    );
    if (!told) return { ended: [], deliveries: [] };
    if (told.wasLive) await this.database.run(restorePredecessor, [organizationId, tokenId], manager);
    const facts = { ...actorOf(actorId), reason };
    return { told, ended: [tokenId], deliveries: await this.tell(told, [TokenRevoked.type, facts], manager) };
  }

  /** Writes an event of a token whose row this transaction wrote. */
  async tell(
    token: ToldToken,
    [type, facts]: readonly [type: string, facts: JsonObject],
    manager: EntityManager,
  ): Promise<DeliveryKey[]> {
    const [last] = await this.database.run<{ sequence: number }>(findLastSequence, [token.id], manager);
    const label = token.label === null ? {} : { label: token.label };
    const payload = { hint: token.hint, ...label, ...facts };
    const sequence = (last?.sequence ?? 0) + 1;
    const event: NewEvent = { id: randomUUID(), sequence, type, terminal: isTerminal(type), payload, personal: null };
    const values = [token.id, token.organizationId, JSON.stringify([event]), null, null];
    const [written] = await this.database.run<{ deliveries: DeliveryKey[] }>(writeTokenEvents, values, manager);
    return written?.deliveries ?? [];
  }

  private async takeTurn(organizationId: string, manager: EntityManager): Promise<string | undefined> {
    const [connection] = await this.database.run<{ id: string }>(lockConnection, [organizationId], manager);
    return connection?.id;
  }
}

export const actorOf = (actorId: string | undefined): JsonObject => (actorId === undefined ? {} : { actorId });
