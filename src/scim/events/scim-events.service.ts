import { Injectable } from '@nestjs/common';
import { retireConsumer } from '../persistence/outbox-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { ScimConsumers } from './scim-consumers.js';

/** What a host may do about the delivery of events, beside handling them with `OnScimEvent`. */
@Injectable()
export class ScimEventsService {
  constructor(
    private readonly database: ScimDatabase,
    private readonly consumers: ScimConsumers,
  ) {}

  /**
   * Ends a consumer whose handler was removed or renamed: no event is kept for it any more, and what is still open is given
   * up. Call it when no process has the handler any longer; one that starts with it later registers it anew.
   * @param consumer the name in `OnScimEvent`. An unknown one is no mistake: nothing happens.
   * @returns how many open deliveries were given up.
   * @throws Error while this process has a handler of that name; ScimError 503 when the database is not available.
   */
  async retire(consumer: string): Promise<number> {
    if (this.consumers.isRegistered(consumer)) {
      throw new Error(`"${consumer}" has a handler in this process; remove the handler before the consumer.`);
    }
    const [result] = await this.database.run<{ givenUp: number }>(retireConsumer, [consumer]);
    return result?.givenUp ?? 0;
  }
}
