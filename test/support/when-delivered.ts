import type { DataSource } from 'typeorm';

/** Resolves once every event so far was delivered: nobody waits for those that cut no access. */
export async function whenDelivered(dataSource: DataSource): Promise<void> {
  for (let tries = 0; tries < 5000; tries += 1) {
    const [{ open }] = await dataSource.query(
      `SELECT count(*)::int AS open FROM scim_outbox_delivery WHERE status = 'pending'`,
    );
    if (open === 0) return;
  }
  throw new Error('Events are still waiting.');
}
