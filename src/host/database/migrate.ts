import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source.js';

/** Any number: hosts that start at once on one database take turns. */
const MIGRATION_LOCK = 76_437_646;

/** Brings all tables, the host's and the module's, up to date. */
export async function migrate(url: string): Promise<void> {
  const dataSource = await new DataSource(dataSourceOptions(url)).initialize();
  try {
    const lock = dataSource.createQueryRunner();
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations();
  } finally {
    // Ends the session, and the lock with it.
    await dataSource.destroy();
  }
}
