import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { createTestDatabase } from './database.js';
import { findSecrets } from './find-secrets.js';
import { HostClient } from './host-client.js';
import { CANARY_PASSWORD, CANARY_PEPPER } from './secrets.js';
import { makeSecretsFile } from './secrets-file.js';
import { secretsDuring, watchForSecrets } from './watch-for-secrets.js';

describe('createTestDatabase', () => {
  it('gives each caller a database of its own that has all tables', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await query(one.url, 'create table only_here (id int)');
    expect(await query(one.url, `select to_regclass('scim_identity') is not null as made`)).toEqual([{ made: true }]);
    expect(await query(two.url, `select to_regclass('only_here') is not null as made`)).toEqual([{ made: false }]);
    await Promise.all([one.drop(), two.drop()]);
  });
});

/** In the form of one. */
const token = `scim_${'0'.repeat(13)}_${'z'.repeat(49)}`;

describe('findSecrets', () => {
  it.each([
    ['a token in a text', `select 'Bearer ${token}' as value`],
    ['a token in JSON', `select '{"header": ["${token}"]}'::jsonb as value`],
    ['a token in bytes', `select convert_to('${token}', 'UTF8') as value`],
    ['the password of the tests', `select '${CANARY_PASSWORD}' as value`],
    ['the pepper of the tests', `select '${CANARY_PEPPER}' as value`],
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

describe('watchForSecrets', () => {
  const places = (work: (client: HostClient) => Promise<unknown>): Promise<string[]> =>
    secretsDuring(async () => {
      const server = createServer((request, response) => {
        if (request.url === '/pieces') response.write(`{"detail":"${token.slice(0, 30)}`);
        else if (request.url === '/header') response.setHeader('location', token);
        else if (request.url === '/log') new Logger('Planted').debug({ headers: { authorization: `Bearer ${token}` } });
        else if (request.url === '/log-text') new Logger('Planted').verbose(`It was ${CANARY_PASSWORD}`);
        response.statusCode = request.method === 'POST' ? 201 : 400;
        response.end(BODIES[request.url ?? '']);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      await work(new HostClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
      server.close();
    });
  const BODIES: Readonly<Record<string, string | Buffer>> = {
    '/body': `{"detail":"${token}"}`,
    '/bytes': Buffer.from(`The text ${CANARY_PASSWORD}`),
    '/pieces': `${token.slice(30)}"}`,
    '/x/scim/tokens': token,
    '/x/scim/tokens/1/rotate': token,
    '/x/scim/tokens/1/rotation/complete': token,
    '/harmless': '{"hint":"scim_17eo76d63VPBn_…knwE"}',
  };

  beforeAll(() => {
    watchForSecrets();
    Logger.overrideLogger(false);
  });

  it.each(['/body', '/bytes', '/pieces', '/header'])('finds a secret in the answer to %s', async (path) => {
    const [place, ...others] = await places((client) => client.get(path));
    expect(place).toMatch(/^answer 400 to GET \/\w+, in test\/support\/database.spec.ts/);
    expect(others).toEqual([]);
  });

  it.each(['/log', '/log-text'])(
    'finds a secret in what is logged at %s, at a level that nobody shows',
    async (path) => {
      const [place, ...others] = await places((client) => client.get(path));
      expect(place).toMatch(/^log, level (debug|verbose), in test/);
      expect(others).toEqual([]);
    },
  );

  it('lets the two answers show a token whose purpose it is, and those only that hold none', async () => {
    expect(await places((client) => client.get('/harmless'))).toEqual([]);
    expect(await places((client) => client.json('POST', '/x/scim/tokens'))).toEqual([]);
    expect(await places((client) => client.json('POST', '/x/scim/tokens/1/rotate'))).toEqual([]);
    expect(await places((client) => client.get('/x/scim/tokens'))).toHaveLength(1);
    expect(await places((client) => client.json('POST', '/x/scim/tokens/1/rotation/complete'))).toHaveLength(1);
  });

  it('repeats no secret', async () => {
    const found = await places((client) => client.get(`/body?token=${token}`));
    expect(found.join()).not.toContain(token);
  });

  it('notes what it finds for the end of the run, each place once', async () => {
    const file = await makeSecretsFile();
    const { SCIM_TEST_SECRETS } = process.env;
    process.env.SCIM_TEST_SECRETS = file.path;
    const logger = new Logger('Planted');
    for (let count = 0; count < 2; count += 1) logger.warn(token);
    if (SCIM_TEST_SECRETS === undefined) delete process.env.SCIM_TEST_SECRETS;
    else process.env.SCIM_TEST_SECRETS = SCIM_TEST_SECRETS;
    expect(await file.take()).toEqual([expect.stringMatching(/^log, level warn, in test/)]);
    expect(await file.take()).toEqual([]);
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
