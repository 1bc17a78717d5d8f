import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests } from '../protocol/scim-error.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';

/** Eight times what Entra's gallery asks for (25 requests/s per tenant). */
const DEFAULT_REQUESTS_PER_SECOND = 200;
const BURST_SECONDS = 5;
/** Per minute and address: a 256-bit secret is not guessed, but a misconfigured client need not fill the log. */
const FAILURES_PER_MINUTE = 20;

/** Budgets of this process: per organization, whatever its tokens; and per address, for bad tokens. */
@Injectable()
export class ScimRateLimits {
  private readonly requests: RateLimiterMemory | undefined;
  private readonly failures: RateLimiterMemory | undefined;

  constructor(@Inject(SCIM_OPTIONS) options: ScimModuleOptions) {
    const perSecond = options.rateLimit?.requestsPerSecond ?? DEFAULT_REQUESTS_PER_SECOND;
    if (perSecond === 0) return;
    this.requests = new RateLimiterMemory({ points: perSecond * BURST_SECONDS, duration: BURST_SECONDS });
    this.failures = new RateLimiterMemory({ points: FAILURES_PER_MINUTE, duration: 60 });
  }

  /** @throws ScimError 429 */
  async countRequest(organizationId: string): Promise<void> {
    await this.requests?.consume(organizationId).catch(refuse);
  }

  /** To be called for each bad token. @throws ScimError 429 once an address has sent too many. */
  async countFailure(address: string | undefined): Promise<void> {
    await this.failures?.consume(address ?? 'unknown').catch(refuse);
  }
}

function refuse(reason: unknown): never {
  if (reason instanceof RateLimiterRes) throw tooManyRequests(Math.max(1, Math.ceil(reason.msBeforeNext / 1000)));
  throw reason;
}
