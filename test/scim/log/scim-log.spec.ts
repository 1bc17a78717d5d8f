import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { ScimEntitlements, ScimTokensService } from '../../../src/scim/index.js';
import { generateToken } from '../../../src/scim/tokens/token.js';
import { countAllStatements, countStatements } from '../../support/count-statements.js';
import { ScimClient } from '../../support/scim-client.js';
import { type LogHost, startLogHost } from './log-host.js';

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

describe.each(['express', 'fastify'] as const)('the log on %s', (adapter) => {
  let host: LogHost;

  beforeAll(async () => {
    host = await startLogHost({ adapter });
  });

  afterAll(() => host.stop());

  it('has every request of an organization: what was asked, by whom, and how it was answered', async () => {
    const client = await host.client();
    const agent = { 'user-agent': 'Okta SCIM Client 1.0.0' };
    const { body } = await client.post('/Users', { userName: 'Ada', externalId: 'E-1', active: true }, agent);
    await client.get(`/users//${body.id}?attributes=userName`);
    await client.post('/Users', { userName: 'ada' });
    await client.get('/Users?filter=userName+eq+%22Ada%22', { authorization: client.token });
    await client.delete(`/Users/${body.id}`);
    await client.get('/Nothing');
    const rows = await host.flushed(client.organizationId);
    const [token] = await host.app.get(ScimTokensService, { strict: false }).list(client.organizationId);
    const shared = { address: '127.0.0.1', token_id: token?.id, detail: null, scim_type: null, client: null };
    expect(rows).toMatchObject([
      {
        ...shared,
        method: 'POST',
        path: '/Users',
        query: null,
        status: 201,
        status_class: 2,
        client: agent['user-agent'],
        idp: 'okta',
        body: JSON.stringify({ userName: 'Ada', externalId: 'E-1', active: true }),
        body_bytes: 51,
        person_keys: [body.id, 'ada', 'E-1'],
      },
      { ...shared, method: 'GET', path: `/Users/${body.id}`, query: 'attributes=userName', status: 200, body: null },
      {
        ...shared,
        method: 'POST',
        status: 409,
        scim_type: 'uniqueness',
        detail: expect.stringContaining('userName "ada"'),
      },
      { ...shared, method: 'GET', query: 'filter=userName eq "Ada"', person_keys: ['Ada', 'ada'], status: 200 },
      { ...shared, method: 'DELETE', path: `/Users/${body.id}`, status: 204 },
      { ...shared, method: 'GET', path: '/Nothing', status: 404, detail: expect.stringContaining('/Nothing') },
    ]);
    for (const row of rows) expect(row.duration_ms).toBeGreaterThanOrEqual(0);
  });

  it('names a request by the id that its events name', async () => {
    const client = await host.client();
    await client.createUser({ userName: 'ada' });
    const [row] = await host.flushed(client.organizationId);
    const [event] = await host.dataSource.query(
      `select request_id from scim_outbox where organization_id = $1 and aggregate_type = 'user'`,
      [client.organizationId],
    );
    expect(event.request_id).toBe(row.id);
  });

  it.each([
    ['revoked', `revoked_at = now(), revoked_because = 'admin'`],
    ['expired', `expires_at = now() - interval '1 day'`],
    ['known by its public id only', `hash = '\\x00'`],
  ])('has a request with a token that is %s', async (_how, change) => {
    const client = await host.client();
    await host.dataSource.query(`update scim_token set ${change} where organization_id = $1`, [client.organizationId]);
    await client.post('/Users', { userName: 'ada' });
    expect(await host.flushed(client.organizationId)).toMatchObject([
      {
        method: 'POST',
        path: '/Users',
        status: 401,
        token_id: expect.any(String),
        address: '127.0.0.1',
        // Nothing is read for whom nobody knows.
        body: null,
        detail: 'The bearer token is missing, invalid, expired or revoked.',
      },
    ]);
  });

  it('has no request whose organization nobody knows', async () => {
    const count = async () => (await host.dataSource.query('select count(*)::int from scim_log'))[0].count;
    await host.log.flush();
    const before = await count();
    const stranger = new ScimClient(host.url, generateToken('scim').secret, '');
    await stranger.get('/Users');
    await stranger.get('/Users', { authorization: 'Bearer junk' });
    await stranger.get('/Schemas', { authorization: '' });
    await host.log.flush();
    expect(await count()).toBe(before);
  });

  it('has what was refused for its scope, its entitlement, its size and its form', async () => {
    const client = await host.client(randomUUID(), ['users:read']);
    await client.post('/Users', { userName: 'ada' });
    host.organizations.refused.set(client.organizationId, { allowed: false, missing: ['plan'], detail: 'No plan.' });
    host.app.get(ScimEntitlements, { strict: false }).forget(client.organizationId);
    await client.get('/Users');
    const writer = await host.client();
    await writer.send('POST', '/Users', '{"userName":');
    await writer.send('POST', '/Users', { userName: 'x'.repeat(1_100_000) });
    await writer.send('POST', '/Users', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(await host.flushed(client.organizationId)).toMatchObject([
      { status: 403, detail: expect.stringContaining('users:write') },
      { status: 403, detail: 'No plan.' },
    ]);
    expect(await host.flushed(writer.organizationId)).toMatchObject([
      { status: 400, scim_type: 'invalidSyntax', body: null, body_bytes: 12 },
      { status: 413, body: null, body_bytes: 1_100_015 },
      { status: 415, body: null },
    ]);
  });

  it('has a bulk request as one entry, with the people in it', async () => {
    const client = await host.client();
    const { id } = await client.createUser({ userName: 'ada' });
    const Operations = [
      { method: 'POST', path: '/Users', bulkId: 'b', data: { userName: 'Bob', password: 'canary-Passw0rd-3' } },
      { method: 'DELETE', path: `/Users/${id}` },
    ];
    await client.post('/Bulk', { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations });
    const [, bulk] = await host.flushed(client.organizationId);
    expect(bulk).toMatchObject({ method: 'POST', path: '/Bulk', status: 200, person_keys: ['bob', id] });
    expect(JSON.parse(bulk.body).Operations[0].data).toEqual({ userName: 'Bob', password: '[removed]' });
  });

  it('holds no token and no password, whatever is sent where', async () => {
    const client = await host.client();
    const password = 'canary-Passw0rd-4';
    const { id } = await client.createUser({ userName: 'ada', password });
    await client.patch(`/Users/${id}`, [{ op: 'replace', path: 'password', value: password }]);
    // Of nobody, so that no directory holds the token either.
    const nobody = `/Users/${randomUUID()}`;
    await client.patch(nobody, [{ op: 'replace', value: { password, title: client.token } }]);
    await client.put(nobody, { userName: client.token, password });
    await client.get(`/Users?filter=password+eq+%22${password}%22`);
    await client.get(`/Users?filter=${client.token}`);
    await client.get(`/Users/${client.token}`, { 'user-agent': `curl ${client.token}` });
    await client.get(`/${client.token}/x`);
    await client.send('POST', '/Users', `{"userName": "${client.token}", "password": "${password}"`);
    await client.post('/Users/.search', { filter: `password eq "${password}"` });
    const bulk = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
    const { body } = await client.post('/Bulk', {
      schemas: [bulk],
      Operations: [
        { method: 'DELETE', path: `/Users/${client.token}` },
        { method: 'DELETE', path: `/${client.token}/x` },
      ],
    });
    expect(body.Operations).toHaveLength(2);
    expect(JSON.stringify(body)).not.toContain(client.token.slice(-49));
    const rows = await host.flushed(client.organizationId);
    expect(rows).toHaveLength(11);
    const text = JSON.stringify(rows);
    for (const secret of ['canary', client.token.slice(-49), client.token.slice(0, 35)]) {
      expect(text).not.toContain(secret);
    }
  });

  it('has a request whose client left before it was answered', async () => {
    const client = await host.client();
    await client.get('/Users');
    const { hostname, port } = new URL(host.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${client.token}\r\n` +
            `Content-Type: application/scim+json\r\nContent-Length: 100\r\n\r\n{`,
        );
        // What makes sure that it was begun: the answer to another one.
        void client.get('/Groups').then(() => socket.destroy());
      });
      socket.on('close', () => resolve());
    });
    await client.get('/Groups');
    const rows = await host.flushed(client.organizationId);
    expect(rows.filter(({ method }) => method === 'POST')).toMatchObject([
      { path: '/Users', status: expect.any(Number) },
    ]);
  });
});

describe('the writing of the log', () => {
  let host: LogHost;

  beforeAll(async () => {
    host = await startLogHost();
  });

  afterAll(() => host.stop());

  const inserts = (texts: readonly string[]): number =>
    texts.filter((text) => text.startsWith('INSERT INTO scim_log')).length;

  it('costs a request no statement of its own: many are written by one', async () => {
    const client = await host.client();
    await client.get('/ServiceProviderConfig');
    await host.log.flush();
    const answered: string[] = await countAllStatements(host.dataSource, async () => {
      for (let round = 0; round < 10; round += 1) {
        await Promise.all(Array.from({ length: 40 }, () => client.get('/ServiceProviderConfig')));
      }
      await host.log.flush();
    });
    expect(await host.rows(client.organizationId)).toHaveLength(401);
    // One a second, however long this took, and the flush; a statement for each would be 400.
    expect(inserts(answered)).toBeLessThan(20);
  });

  it('adds nothing to the statements of a request', async () => {
    const off = await startLogHost({ databaseUrl: urlOf(host), options: { log: { enabled: false } } });
    const client = await host.client();
    const silent = new ScimClient(off.url, client.token, client.organizationId);
    const { id } = await client.createUser({ userName: 'ada' });
    const statementsOf = async (target: LogHost, idp: ScimClient, title: string) => {
      await idp.get('/Users');
      await target.log.flush();
      const texts = await countStatements(target.dataSource, async () => {
        await idp.get(`/Users/${id}`);
        await idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: title }]);
      });
      return texts.filter((text) => !text.includes('scim_log') && !text.includes('scim_token'));
    };
    const before = await host.flushed(client.organizationId);
    expect(await statementsOf(host, client, 'a')).toEqual(await statementsOf(off, silent, 'b'));
    expect((await host.flushed(client.organizationId)).length).toBe(before.length + 3);
    await off.stop();
  });

  it('is done by the time a host has stopped', async () => {
    const other = await startLogHost({ databaseUrl: urlOf(host) });
    const client = await other.client();
    await client.createUser({ userName: 'ada' });
    await other.stop();
    expect(await host.rows(client.organizationId)).toMatchObject([{ path: '/Users', status: 201 }]);
  });

  it('waits for a database that takes nothing, while requests are answered', async () => {
    const client = await host.client();
    await host.dataSource.query('alter table scim_log rename to scim_log_elsewhere');
    const answers = [await client.get('/Users'), await client.post('/Users', { userName: 'ada' })];
    await host.log.flush();
    expect(answers.map(({ status }) => status)).toEqual([200, 201]);
    expect(host.log.stateOf(client.organizationId)).toEqual({ waiting: 2, lost: 0 });
    await host.dataSource.query('alter table scim_log_elsewhere rename to scim_log');
    expect(await host.flushed(client.organizationId)).toMatchObject([{ method: 'GET' }, { method: 'POST' }]);
    expect(host.log.stateOf(client.organizationId)).toEqual({ waiting: 0, lost: 0 });
  });

  it('loses one entry that the database refuses, and none with it', async () => {
    const client = await host.client();
    await host.dataSource.query(`alter table scim_log add constraint no_bob check (path <> '/Users/bob')`);
    for (const name of ['ada', 'bob', 'eve']) await client.get(`/Users/${name}`);
    const rows = await host.flushed(client.organizationId);
    await host.dataSource.query('alter table scim_log drop constraint no_bob');
    expect(rows.map(({ path }) => path)).toEqual(['/Users/ada', '/Users/eve']);
    expect(host.log.stateOf(client.organizationId)).toEqual({ waiting: 0, lost: 1 });
  });

  it('leaves out an organization that was removed meanwhile, and goes with its connection', async () => {
    const [gone, other] = [await host.client(), await host.client()];
    await gone.get('/Users');
    await host.log.flush();
    await gone.get('/Users');
    await other.get('/Users');
    await host.dataSource.query('delete from scim_connection where organization_id = $1', [gone.organizationId]);
    expect(await host.flushed(gone.organizationId)).toEqual([]);
    expect(await host.rows(other.organizationId)).toHaveLength(1);
  });

  it('keeps a known public id from filling the log with bad tokens, and keeps those of who knows the secret apart', async () => {
    const client = await host.client();
    const { secret, publicId } = generateToken('scim');
    const change = (set: string, ...values: string[]): Promise<unknown> =>
      host.dataSource.query(`update scim_token set ${set} where organization_id = $1`, [
        client.organizationId,
        ...values,
      ]);
    const [{ public_id: own }] = await host.dataSource.query(
      'select public_id from scim_token where organization_id = $1',
      [client.organizationId],
    );
    const send = (token: string): Promise<unknown> =>
      Promise.all(Array.from({ length: 150 }, () => client.get('/Users', { authorization: `Bearer ${token}` })));
    const kept = async (isRefused: boolean): Promise<number> =>
      (await host.flushed(client.organizationId)).filter((row) => row.is_refused === isRefused).length;
    await change('public_id = $2', publicId);
    await send(secret);
    const forged = await kept(true);
    expect(forged + host.log.stateOf(client.organizationId).lost).toBe(150);
    // Twice as many where the minute ended in between.
    expect(forged).toBeGreaterThanOrEqual(120);

    await change(`public_id = $2, revoked_at = now(), revoked_because = 'admin'`, own);
    await send(client.token);
    const ended = await kept(false);
    expect(forged + ended + host.log.stateOf(client.organizationId).lost).toBe(300);
    expect(ended).toBeGreaterThanOrEqual(120);
  });

  it('keeps no body where none is wanted, and nothing where it is switched off', async () => {
    const bare = await startLogHost({ databaseUrl: urlOf(host), options: { log: { bodyCharacters: 0 } } });
    const client = await bare.client();
    await client.post('/Users', { userName: 'ada' });
    expect(await bare.flushed(client.organizationId)).toMatchObject([{ body: null, body_bytes: 18 }]);
    await bare.stop();
    const off = await startLogHost({ databaseUrl: urlOf(host), options: { log: { enabled: false } } });
    const silent = new ScimClient(off.url, client.token, client.organizationId);
    expect((await silent.get('/Users')).status).toBe(200);
    expect(await off.flushed(client.organizationId)).toHaveLength(1);
    await off.stop();
  });

  it('takes bodies with what PostgreSQL takes nowhere', async () => {
    const client = await host.client();
    await client.send(
      'PATCH',
      `/Users/a%00b`,
      `{"schemas":["${PATCH_OP}"],"Operations":[{"op":"a\\u0000","x\\ud800":"\\u0000"}]}`,
    );
    await client.get('/Users?filter=userName+eq+%22a%00b%ff%22');
    expect(await host.flushed(client.organizationId)).toMatchObject([{ method: 'PATCH' }, { method: 'GET' }]);
  });
});

const urlOf = ({ dataSource }: LogHost): string => (dataSource.options as { url: string }).url;
