import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { findSecrets } from './find-secrets.js';
import { makeSecretsFile } from './secrets-file.js';
import { removeLeftovers, startThrowAwayCluster } from './throw-away-cluster.js';

export interface TestServer {
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL server of one test run and tells the test files about it by environment variables.
 *
 * TEST_DATABASE_URL names a server to use instead of the embedded one; its user must be allowed to create databases.
 * DATABASE_URL is deliberately not read: nobody's development server gets test databases.
 */
export async function startTestServer(): Promise<TestServer> {
  await removeLeftovers();
  const own = process.env.TEST_DATABASE_URL;
  const cluster = own ? undefined : await startThrowAwayCluster();
  const adminUrl = own ?? cluster?.url ?? '';
  const prefix = `scim_test_${randomBytes(4).toString('hex')}`;
  process.env.SCIM_TEST_ADMIN_URL = adminUrl;
  process.env.SCIM_TEST_PREFIX = prefix;
  const found = await makeSecretsFile();
  process.env.SCIM_TEST_SECRETS = found.path;
  process.env.SCIM_TEST_TEMPLATE_ERROR = await createTemplate(adminUrl, `${prefix}_template`);
  return {
    async stop() {
      const secrets = [...(await findSecrets(adminUrl, prefix)), ...(await found.take())];
      await (cluster ? cluster.discard() : dropDatabases(adminUrl, prefix));
      if (secrets.length > 0) throw new Error(`Secrets stand where nobody may find them:\n${secrets.join('\n')}`);
    },
  };
}

/**
 * Makes the database that every test database is a clone of, with all migrations.
 * @returns what went wrong, else an empty text: tests that need no database run all the same.
 */
async function createTemplate(adminUrl: string, name: string): Promise<string> {
  const url = new URL(adminUrl);
  await runStatement(adminUrl, `create database ${name}`);
  url.pathname = `/${name}`;
  try {
    // Loaded here, so that a mistake in the host breaks the tests that need a database and no others.
    const { migrate } = await import('../../src/host/database/migrate.js');
    await migrate(url.href);
    return '';
  } catch (error) {
    return String(error);
  }
}

async function dropDatabases(adminUrl: string, prefix: string): Promise<void> {
  const names = await runStatement(adminUrl, `select datname from pg_database where starts_with(datname, '${prefix}')`);
  for (const name of names) await runStatement(adminUrl, `drop database if exists ${name} with (force)`);
}

/** @returns the first column of the rows. */
async function runStatement(url: string, statement: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(statement);
    return rows.map((row) => row.datname);
  } finally {
    await client.end();
  }
}
