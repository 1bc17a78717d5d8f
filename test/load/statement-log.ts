import pg from 'pg';

/** A statement as the pg driver was handed it. */
export interface LoggedStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

let log: LoggedStatement[] | undefined;

// Every statement goes through a client, those of transactions and those that a pool runs for itself.
const client = pg.Client.prototype as unknown as { query: (...parameters: unknown[]) => unknown };
const send = client.query;
client.query = function (this: unknown, ...parameters: unknown[]): unknown {
  const [first, second] = parameters;
  if (log) {
    const config = typeof first === 'string' ? { text: first, values: second } : (first as LoggedStatement);
    log.push({ text: config.text.trim(), values: Array.isArray(config.values) ? config.values : [] });
  }
  return send.apply(this, parameters);
};

/** What is sent while `work` runs: BEGIN and COMMIT, too, but not the log of requests before, which is written when it likes. */
export async function statementsOf(work: () => Promise<unknown>): Promise<readonly LoggedStatement[]> {
  const statements: LoggedStatement[] = [];
  log = statements;
  try {
    await work();
  } finally {
    log = undefined;
  }
  return statements.filter(({ text }) => !text.startsWith('INSERT INTO scim_log'));
}
