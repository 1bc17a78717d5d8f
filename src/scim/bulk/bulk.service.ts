import { Inject, Injectable } from '@nestjs/common';
import { ScimRelay } from '../events/scim-relay.js';
import { ScimPaths } from '../http/scim-paths.js';
import { withoutTokens } from '../http/scim-exception.filter.js';
import { ScimRateLimits } from '../http/scim-rate-limits.js';
import { hideTokens } from '../log/secrets.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { type BulkOutcome, readBulk, toBulkResponse } from '../protocol/bulk.js';
import type { JsonObject } from '../protocol/resource.js';
import type { ScimError } from '../protocol/scim-error.js';
import { ResourceEndpoints } from '../resources/resource-endpoints.js';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import type { ScimPrincipal } from '../tokens/scim-token-verifier.js';
import { addressOf } from './bulk-address.js';
import { BulkRun } from './bulk-run.js';
import { BulkWriter } from './bulk-writer.js';

/** Who asks, and what becomes of mistakes. */
export interface BulkCaller {
  readonly principal: ScimPrincipal;
  readonly requestId: string;
  /** As in `WriteContext`. */
  readonly onlyRemovals: string | undefined;
  /** What the client is told of whatever was thrown; what it is not told goes to the log. */
  readonly toScimError: (error: unknown) => ScimError;
}

/** RFC 7644 §3.7: many operations in one request, each with the rules, the transaction and the events that it has alone. */
@Injectable()
export class BulkService {
  constructor(
    private readonly endpoints: ResourceEndpoints,
    private readonly database: ScimDatabase,
    private readonly relay: ScimRelay,
    private readonly paths: ScimPaths,
    private readonly limits: ScimRateLimits,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  /**
   * @returns a BulkResponse.
   * @throws ScimError 400; 413; 429; 503 where nothing was written. In all of these cases nothing happened.
   */
  async process(body: unknown, caller: BulkCaller): Promise<JsonObject> {
    const { bulkOperations, bulkSeconds } = limitsOf(this.options);
    const deadline = performance.now() + bulkSeconds * 1000;
    const request = readBulk(body, bulkOperations);
    const { principal, requestId, onlyRemovals, toScimError } = caller;
    const { organizationId, tokenId, scopes } = principal;
    await this.limits.countBulkOperations(organizationId, request.operations.length);
    const writer = new BulkWriter({ organizationId, tokenId, requestId, onlyRemovals }, this.paths.baseUrl);
    const run = new BulkRun(request, {
      writer,
      addressOf: (operation, unknown) =>
        addressOf(operation, unknown, { endpoints: this.endpoints, scopes, onlyRemovals }),
      transaction: (work) => this.database.transactionWithRetry(work),
      toScimError,
      isLate: () => performance.now() >= deadline,
    });
    await run.process();
    await this.deliver(writer);
    const { unavailable } = run;
    // What was committed has to be told; where nothing was, the client simply sends it all again.
    if (unavailable && !run.hasWritten) throw unavailable;
    if (unavailable) run.giveUp(unavailable);
    return toBulkResponse(request.operations, run.outcomes.map(withoutSecrets));
  }

  /** Once, for all that cut access: 1,000 removals wait as long as one does. */
  private async deliver({ later }: BulkWriter): Promise<void> {
    // For all that is not waited for, e.g. what was created beside it.
    this.relay.nudge();
    await this.relay.deliverNow(later);
  }
}

/** As an error is told that ends a whole request. */
function withoutSecrets(outcome: BulkOutcome | undefined): BulkOutcome | undefined {
  if (!outcome || !('error' in outcome)) return outcome;
  const { location } = outcome;
  return {
    error: withoutTokens(outcome.error),
    ...(location === undefined ? {} : { location: hideTokens(location) }),
  };
}
