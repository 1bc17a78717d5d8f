import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Rounds } from '../events/rounds.js';
import { OrganizationRemovals } from '../identities/organization-removals.js';
import { identitiesOf, SCIM_OPTIONS, type ScimIdentityOptions, type ScimModuleOptions } from '../scim.options.js';
import { type Erased, IdentityErasure } from './identity-erasure.js';

const INTERVAL_MS = 60_000;

/**
 * What time brings: removed people are erased, what other processes logged of erased ones just before, and what is left of
 * removed organizations. Any number of processes may do it at the same time.
 */
@Injectable()
export class PeopleUpkeep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(PeopleUpkeep.name);
  private readonly settings: Required<ScimIdentityOptions>;
  /** Erased since the last round. */
  private again: Erased[] = [];
  private readonly rounds = new Rounds(
    () => this.tick(),
    (error) => this.complain(error),
  );

  constructor(
    private readonly erasure: IdentityErasure,
    private readonly organizations: OrganizationRemovals,
    @Inject(SCIM_OPTIONS) options: ScimModuleOptions,
  ) {
    this.settings = identitiesOf(options);
  }

  onApplicationBootstrap(): void {
    this.rounds.start(INTERVAL_MS);
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
    await this.eraseAgain().catch((error: unknown) => this.complain(error));
  }

  /** Other processes write their logs with a delay: what they said of this person is looked for once more, a minute later at most. */
  lookAgain(erased: Erased): void {
    this.again.push(erased);
  }

  /** Does all that is due. Returns how many people were erased because their time was over. */
  async tick(): Promise<number> {
    await this.eraseAgain();
    await this.organizations.tick(() => this.rounds.isStopping);
    const { retentionDays } = this.settings;
    return retentionDays === 'never' ? 0 : this.eraseOld(retentionDays);
  }

  private async eraseAgain(): Promise<void> {
    const due = this.again;
    this.again = [];
    for (const erased of due) await this.erasure.eraseTraces(erased);
  }

  /** One after the other, each in a transaction of its own: nobody waits for it, and one that fails holds back nobody. */
  private async eraseOld(days: number): Promise<number> {
    const failed: string[] = [];
    let count = 0;
    for (; !this.rounds.isStopping; count += 1) {
      const next = await this.erasure.eraseNext(days, failed);
      if (!next) break;
      if (next.error === undefined) continue;
      failed.push(next.id);
      this.complain(next.error);
    }
    return count - failed.length;
  }

  private complain(error: unknown): void {
    this.logger.warn(`People wait to be erased: ${String(error)}`);
  }
}
