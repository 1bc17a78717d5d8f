import pg from 'pg';
import { ScimEntitlements } from '../../../src/scim/index.js';
import { createTestDatabase } from '../../support/database.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const PATCH = {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op: 'add', path: 'title', value: 'x' }],
};

describe.each(['express', 'fastify'] as const)('when something behind the module fails on %s', (adapter) => {
  let host: ModuleHost;
  let client: ScimClient;
  let databaseUrl: string;
  let id: string;

  beforeEach(async () => {
    databaseUrl = (await createTestDatabase()).url;
    host = await startModuleHost({ adapter, databaseUrl });
    client = await host.client();
    ({ id } = await client.createUser({ userName: 'ada' }));
  });

  afterEach(() => host.stop());

  it('answers 503 while the host cannot say who may use SCIM, and recovers with it', async () => {
    host.organizations.failing = true;
    host.app.get(ScimEntitlements, { strict: false }).forget(client.organizationId);
    for (const answer of await everything()) expectUnavailable(answer);
    host.organizations.failing = false;
    expect((await client.get(`/Users/${id}`)).status).toBe(200);
  });

  it('answers 503 while the database takes no connections, never 404 or an empty list, and recovers with it', async () => {
    await closeDatabase(databaseUrl);
    for (const answer of await everything()) expectUnavailable(answer);
    await openDatabase(databaseUrl);
    expect((await client.get(`/Users/${id}`)).status).toBe(200);
    expect((await client.get('/Users')).body.totalResults).toBe(1);
  });

  it('answers 503 when the database is gone', async () => {
    await asAdmin(`DROP DATABASE ${nameOf(databaseUrl)} WITH (FORCE)`);
    for (const answer of await everything()) expectUnavailable(answer);
  });

  it('answers 503 when the host has shut its DataSource', async () => {
    await host.dataSource.destroy();
    for (const answer of await everything()) expectUnavailable(answer);
  });

  it('answers 503 while the database can only be read, and reads', async () => {
    await asAdmin(`ALTER DATABASE ${nameOf(databaseUrl)} SET default_transaction_read_only = on`);
    await asAdmin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${nameOf(databaseUrl)}'`);
    expectUnavailable(await client.post('/Users', { userName: 'grace' }));
    expectUnavailable(await client.send('PATCH', `/Users/${id}`, PATCH));
    expect((await client.get('/Users')).body.totalResults).toBe(1);
  });

  it('survives the end of its connections', async () => {
    await asAdmin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${nameOf(databaseUrl)}'`);
    const answers = await Promise.all([
      client.get('/Users'),
      client.get(`/Users/${id}`),
      client.put(`/Users/${id}`, { userName: 'ada' }),
    ]);
    for (const answer of answers) if (answer.status !== 200) expectUnavailable(answer);
    expect((await client.get('/Users')).status).toBe(200);
  });

  it('says nothing of a mistake of ours but the request id', async () => {
    await host.dataSource.query('ALTER TABLE scim_identity RENAME COLUMN attributes TO hidden');
    for (const answer of [
      await client.get(`/Users/${id}`),
      await client.get('/Users'),
      await client.post('/Users', { userName: 'x' }),
    ]) {
      expectScimError(answer, 500);
      expect(answer.body.detail).toMatch(/^Internal error; the request id is [0-9a-f-]{36}\.$/);
    }
  });

  const everything = (): Promise<ScimAnswer[]> =>
    Promise.all([
      client.get('/Users'),
      client.get(`/Users/${id}`),
      client.filterUsers('userName eq "ada"'),
      client.post('/Users', { userName: 'grace' }),
      client.put(`/Users/${id}`, { userName: 'ada' }),
      client.send('PATCH', `/Users/${id}`, PATCH),
      client.delete(`/Users/${id}`),
    ]);
});

function expectUnavailable(answer: ScimAnswer): void {
  expectScimError(answer, 503);
  expect(answer.headers['retry-after']).toBe('5');
}

const nameOf = (databaseUrl: string): string => new URL(databaseUrl).pathname.slice(1);

async function closeDatabase(databaseUrl: string): Promise<void> {
  await asAdmin(`ALTER DATABASE ${nameOf(databaseUrl)} ALLOW_CONNECTIONS false`);
  await asAdmin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${nameOf(databaseUrl)}'`);
}

const openDatabase = (databaseUrl: string): Promise<void> =>
  asAdmin(`ALTER DATABASE ${nameOf(databaseUrl)} ALLOW_CONNECTIONS true`);

async function asAdmin(statement: string): Promise<void> {
  const connection = new pg.Client({ connectionString: process.env['SCIM_TEST_ADMIN_URL'] });
  await connection.connect();
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}
