import { HostClient } from '../../support/host-client.js';
import { startHost, type TestHost } from '../../support/host.js';

describe('the demo', () => {
  let host: TestHost;
  afterEach(() => host.stop());

  it('has four organizations of one owner each', async () => {
    host = await startHost();
    const seen = [];
    for (const slug of ['acme', 'globex', 'initech', 'startup']) {
      const owner = await new HostClient(host.url).signInAsOwner(slug);
      const { plan, samlConfigured, seats } = (await owner.get(`/api/organizations/${slug}`)).body;
      const { members } = (await owner.get(`/api/organizations/${slug}/members`)).body;
      seen.push({ slug, plan, samlConfigured, seats, members: members.length, email: members[0].email });
    }
    const seats = { limit: 5, used: 1 };
    expect(seen).toEqual([
      { slug: 'acme', plan: 'enterprise', samlConfigured: true, seats, members: 1, email: 'owner@acme.example' },
      { slug: 'globex', plan: 'enterprise', samlConfigured: true, seats, members: 1, email: 'owner@globex.example' },
      { slug: 'initech', plan: 'enterprise', samlConfigured: false, seats, members: 1, email: 'owner@initech.example' },
      { slug: 'startup', plan: 'free', samlConfigured: false, seats, members: 1, email: 'owner@startup.example' },
    ]);
  });

  it('moves its identity provider along when the host gets another address, and keeps everything else', async () => {
    const first = await startHost();
    await new HostClient(first.url).signInBySso('acme', 'somebody');
    await first.stop();
    host = await startHost({ databaseUrl: first.databaseUrl });
    const browser = new HostClient(host.url);
    expect((await browser.signInBySso('acme', 'somebody')).status).toBe(200);
    const owner = await browser.signInAsOwner('acme');
    expect((await owner.get('/api/organizations/acme')).body.seats.used).toBe(2);
  });

  it('is not there when it is switched off', async () => {
    host = await startHost({ demo: false });
    const browser = new HostClient(host.url);
    expect((await browser.get('/demo-idp/acme')).status).toBe(404);
    expect((await browser.form('/demo-idp/acme/login', { nameId: 'x' })).status).toBe(404);
    const login = { email: 'owner@acme.example', password: 'demo' };
    expect((await browser.json('POST', '/api/login', login)).status).toBe(401);
    expect((await browser.get('/login')).text).not.toContain('demo');
  });

  it('sends a visitor of its identity provider to where a sign-in begins', async () => {
    host = await startHost();
    const browser = new HostClient(host.url);
    expect((await browser.get('/demo-idp/acme')).headers.get('location')).toBe('/orgs/acme/sso');
    for (const fields of [{ nameId: '' }, { nameId: 'x' }, { nameId: 'x', SAMLRequest: 'junk' }]) {
      expect((await browser.form('/demo-idp/acme/login', fields)).status).toBe(400);
    }
  });
});
