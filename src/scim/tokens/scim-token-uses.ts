import { Injectable, Logger, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { ScimDatabase } from '../persistence/scim-database.js';
import { rehashToken, touchToken, type VerifiableToken } from '../persistence/token-statements.js';
import { within } from '../persistence/within.js';

/** Where a request came from, for "last used". */
export interface ClientOrigin {
  readonly address?: string;
  readonly userAgent?: string;
}

/** A secret's hash under the pepper that signs now. */
export interface CurrentHash {
  readonly hash: Buffer;
  readonly keyId: string;
}

const LONGEST_CLIENT = 200;
/** Instances that disagree on the first pepper, as they do during its rotation, must not sign in turns with every request. */
const REHASH_AFTER_MS = 60_000;
const MOST_ENTRIES = 10_000;
const STOP_WAIT_MS = 2000;

/**
 * Writes down when, from where and by which client a token was used last: off the request's path (nobody waits for it, and
 * its failure costs nothing but the note) and at most once a minute a token, whatever the number of requests and instances.
 */
@Injectable()
export class ScimTokenUses implements OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger(ScimTokenUses.name);
  private readonly writes = new Set<Promise<void>>();
  /** Tokens whose note is under way: requests that came together write one. */
  private readonly touching = new Set<string>();
  private readonly rehashed = new Map<string, number>();

  constructor(private readonly database: ScimDatabase) {}

  /** `current` where the stored hash was made with another pepper than the one that signs now. */
  note(token: VerifiableToken, origin: ClientOrigin, current: CurrentHash | undefined): void {
    if (token.useIsStale) this.touch(token, origin);
    if (current) this.rehash(token, current);
  }

  async onModuleDestroy(): Promise<void> {
    await this.settle();
  }

  /** The server took requests until now. */
  async onApplicationShutdown(): Promise<void> {
    await this.settle();
  }

  private touch({ id }: VerifiableToken, { address, userAgent }: ClientOrigin): void {
    if (this.touching.has(id)) return;
    this.touching.add(id);
    const client = userAgent?.slice(0, LONGEST_CLIENT) ?? null;
    void this.write(id, this.database.run(touchToken, [id, address ?? null, client])).finally(() =>
      this.touching.delete(id),
    );
  }

  private rehash({ id, keyId: oldKeyId }: VerifiableToken, { hash, keyId }: CurrentHash): void {
    const now = performance.now();
    if (now < (this.rehashed.get(id) ?? 0)) return;
    if (this.rehashed.size >= MOST_ENTRIES) this.rehashed.clear();
    this.rehashed.set(id, now + REHASH_AFTER_MS);
    void this.write(id, this.database.run(rehashToken, [id, hash, keyId, oldKeyId]));
  }

  private write(tokenId: string, statement: Promise<unknown>): Promise<void> {
    const write = statement.then(
      () => undefined,
      (error: unknown) => this.logger.warn(`The use of token ${tokenId} was not noted: ${String(error)}`),
    );
    this.writes.add(write);
    return write.finally(() => this.writes.delete(write));
  }

  private async settle(): Promise<void> {
    await within(Promise.all(this.writes), STOP_WAIT_MS, () => new Error('late')).catch(() => undefined);
  }
}
