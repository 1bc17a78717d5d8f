import { Injectable, Logger, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { noteRefusedLogin } from '../persistence/refused-login-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { within } from '../persistence/within.js';
import { fold } from '../protocol/comparable.js';
import { isUsableNameId, type SsoLogin } from './sign-in.js';

/** SCIM itself keeps these people out: they say nothing of how NameIDs are set. */
const EXPECTED: ReadonlySet<string> = new Set(['suspended', 'deprovisioned']);
const LONGEST_REASON = 100;
/** Somebody who tries again and again is noted once in this time. */
const AGAIN_AFTER_MS = 60_000;
const MOST_REMEMBERED = 1000;
const STOP_WAIT_MS = 2000;

/**
 * Notes the NameIDs of logins that were refused, a few of each organization, so that the link check can say why. Nobody waits
 * for it, and its failure costs nothing but the note.
 */
@Injectable()
export class RefusedLogins implements OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger(RefusedLogins.name);
  private readonly writes = new Set<Promise<void>>();
  private readonly noted = new Map<string, number>();

  constructor(private readonly database: ScimDatabase) {}

  note(login: SsoLogin, reason: string): void {
    if (EXPECTED.has(reason)) return;
    const { organizationId, ssoConnectionId } = login;
    // What is no name to know anybody by may be of any length, and what it was tells nothing.
    const nameId = isUsableNameId(login) ? login.nameId.normalize('NFC') : '';
    const key = JSON.stringify([organizationId, ssoConnectionId, nameId, reason]);
    const now = performance.now();
    if (now < (this.noted.get(key) ?? 0)) return;
    if (this.noted.size >= MOST_REMEMBERED) this.noted.clear();
    this.noted.set(key, now + AGAIN_AFTER_MS);
    const values = [organizationId, nameId, fold(nameId), ssoConnectionId, reason.slice(0, LONGEST_REASON)];
    const write = this.database.run(noteRefusedLogin, values).then(
      () => undefined,
      (error: unknown) => this.logger.warn(`A refused login was not noted: ${String(error)}`),
    );
    this.writes.add(write);
    void write.finally(() => this.writes.delete(write));
  }

  /** Resolves when what was noted until now is written. */
  async onModuleDestroy(): Promise<void> {
    await within(Promise.all(this.writes), STOP_WAIT_MS, () => new Error('late')).catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.onModuleDestroy();
  }
}
