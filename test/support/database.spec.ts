import pg from 'pg';
import { createTestDatabase } from './database.js';
import { findSecrets } from './find-secrets.js';

describe('createTestDatabase', () => {
  it('gives each caller a database of its own that has all tables', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await query(one.url, 'create table only_here (id int)');
    expect(await query(one.url, `select to_regclass('scim_identity') is not null as made`)).toEqual([{ made: true }]);
    expect(await query(two.url, `select to_regclass('only_here') is not null as made`)).toEqual([{ made: false }]);
    await Promise.all([one.drop(), two.drop()]);
  });
});

describe('findSecrets', () => {
  const token = `scim_${'0'.repeat(13)}_${'z'.repeat(49)}`;

  it.each([
    ['a token in a text', `select 'Bearer ${token}' as value`],
    ['a token in JSON', `select '{"header": ["${token}"]}'::jsonb as value`],
    ['a token in bytes', `select convert_to('${token}', 'UTF8') as value`],
    ['the password of the tests', `select 'canary-Passw0rd-1' as value`],
  ])('finds %s, and says where without repeating it', async (_what, rows) => {
    const admin = process.env.SCIM_TEST_ADMIN_URL ?? '';
    const name = `planted_${process.pid}_${Date.now()}`;
    await query(admin, `create database ${name}`);
    const url = new URL(admin);
    url.pathname = `/${name}`;
    await query(url.href, `create table "Odd name" as ${rows}`);
    await query(url.href, `create table harmless as select 'scim_short_token' as value`);
    const found = await findSecrets(admin, name);
    await query(admin, `drop database ${name}`);
    expect(found).toEqual([`database ${name}, table public."Odd name"`]);
  });
});

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
