import { request } from 'node:http';
import { ScimEntitlements, ScimTokensService } from '../../../src/scim/index.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';
import { whenNoted } from '../../support/when-noted.js';

const DENIED = { allowed: false, missing: ['plan'], detail: 'SCIM needs an Enterprise plan.' } as const;

describe.each(['express', 'fastify'] as const)('who may use SCIM on %s', (adapter) => {
  let host: ModuleHost;
  let client: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost({ adapter });
    client = await host.client();
  });

  afterAll(() => host.stop());

  const tokens = () => host.app.get(ScimTokensService, { strict: false });
  const revokeAll = async (organizationId: string): Promise<void> => {
    for (const { id } of await tokens().list(organizationId)) await tokens().revoke(organizationId, id);
  };
  const withHeader = (authorization: string, path = '/Users') => client.get(path, { authorization });

  it('asks for a token where there is none', async () => {
    for (const [method, path] of [
      ['GET', '/Users'],
      ['POST', '/Users'],
      ['DELETE', '/Users/x'],
      ['GET', '/Groups'],
      ['GET', '/Widgets'],
      ['PUT', '/Users'],
      ['DELETE', '/Schemas'],
      ['OPTIONS', '/Users'],
    ] as const) {
      const answer = await client.send(method, path, undefined, { authorization: '' });
      expectScimError(answer, 401);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="SCIM"');
    }
  });

  it('refuses every bad token in the same words', async () => {
    const [expired, revoked] = await Promise.all([host.client(), host.client()]);
    await host.dataSource.query(`UPDATE scim_token SET expires_at = now() WHERE organization_id = $1`, [
      expired.organizationId,
    ]);
    await revokeAll(revoked.organizationId);
    const { token } = client;
    const bad = [
      'Bearer wrong',
      'Bearer',
      'Bearer null',
      'Bearer undefined',
      `Basic ${Buffer.from('a:b').toString('base64')}`,
      'non-token',
      `Bearer ${expired.token}`,
      `Bearer ${revoked.token}`,
      expired.token,
      `Bearer ${token.slice(0, -1)}`,
      `Bearer ${token}x`,
      `Bearer ${token.toUpperCase()}`,
      `Bearer ${token}, Bearer ${token}`,
      `Bearer "${token}"`,
      `Bearer ${token}\tx`,
      `Bearer ${'x'.repeat(10_000)}`,
      'Bearer é"\\',
    ];
    const answers = await Promise.all(bad.map((authorization) => withHeader(authorization)));
    for (const answer of answers) {
      expectScimError(answer, 401);
      expect(answer.text).toBe(answers[0]?.text);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="SCIM", error="invalid_token"');
    }
  });

  it.each([
    ['lower-case scheme', (token: string) => `bearer ${token}`],
    ['upper-case scheme', (token: string) => `BEARER ${token}`],
    ['bare token', (token: string) => token],
  ])('takes a token with a %s', async (_what, write) => {
    expect((await withHeader(write(client.token))).status).toBe(200);
  });

  it('refuses a token in the URL, alone or beside one in the header', async () => {
    for (const query of [
      `access_token=${client.token}`,
      'access_token=',
      'filter=a&access_token=x',
      'access%5Ftoken=x',
      'ACCESS_TOKEN=x',
      'Access_Token=x',
      'access_token[]=x',
      'access_token%5B0%5D=x',
      'filter=a&access_token[a]=x',
      'access_token',
      '%20access_token=x',
    ]) {
      for (const authorization of ['', `Bearer ${client.token}`]) {
        const answer = await withHeader(authorization, `/Users?${query}`);
        expectScimError(answer, 400, 'invalidSyntax');
        expect(answer.text).not.toContain(client.token);
      }
    }
  });

  it.each([
    ['the same one twice', (token: string) => [`Bearer ${token}`, `Bearer ${token}`]],
    ['a good one first', (token: string) => [`Bearer ${token}`, 'Bearer wrong']],
    ['a good one last', (token: string) => ['Basic x', `Bearer ${token}`]],
  ])('refuses two Authorization headers: %s', async (_what, write) => {
    const { hostname, port } = new URL(host.url);
    const headers = write(client.token).flatMap((value, index) => [index ? 'AUTHORIZATION' : 'Authorization', value]);
    const status = await new Promise((resolve, reject) => {
      const sent = request({ hostname, port, path: '/scim/v2/Users', headers: ['Host', 'x', ...headers] }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.on('error', reject).end();
    });
    expect(status).toBe(401);
  });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    'stands for no user: %s /Me is not implemented',
    async (method) => {
      expectScimError(await client.send(method, '/Me', undefined), 501);
      expectScimError(await client.send(method, '/me/photo', undefined), 501);
      expectScimError(await client.send(method, '/Me', undefined, { authorization: '' }), 401);
      expectScimError(await client.send(method, '/Menu', undefined), 404);
    },
  );

  it('never searches a body for a token', async () => {
    const body = { userName: 'ada', access_token: client.token };
    expectScimError(await client.post('/Users', body, { authorization: '' }), 401);
    const form = { authorization: '', 'content-type': 'application/x-www-form-urlencoded' };
    expectScimError(await client.send('POST', '/Users', `access_token=${client.token}`, form), 401);
    const beside = await client.post('/Users', { ...body, access_token: ['x'] });
    expect({ status: beside.status, token: beside.body.access_token }).toEqual({ status: 201, token: undefined });
  });

  it('refuses a revoked token from the next request on', async () => {
    const other = await host.client();
    expect((await other.get('/Users')).status).toBe(200);
    await revokeAll(other.organizationId);
    expectScimError(await other.get('/Users'), 401);
    expectScimError(await other.get('/ServiceProviderConfig'), 401);
  });

  it('lets a token that may only read do nothing else', async () => {
    const { organizationId, id } = {
      organizationId: client.organizationId,
      ...(await client.createUser({ userName: 'eve' })),
    };
    const reader = await host.client(organizationId, ['users:read']);
    expect((await reader.get('/Users')).status).toBe(200);
    expect((await reader.get(`/Users/${id}`)).status).toBe(200);
    expect((await reader.get('/Schemas')).status).toBe(200);
    for (const [method, path] of [
      ['POST', '/Users'],
      ['PUT', `/Users/${id}`],
      ['PATCH', `/Users/${id}`],
      ['DELETE', `/Users/${id}`],
      ['GET', '/Groups'],
      ['POST', '/Groups'],
    ] as const) {
      const answer = await reader.send(method, path, '{"broken');
      expectScimError(answer, 403);
      expect(answer.body.detail).toContain(method === 'GET' ? 'groups:read' : ':write');
    }
    expect((await client.get(`/Users/${id}`)).body.meta.version).toBe('W/"1"');
    expectScimError(await reader.get('/Widgets'), 404);
  });

  it('lets nobody in whose organization may not use SCIM, and writes nothing', async () => {
    const other = await host.client();
    host.organizations.refused.set(other.organizationId, DENIED);
    for (const [method, path] of [
      ['GET', '/Users'],
      ['POST', '/Users'],
      ['GET', '/Widgets'],
      ['GET', '/ServiceProviderConfig'],
    ] as const) {
      const answer = await other.send(method, path, method === 'POST' ? { userName: 'x' } : undefined);
      expectScimError(answer, 403);
      expect(answer.body.detail).toBe(DENIED.detail);
    }
    const [{ count }] = await host.dataSource.query(
      'SELECT count(*)::integer AS count FROM scim_identity WHERE organization_id = $1',
      [other.organizationId],
    );
    expect(count).toBe(0);
  });

  it('lets people be read and taken out by whose organization may do no more', async () => {
    const other = await host.client();
    const { id } = await other.createUser({ userName: 'eve' });
    host.organizations.refused.set(other.organizationId, { ...DENIED, removals: true });
    host.app.get(ScimEntitlements, { strict: false }).forget(other.organizationId);
    expect((await other.get('/Users')).body.totalResults).toBe(1);
    expectScimError(await other.get('/Widgets'), 404);
    const answer = await other.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: 'Dr' }]);
    expectScimError(answer, 403);
    expect(answer.body.detail).toBe(DENIED.detail);
    expect((await other.delete(`/Users/${id}`)).status).toBe(204);
  });

  it('opens discovery to those who have no token yet, and to nobody with a bad one', async () => {
    for (const path of ['/ServiceProviderConfig', '/ResourceTypes', '/Schemas', '/ResourceTypes/User']) {
      expect((await withHeader('', path)).status).toBe(200);
      expectScimError(await withHeader('Bearer wrong', path), 401);
      expectScimError(await withHeader('Basic x', path), 401);
    }
  });

  it('notes where a token was used', async () => {
    const other = await host.client();
    await other.get('/Users', { 'user-agent': 'Okta SCIM Client 1.0.0' });
    await whenNoted(host.app);
    const [used] = await tokens().list(other.organizationId);
    expect(used).toMatchObject({ lastUsedClient: 'Okta SCIM Client 1.0.0', lastUsedFrom: '127.0.0.1' });
  });
});
