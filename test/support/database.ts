import pg from 'pg';

export interface TestDatabase {
  readonly url: string;
  /** Ends the sessions that a test left open. The data stays until the run ends, when it is searched for secrets. */
  drop(): Promise<void>;
}

let created = 0;

/** Makes a database of its own, with all tables and no rows, as a clone of the run's template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { SCIM_TEST_ADMIN_URL, SCIM_TEST_PREFIX, SCIM_TEST_TEMPLATE_ERROR, JEST_WORKER_ID } = process.env;
  if (!SCIM_TEST_ADMIN_URL) throw new Error('There is no test server: run the tests with npm test.');
  if (SCIM_TEST_TEMPLATE_ERROR) throw new Error(`The migrations failed: ${SCIM_TEST_TEMPLATE_ERROR}`);
  created += 1;
  const name = `${SCIM_TEST_PREFIX}_${JEST_WORKER_ID ?? 0}_${process.pid}_${Date.now().toString(36)}_${created}`;
  await asAdmin(`create database ${name} template ${SCIM_TEST_PREFIX}_template strategy file_copy`);
  const url = new URL(SCIM_TEST_ADMIN_URL);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => endConnections(url.href),
  };
}

/** Ends every connection of a database and waits until they are gone, so that a pool has heard of it before its next statement. */
export async function endConnections(databaseUrl: string): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  await asAdmin(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${name}'`);
}

export async function asAdmin(statement: string): Promise<void> {
  const { SCIM_TEST_ADMIN_URL } = process.env;
  if (!SCIM_TEST_ADMIN_URL) throw new Error('There is no test server: run the tests with npm test.');
  await runStatement(SCIM_TEST_ADMIN_URL, statement);
}

/** Over a connection of its own. */
export async function runStatement(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
