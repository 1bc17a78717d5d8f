import { Inject, Injectable, Logger } from '@nestjs/common';
import { unavailable } from '../protocol/scim-error.js';
import { SCIM_OPTIONS, type ScimEntitlement, type ScimModuleOptions } from '../scim.options.js';

/** How long an answer of the host is believed. */
const FRESH_MS = 5000;
const HOST_TIMEOUT_MS = 2000;
/** Organizations remembered at once; the oldest answer goes first. */
const MOST_ENTRIES = 10_000;

/** Whether an organization may use SCIM now, asked of the host. */
@Injectable()
export class ScimEntitlements {
  private readonly logger = new Logger(ScimEntitlements.name);
  private readonly answers = new Map<string, { readonly answer: ScimEntitlement; readonly until: number }>();
  /** Questions under way: who asks meanwhile waits for the same answer. */
  private readonly questions = new Map<string, Promise<ScimEntitlement>>();
  /** Moves with each `forget`, so that an answer asked for before it is not kept after it. */
  private generation = 0;

  constructor(@Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions) {}

  /**
   * At most 5 s old.
   * @throws ScimError 503 when the host fails or takes over 2 s.
   */
  async get(organizationId: string): Promise<ScimEntitlement> {
    const known = this.answers.get(organizationId);
    if (known && known.until > performance.now()) return known.answer;
    const underWay = this.questions.get(organizationId);
    if (underWay) return underWay;
    const question = this.askAndRemember(organizationId).finally(() => {
      if (this.questions.get(organizationId) === question) this.questions.delete(organizationId);
    });
    this.questions.set(organizationId, question);
    return question;
  }

  /**
   * The host's answer of this moment.
   * @throws ScimError 503 when the host fails or takes over 2 s.
   */
  async ask(organizationId: string): Promise<ScimEntitlement> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer')), HOST_TIMEOUT_MS);
    });
    try {
      return await Promise.race([this.options.organizations.entitlement(organizationId), timeout]);
    } catch (error) {
      this.logger.error(`The host cannot say whether organization ${organizationId} may use SCIM: ${String(error)}`);
      throw unavailable('Whether SCIM is available to this organization cannot be checked; try again later.', error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** To be called by the host when the plan or the SAML configuration changed: the next request of this instance asks anew. */
  forget(organizationId: string): void {
    this.generation += 1;
    this.answers.delete(organizationId);
    this.questions.delete(organizationId);
  }

  private async askAndRemember(organizationId: string): Promise<ScimEntitlement> {
    const { generation } = this;
    const answer = await this.ask(organizationId);
    if (generation === this.generation) this.remember(organizationId, answer);
    return answer;
  }

  private remember(organizationId: string, answer: ScimEntitlement): void {
    this.answers.delete(organizationId);
    if (this.answers.size >= MOST_ENTRIES) {
      const [oldest] = this.answers.keys();
      if (oldest !== undefined) this.answers.delete(oldest);
    }
    this.answers.set(organizationId, { answer, until: performance.now() + FRESH_MS });
  }
}
