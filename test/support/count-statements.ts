import type { DataSource } from 'typeorm';

/** Texts of the statements that the module sends over the pool, outside transactions, while `work` runs. */
export async function countStatements(dataSource: DataSource, work: () => Promise<unknown>): Promise<string[]> {
  const pool = (dataSource.driver as unknown as { master: { query(config: { text: string }): unknown } }).master;
  const query = pool.query.bind(pool);
  const texts: string[] = [];
  pool.query = (config) => {
    texts.push(config.text.trim());
    return query(config);
  };
  try {
    await work();
  } finally {
    pool.query = query;
  }
  return texts;
}
