import type { EntityManager } from 'typeorm';

/** Less than an event's handler may take in all, which is 30 s. */
const LONG_TIMEOUT_MS = 25_000;

/** pg's, to which TypeORM gives no type. */
interface Connection {
  query(config: { text: string; values: unknown[]; query_timeout: number }): Promise<unknown>;
}

/**
 * Runs a statement about everybody in an organization, which may take longer than a request waits for others.
 * @param manager with an open transaction.
 */
export async function runLongStatement(text: string, values: unknown[], manager: EntityManager): Promise<void> {
  if (!manager.queryRunner) throw new Error('A long statement needs a transaction.');
  const connection: Connection = await manager.queryRunner.connect();
  await connection.query({ text, values, query_timeout: LONG_TIMEOUT_MS });
}
