import pg from 'pg';
import { SECRET_PATTERN } from './secrets.js';

/**
 * Reads every row of every table of the run's databases and looks for secrets that should never have been stored.
 * @returns one line a table, naming the database and the table and never the secret.
 */
export async function findSecrets(adminUrl: string, prefix: string): Promise<string[]> {
  const databases = await withClient(adminUrl, (client) =>
    readNames(client, 'select datname as name from pg_database where starts_with(datname, $1)', [prefix]),
  );
  const found: string[] = [];
  for (const database of databases) {
    const url = new URL(adminUrl);
    url.pathname = `/${database}`;
    const tables = await withClient(url.href, findInDatabase);
    found.push(...tables.map((table) => `database ${database}, table ${table}`));
  }
  return found;
}

async function findInDatabase(client: pg.Client): Promise<string[]> {
  const tables = await readNames(
    client,
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  if (tables.length === 0) return [];
  const searches = tables.map(
    (table) => `select ${pg.escapeLiteral(table)} as name where exists (select from ${table} as t where t::text ~ $1)`,
  );
  return readNames(client, searches.join(' union all '), [SECRET_PATTERN]);
}

async function readNames(client: pg.Client, statement: string, values: string[] = []): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(statement, values);
  return rows.map((row) => row.name);
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
