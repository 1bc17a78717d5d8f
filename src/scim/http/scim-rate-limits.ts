import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests } from '../protocol/scim-error.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';

/** Eight times what Entra's gallery asks for (25 requests/s per tenant). */
const DEFAULT_REQUESTS_PER_SECOND = 200;
const BURST_SECONDS = 5;
/** What bulk operations cost less than requests of their own. */
const BULK_FACTOR = 10;
/** Per minute and address: a 256-bit secret is not guessed, but a misconfigured client need not fill the log. */
const FAILURES_PER_MINUTE = 20;
/** Per minute and address: each costs one look-up at most, whatever it holds. */
const LEAK_REPORTS_PER_MINUTE = 20;

/** Budgets of this process: per organization, whatever its tokens, for requests and for what bulk requests hold; and per address, for bad tokens. */
@Injectable()
export class ScimRateLimits {
  private readonly requests: RateLimiterMemory | undefined;
  private readonly bulkOperations: RateLimiterMemory | undefined;
  private readonly failures: RateLimiterMemory | undefined;
  private readonly reports: RateLimiterMemory | undefined;

  constructor(@Inject(SCIM_OPTIONS) options: ScimModuleOptions) {
    const { requestsPerSecond: perSecond = DEFAULT_REQUESTS_PER_SECOND, bulkOperationsPerSecond } =
      options.rateLimit ?? {};
    if (perSecond === 0) return;
    const operations = (bulkOperationsPerSecond ?? perSecond * BULK_FACTOR) * BURST_SECONDS;
    // Less than one request may hold would refuse that request for ever.
    const points = Math.max(operations, limitsOf(options).bulkOperations);
    this.bulkOperations = new RateLimiterMemory({ points, duration: BURST_SECONDS });
    this.requests = new RateLimiterMemory({ points: perSecond * BURST_SECONDS, duration: BURST_SECONDS });
    this.failures = new RateLimiterMemory({ points: FAILURES_PER_MINUTE, duration: 60 });
    this.reports = new RateLimiterMemory({ points: LEAK_REPORTS_PER_MINUTE, duration: 60 });
  }

  /** @throws ScimError 429 */
  async countRequest(organizationId: string): Promise<void> {
    await this.requests?.consume(organizationId).catch(refuse);
  }

  /** Of a bulk request, which was counted as one already. @throws ScimError 429 */
  async countBulkOperations(organizationId: string, count: number): Promise<void> {
    await this.bulkOperations?.consume(organizationId, count).catch(refuse);
  }

  /** To be called for each bad token. @throws ScimError 429 once an address has sent too many. */
  async countFailure(address: string | undefined): Promise<void> {
    await this.failures?.consume(address ?? 'unknown').catch(refuse);
  }

  /** Of leaked tokens. @throws ScimError 429 */
  async countReport(address: string | undefined): Promise<void> {
    await this.reports?.consume(address ?? 'unknown').catch(refuse);
  }
}

function refuse(reason: unknown): never {
  if (reason instanceof RateLimiterRes) throw tooManyRequests(Math.max(1, Math.ceil(reason.msBeforeNext / 1000)));
  throw reason;
}
