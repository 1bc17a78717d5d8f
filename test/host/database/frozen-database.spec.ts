import { createTestDatabase } from '../../support/database.js';
import { type FreezableProxy, startFreezableProxy } from '../../support/freezable-proxy.js';
import { HostClient } from '../../support/host-client.js';
import { startHost, type TestHost } from '../../support/host.js';
import { openOrganization } from '../../stories/organization.js';

const ACME = '/api/organizations/acme';
const MAPPINGS = `${ACME}/group-mappings`;
const DOWN = { status: 503, body: { message: 'The database is not available. Try again later.' } };

describe('while the database does not answer', () => {
  let proxy: FreezableProxy;
  let host: TestHost;

  beforeAll(async () => {
    proxy = await startFreezableProxy((await createTestDatabase()).url);
    host = await startHost({ databaseUrl: proxy.url, databaseTimeoutMs: 1500 });
  });
  afterAll(async () => {
    await host.stop();
    proxy.stop();
  });

  it('requests are answered 503, on connections there are and on new ones, and work again afterwards', async () => {
    const { owner, idp } = await openOrganization(host);
    const paths = ['/api/me', ACME, `${ACME}/members`, MAPPINGS, '/api/me', ACME];
    proxy.freeze();
    const [page, login, scim, ...answers] = await Promise.all([
      owner.get('/orgs/acme'),
      owner.json('POST', '/api/login', { email: 'owner@acme.example', password: 'demo' }),
      idp.get('/Users'),
      ...paths.map((path) => owner.get(path)),
    ]);
    expect([page.status, scim.status]).toEqual([503, 503]);
    for (const answer of [login, ...answers]) expect(answer).toMatchObject(DOWN);
    proxy.thaw();
    const after = await Promise.all(paths.map((path) => owner.get(path)));
    expect(after.map(({ status }) => status)).toEqual(paths.map(() => 200));
    expect((await idp.get('/Users')).status).toBe(200);
  });

  it('a transaction that hangs is rolled back, and its connection is not used again', async () => {
    const owner = await new HostClient(host.url).signInAsOwner('acme');
    const mappings = [{ group: 'kept', team: 'Kept' }];
    await owner.json('PUT', MAPPINGS, { mappings });
    await host.dataSource.transaction(async (manager) => {
      await manager.query('LOCK TABLE team IN EXCLUSIVE MODE');
      // It has taken the organization and deleted the mappings by then.
      const answer = await owner.json('PUT', MAPPINGS, { mappings: [{ group: 'lost', team: 'Lost' }] });
      expect(answer).toMatchObject(DOWN);
    });
    expect((await owner.get(MAPPINGS)).body).toEqual({ mappings });
    const changed = [{ group: 'changed', team: 'Changed' }];
    expect((await owner.json('PUT', MAPPINGS, { mappings: changed })).body).toEqual({ mappings: changed });
  });
});
