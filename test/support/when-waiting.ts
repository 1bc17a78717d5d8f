import type { DataSource } from 'typeorm';

/** On a busy machine a statement may be long in coming; a test may take 30 s. */
const LIMIT_MS = 25_000;

/** Resolves once `count` statements of this database wait for a lock. */
export async function whenWaiting(dataSource: DataSource, count: number): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (performance.now() < deadline) {
    const [{ waiting }] = await dataSource.query(
      `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (waiting >= count) return;
  }
  throw new Error(`There were never ${count} statements waiting for a lock.`);
}
