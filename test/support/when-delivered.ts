import type { DataSource } from 'typeorm';

/** A delivery that failed with its database is tried again after 5 s; a test may take 30 s. */
const LIMIT_MS = 25_000;

/** Resolves once every event so far was delivered: nobody waits for those that cut no access. */
export async function whenDelivered(dataSource: DataSource): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (performance.now() < deadline) {
    const [{ open }] = await dataSource.query(
      `SELECT count(*)::int AS open FROM scim_outbox_delivery WHERE status = 'pending'`,
    );
    if (open === 0) return;
  }
  throw new Error('Events are still waiting.');
}
