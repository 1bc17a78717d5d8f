import { Inject, Injectable, Logger } from '@nestjs/common';
import { ScimDatabase } from '../persistence/scim-database.js';
import { findVerifiableToken, rehashToken, touchToken, type VerifiableToken } from '../persistence/token-statements.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { equalHashes, hashToken, type Pepper, publicIdOf, readPeppers } from './token.js';

/** Who speaks: the organization, through one of its tokens. */
export interface ScimPrincipal {
  readonly organizationId: string;
  readonly tokenId: string;
  readonly scopes: ReadonlySet<string>;
}

/** Where a request came from, for "last used". */
export interface ClientOrigin {
  readonly address?: string;
  readonly userAgent?: string;
}

/** How long a verified token is believed; revoking drops it at once on the instance that revokes. */
const FRESH_MS = 1000;
const MOST_ENTRIES = 10_000;

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
    @Inject(SCIM_OPTIONS) options: ScimModuleOptions,
  ) {
    this.peppers = readPeppers(options.tokens?.peppers);
    if (this.peppers.length === 0) this.missPeppers();
  }

  get signingPepper(): Pepper | undefined {
    return this.peppers[0];
  }

  /** The principal of a secret that is known, not revoked and not expired; undefined for everything else. */
  async verify(secret: string, origin: ClientOrigin): Promise<ScimPrincipal | undefined> {
    const publicId = publicIdOf(secret);
    if (publicId === undefined) return undefined;
    const hash = hashToken(secret, this.signingPepper);
    const key = hash.toString('base64');
    const known = this.verified.get(key);
    if (known && known.until > performance.now()) return known.principal;
    this.verified.delete(key);
    const { generation } = this;
    const [token] = await this.database.run<VerifiableToken>(findVerifiableToken, [publicId]);
    if (!token || !this.matches(secret, hash, token) || !token.live) return undefined;
    const { id: tokenId, organizationId } = token;
    const principal = { organizationId, tokenId, scopes: new Set(token.scopes) };
    if (generation === this.generation) this.remember(key, principal, token.expiresInMs);
    this.noteUse(token, hash, origin);
    return principal;
  }

  /** A token was revoked. */
  forget(tokenId: string): void {
    this.generation += 1;
    for (const [key, { principal }] of this.verified) {
      if (principal.tokenId === tokenId) this.verified.delete(key);
    }
  }

  private matches(secret: string, hash: Buffer, token: VerifiableToken): boolean {
    const pepper = this.peppers.find(({ keyId }) => keyId === token.keyId);
    if (pepper === this.signingPepper && (token.keyId ?? undefined) === pepper?.keyId)
      return equalHashes(hash, token.hash);
    // Made under another pepper, or before there was one; a pepper that is gone from the ring verifies nothing.
    if (pepper === undefined && token.keyId !== null) return false;
    return equalHashes(hashToken(secret, pepper), token.hash);
  }

  private remember(key: string, principal: ScimPrincipal, expiresInMs: number): void {
    if (this.verified.size >= MOST_ENTRIES) this.verified.clear();
    this.verified.set(key, { principal, until: performance.now() + Math.min(FRESH_MS, expiresInMs) });
  }

  /** Off the request's path: nobody waits for it, and its failure costs nothing but the note. */
  private noteUse(token: VerifiableToken, hash: Buffer, { address, userAgent }: ClientOrigin): void {
    const writes: Promise<unknown>[] = [];
    if (token.useIsStale) {
      writes.push(this.database.run(touchToken, [token.id, address ?? null, userAgent?.slice(0, 200) ?? null]));
    }
    const pepper = this.signingPepper;
    if (pepper && pepper.keyId !== token.keyId) {
      writes.push(this.database.run(rehashToken, [token.id, hash, pepper.keyId]));
    }
    for (const write of writes) {
      write.catch((error: unknown) => this.logger.warn(`The use of token ${token.id} was not noted: ${String(error)}`));
    }
  }

  private missPeppers(): void {
    const text =
      'No token pepper is configured (tokens.peppers): whoever reads the database can test token candidates.';
    if (process.env['NODE_ENV'] === 'production') throw new Error(`${text} Production mode needs one.`);
    this.logger.warn(text);
  }
}
