import type { EntityManager } from 'typeorm';

/** The database's time, which also says when SCIM removed somebody. */
export async function readClock(manager: EntityManager): Promise<Date> {
  const [row] = await manager.query<{ now: Date }[]>('SELECT clock_timestamp()::timestamptz(3) AS now');
  return row?.now ?? new Date();
}
