import pg from 'pg';
import { HostClient } from '../../support/host-client.js';
import { startHost, type TestHost } from '../../support/host.js';
import { createTestDatabase } from '../../support/database.js';
import { useHost } from '../../stories/organization.js';

const ACME = '/api/organizations/acme';
const SAML = { signOnUrl: 'https://idp.example/sso', issuer: 'idp', certificate: 'x', enabled: true, allowJit: true };
const mapping = (group: unknown, team: unknown) => ({ mappings: [{ group, team }] });

describe('input that no database takes', () => {
  const started = useHost();

  it.each<[string, string, unknown]>(
    ['a\0b', 'a\ud800b', '\udc00'].flatMap((text) => [
      ['POST', '/api/login', { email: `${text}@acme.example`, password: 'demo' }],
      ['POST', '/api/login', { email: 'owner@acme.example', password: 'demo', organization: text }],
      ['POST', `${ACME}/api-keys`, { label: text }],
      ['POST', '/api/invitations/accept', { token: 'x', displayName: text, password: 'long enough' }],
      ['PUT', `${ACME}/group-mappings`, mapping(text, 'Team')],
      ['PUT', `${ACME}/group-mappings`, mapping('group', text)],
      ['PUT', `${ACME}/saml`, { ...SAML, issuer: text }],
      ['PUT', `${ACME}/saml`, { ...SAML, signOnUrl: `https://idp.example/${text}` }],
    ]),
  )('is answered 400: %s %s %j', async (method, path, body) => {
    const owner = await new HostClient(started.host.url).signInAsOwner('acme');
    const answer = await owner.json(method, path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain('characters');
  });

  it.each([
    '/api/login',
    '/api/invitations/accept',
    `${ACME}/invitations`,
    `${ACME}/scim/tokens`,
    `${ACME}/scim/dead-letters/skip`,
  ])('is answered 400 where it is nested too deep: POST %s', async (path) => {
    const owner = await new HostClient(started.host.url).signInAsOwner('acme');
    for (const [open, close] of [['[', ']'] as const, ['{"a":', '}'] as const]) {
      const body = `{"email":${open.repeat(6000)}1${close.repeat(6000)},"password":"x"}`;
      expect((await owner.raw('POST', path, { 'content-type': 'application/json' }, body)).status).toBe(400);
    }
  });

  it.each([{ plan: null }, { samlConfigured: null }, { plan: 'gold' }, { samlConfigured: 'yes' }, [], null])(
    'is answered 400: PATCH %j',
    async (change) => {
      const owner = await new HostClient(started.host.url).signInAsOwner('acme');
      expect((await owner.json('PATCH', ACME, change)).status).toBe(400);
      expect((await owner.get(ACME)).body).toMatchObject({ plan: 'enterprise', samlConfigured: true });
    },
  );

  it.each(['/api/organizations/%00', '/api/organizations/%ff', '/orgs/%00/sso', '/orgs/%ff/sso', '/demo-idp/%00'])(
    'is no server error in the path %s',
    async (path) => {
      const owner = await new HostClient(started.host.url).signInAsOwner('acme');
      expect((await owner.get(path)).status).toBeLessThan(500);
    },
  );

  it('is refused where it is a NameID', async () => {
    expect((await new HostClient(started.host.url).signInBySso('acme', 'a\0b')).status).toBe(403);
  });
});

describe('while the database is down', () => {
  let host: TestHost;
  afterEach(() => host.stop());

  it('the API and the pages answer 503', async () => {
    const database = await createTestDatabase();
    host = await startHost({ databaseUrl: database.url });
    const owner = await new HostClient(host.url).signInAsOwner('acme');
    const down = new URL(database.url).pathname.slice(1);
    const admin = process.env.SCIM_TEST_ADMIN_URL ?? '';
    await statement(admin, `ALTER DATABASE ${down} ALLOW_CONNECTIONS false`);
    await database.drop();
    for (const path of ['/api/me', ACME, `${ACME}/members`]) {
      const answer = await owner.get(path);
      expect([path, answer.status, answer.body]).toEqual([path, 503, { message: expect.stringContaining('database') }]);
    }
    const login = { email: 'owner@acme.example', password: 'demo' };
    expect((await owner.json('POST', '/api/login', login)).status).toBe(503);
    expect((await owner.get('/orgs/acme')).status).toBe(503);
    await statement(admin, `ALTER DATABASE ${down} ALLOW_CONNECTIONS true`);
    expect((await owner.get('/api/me')).status).toBe(200);
  });
});

async function statement(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}
