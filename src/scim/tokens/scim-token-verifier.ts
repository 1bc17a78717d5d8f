import { Inject, Injectable, Logger } from '@nestjs/common';
import { ScimDatabase } from '../persistence/scim-database.js';
import { findVerifiableTokens, type VerifiableToken } from '../persistence/token-statements.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { type ClientOrigin, ScimTokenUses } from './scim-token-uses.js';
import { equalHashes, hashToken, type Pepper, publicIdOf, readPeppers } from './token.js';

/** Who speaks: the organization, through one of its tokens. */
export interface ScimPrincipal {
  readonly organizationId: string;
  readonly tokenId: string;
  readonly scopes: ReadonlySet<string>;
  /** Whether an admin paused the organization's connection: changes are refused. */
  readonly isPaused: boolean;
}

/** A token that is known and not good. */
export interface RefusedToken extends Pick<ScimPrincipal, 'organizationId' | 'tokenId'> {
  /**
   * `ended`: the right secret of a token that is expired, replaced or revoked, which only its holder can send. `forged`: another
   * secret, which anybody can send who knows the public id; also where the pepper that would tell is gone from the ring.
   */
  readonly refusal: 'ended' | 'forged';
}

/**
 * How long a verified token is believed, from the moment before it was looked up: a token that is revoked is refused by
 * every instance within this time of the commit. The instance that revokes drops it at once.
 */
const FRESH_MS = 1000;
const MOST_ENTRIES = 10_000;
/** Compared with where there is no such token, so that both ways take the same time. */
const NO_HASH = Buffer.alloc(32);

/** Turns a secret into a principal: format and checksum first, so that junk costs no look-up. */
@Injectable()
export class ScimTokenVerifier {
  private readonly logger = new Logger(ScimTokenVerifier.name);
  private readonly peppers: readonly Pepper[];
  /** By hash of the secret, so that no secret stays in memory. */
  private readonly verified = new Map<string, { readonly principal: ScimPrincipal; readonly until: number }>();

  /** Moves with each `forget`, so that what was read before a revocation is not remembered after it. */
  private generation = 0;

  constructor(
    private readonly database: ScimDatabase,
    private readonly uses: ScimTokenUses,
    @Inject(SCIM_OPTIONS) options: ScimModuleOptions,
  ) {
    this.peppers = readPeppers(options.tokens?.peppers);
    if (this.peppers.length === 0) this.missPeppers();
  }

  get signingPepper(): Pepper | undefined {
    return this.peppers[0];
  }

  /** Whether this instance can verify what the pepper of that name signed; null: what none did. */
  knowsPepper(keyId: string | null): boolean {
    return keyId === null || this.peppers.some((pepper) => pepper.keyId === keyId);
  }

  /**
   * The principal of a secret that is known, not revoked and not expired; undefined for everything else.
   * @param onRefused told whose it says it is, where it is refused.
   */
  async verify(
    secret: string,
    origin: ClientOrigin,
    onRefused?: (token: RefusedToken) => void,
  ): Promise<ScimPrincipal | undefined> {
    const publicId = publicIdOf(secret);
    if (publicId === undefined) return undefined;
    const pepper = this.signingPepper;
    const hash = hashToken(secret, pepper);
    const key = hash.toString('base64');
    const start = performance.now();
    const known = this.verified.get(key);
    if (known && known.until > start) return known.principal;
    this.verified.delete(key);
    const { generation } = this;
    const [token] = await this.database.run<VerifiableToken>(findVerifiableTokens, [[publicId]]);
    const isRight = this.matches(secret, hash, token);
    if (!isRight || !token?.live) {
      const refusal = isRight ? 'ended' : 'forged';
      if (token) onRefused?.({ organizationId: token.organizationId, tokenId: token.id, refusal });
      return undefined;
    }
    const { id: tokenId, organizationId } = token;
    const principal = { organizationId, tokenId, scopes: new Set(token.scopes), isPaused: token.isPaused };
    const until = start + Math.min(FRESH_MS, token.endsInMs ?? FRESH_MS);
    if (generation === this.generation) this.remember(key, principal, until);
    const isOldHash = pepper !== undefined && pepper.keyId !== token.keyId;
    this.uses.note(token, origin, isOldHash ? { hash, keyId: pepper.keyId } : undefined);
    return principal;
  }

  /** Those of the secrets that are tokens of ours, live or not. One look-up, and none for junk. */
  async identify(secrets: readonly string[]): Promise<readonly VerifiableToken[]> {
    const byPublicId = new Map<string, string[]>();
    for (const secret of secrets) {
      const publicId = publicIdOf(secret);
      if (publicId !== undefined) byPublicId.set(publicId, [...(byPublicId.get(publicId) ?? []), secret]);
    }
    if (byPublicId.size === 0) return [];
    const tokens = await this.database.run<VerifiableToken>(findVerifiableTokens, [[...byPublicId.keys()]]);
    return tokens.filter((token) =>
      byPublicId
        .get(token.publicId)
        ?.some((secret) => this.matches(secret, hashToken(secret, this.signingPepper), token)),
    );
  }

  /** A token was revoked. */
  forget(tokenId: string): void {
    this.generation += 1;
    for (const [key, { principal }] of this.verified) {
      if (principal.tokenId === tokenId) this.verified.delete(key);
    }
  }

  /** A connection was paused or resumed. */
  forgetOrganization(organizationId: string): void {
    this.generation += 1;
    for (const [key, { principal }] of this.verified) {
      if (principal.organizationId === organizationId) this.verified.delete(key);
    }
  }

  private matches(secret: string, hash: Buffer, token: VerifiableToken | undefined): boolean {
    if (!token) return equalHashes(hash, NO_HASH);
    const pepper = this.peppers.find(({ keyId }) => keyId === token.keyId);
    if (pepper === this.signingPepper && (token.keyId ?? undefined) === pepper?.keyId)
      return equalHashes(hash, token.hash);
    // Made under another pepper, or before there was one; a pepper that is gone from the ring verifies nothing.
    if (pepper === undefined && token.keyId !== null) return false;
    return equalHashes(hashToken(secret, pepper), token.hash);
  }

  private remember(key: string, principal: ScimPrincipal, until: number): void {
    if (this.verified.size >= MOST_ENTRIES) this.verified.clear();
    this.verified.set(key, { principal, until });
  }

  private missPeppers(): void {
    const text =
      'No token pepper is configured (tokens.peppers): whoever reads the database can test token candidates.';
    if (process.env['NODE_ENV'] === 'production') throw new Error(`${text} Production mode needs one.`);
    this.logger.warn(text);
  }
}
