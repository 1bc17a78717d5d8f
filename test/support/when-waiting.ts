import type { DataSource } from 'typeorm';

/** Resolves once `count` statements of this database wait for a lock. */
export async function whenWaiting(dataSource: DataSource, count: number): Promise<void> {
  for (let tries = 0; tries < 2000; tries += 1) {
    const [{ waiting }] = await dataSource.query(
      `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (waiting >= count) return;
  }
  throw new Error(`There were never ${count} statements waiting for a lock.`);
}
