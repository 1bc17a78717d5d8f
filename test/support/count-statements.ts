import type { DataSource } from 'typeorm';

interface Connection {
  query(config: { text: string }): unknown;
  release(error?: Error): void;
}

type Connect = (callback?: unknown) => Promise<Connection>;

/** Texts of the statements that the module sends over the pool, outside transactions, while `work` runs; without the log. */
export async function countStatements(dataSource: DataSource, work: () => Promise<unknown>): Promise<string[]> {
  const texts = await countAllStatements(dataSource, work);
  // It is written when it likes, that of requests before too.
  return texts.filter((text) => !text.startsWith('INSERT INTO scim_log'));
}

export async function countAllStatements(dataSource: DataSource, work: () => Promise<unknown>): Promise<string[]> {
  const pool = (dataSource.driver as unknown as { master: { connect: Connect } }).master;
  const connect = pool.connect.bind(pool);
  const texts: string[] = [];
  pool.connect = async (callback) => {
    // TypeORM, whose transactions begin like this, asks with a callback.
    if (callback) return connect(callback);
    const connection = await connect();
    const query = connection.query.bind(connection);
    const release = connection.release.bind(connection);
    connection.query = (config) => {
      texts.push(config.text.trim());
      return query(config);
    };
    connection.release = (error) => {
      connection.query = query;
      release(error);
    };
    return connection;
  };
  try {
    await work();
  } finally {
    pool.connect = connect;
  }
  return texts;
}
