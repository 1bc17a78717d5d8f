import { type GivenUp, giveUpStatements } from '../persistence/outbox-statements.js';
import type { ScimDatabase } from '../persistence/scim-database.js';

/** Rows of one statement: it holds no lock for long. */
const BATCH = 1000;
const LONG_AGO = new Date(0);

/**
 * What a consumer that is gone left, open or dead. Returns how many deliveries were given up; none of a consumer that is
 * registered, be it meanwhile.
 */
export async function giveUpDeliveries(
  database: ScimDatabase,
  consumer: string,
  isStopping: () => boolean = () => false,
): Promise<number> {
  let givenUp = 0;
  for (const statement of giveUpStatements) {
    let last: GivenUp | undefined = { count: 0, at: LONG_AGO, seq: '0' };
    while (last && !isStopping()) {
      const values: unknown[] = [consumer, last.at, last.seq, BATCH];
      [last] = await database.run<GivenUp>(statement, values);
      givenUp += last?.count ?? 0;
    }
  }
  return givenUp;
}
