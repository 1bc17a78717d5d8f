import { ScimEntitlements } from '../../../src/scim/index.js';
import { asAdmin, createTestDatabase, endConnections } from '../../support/database.js';
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
    await endConnections(databaseUrl);
    expectUnavailable(await client.post('/Users', { userName: 'grace' }));
    expectUnavailable(await client.send('PATCH', `/Users/${id}`, PATCH));
    expect((await client.get('/Users')).body.totalResults).toBe(1);
  });

  it('survives the end of its connections', async () => {
    await endConnections(databaseUrl);
    const answers = await Promise.all([
      client.get('/Users'),
      client.get(`/Users/${id}`),
      client.put(`/Users/${id}`, { userName: 'ada' }),
    ]);
    for (const answer of answers) if (answer.status !== 200) expectUnavailable(answer);
    expect((await client.get('/Users')).status).toBe(200);
  });

  it('tells the client the request id of a mistake of ours, and the log what it was', async () => {
    const logged: string[] = [];
    const note = (...parts: unknown[]): void => void logged.push(parts.map(String).join(' '));
    host.app.useLogger({ log: note, error: note, warn: note });
    await host.dataSource.query('ALTER TABLE scim_identity RENAME COLUMN attributes TO hidden');
    const answers = await Promise.all([
      client.get(`/Users/${id}`),
      client.filterUsers('userName eq "personal@data.example"'),
      client.post('/Users', { userName: 'personal@data.example', password: 'canary-Passw0rd-1' }),
    ]);
    for (const answer of answers) {
      expectScimError(answer, 500);
      const [, requestId = 'none'] =
        /^Internal error; the request id is ([0-9a-f-]{36})\.$/.exec(answer.body.detail) ?? [];
      const lines = logged.filter((line) => line.includes(requestId));
      expect(lines).toEqual([expect.stringContaining(client.organizationId)]);
      expect(lines[0]).toMatch(/column .*attributes.* does not exist/);
    }
    for (const secret of [client.token, 'personal@data', 'canary']) expect(logged.join('\n')).not.toContain(secret);
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
  await endConnections(databaseUrl);
}

const openDatabase = (databaseUrl: string): Promise<void> =>
  asAdmin(`ALTER DATABASE ${nameOf(databaseUrl)} ALLOW_CONNECTIONS true`);
