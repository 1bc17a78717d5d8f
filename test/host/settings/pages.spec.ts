import { HostClient } from '../../support/host-client.js';
import { aPerson, openOrganization, useHost } from '../../stories/organization.js';

const SETTINGS = '/orgs/acme/settings/saml';

describe('the pages', () => {
  const started = useHost();

  it.each(['/orgs/acme', SETTINGS])('%s sends a visitor without a session to sign in, and back', async (path) => {
    const answer = await new HostClient(started.host.url).get(path);
    const location = `/login?next=${encodeURIComponent(path)}`;
    expect([answer.status, answer.headers.get('location')]).toEqual([302, location]);
  });

  it('show the settings to an owner, and to nobody else', async () => {
    const acme = await openOrganization(started.host);
    const person = aPerson();
    await acme.idp.createUser(person);
    const member = new HostClient(started.host.url);
    await member.signInBySso('acme', person.externalId);
    expect((await acme.owner.get(SETTINGS)).status).toBe(200);
    expect((await member.get(SETTINGS)).status).toBe(403);
    const stranger = await new HostClient(started.host.url).signInAsOwner('globex');
    expect((await stranger.get(SETTINGS)).status).toBe(404);
    expect((await stranger.get('/orgs/no-such/settings/saml')).status).toBe(404);
  });

  it.each(['/', '/login', '/invitation', SETTINGS, '/orgs/acme'])(
    '%s holds no script and no style of its own',
    async (path) => {
      const owner = await new HostClient(started.host.url).signInAsOwner('acme');
      const { text, headers } = await owner.get(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain(`script-src 'self';`);
      expect(policy).not.toContain('unsafe');
      expect(text.match(/<script(?![^>]*\ssrc="\/assets\/)[^>]*>|<style|\son\w+=|\sstyle=/g)).toBeNull();
      expect(headers.get('cache-control')).toBe('no-store');
    },
  );

  it('write names as text', async () => {
    const acme = await openOrganization(started.host, 'globex');
    const name = `<img src=x onerror="alert('x')">`;
    const person = { ...aPerson(), userName: name, displayName: name };
    await acme.idp.createUser(person);
    const browser = new HostClient(started.host.url);
    await browser.signInBySso('globex', person.externalId);
    const request = await new HostClient(started.host.url).beginSso('globex');
    const pages = [
      await browser.get('/orgs/globex'),
      await browser.get(`/demo-idp/globex?SAMLRequest=${encodeURIComponent(request.get('SAMLRequest') ?? '')}`),
      await browser.get(
        `/demo-idp/globex?SAMLRequest=${encodeURIComponent(name)}&RelayState=${encodeURIComponent(name)}`,
      ),
    ];
    for (const { status, text } of pages) {
      expect(status).toBe(200);
      expect(text).toContain('&lt;img src=x');
      expect(text).not.toContain('<img');
    }
  });

  it('tell an owner the names behind account ids, of members only', async () => {
    const acme = await openOrganization(started.host);
    const globex = await new HostClient(started.host.url).signInAsOwner('globex');
    const [mine, theirs] = await Promise.all(
      [acme.owner, globex].map(async (one) => (await one.get('/api/me')).body.accountId),
    );
    const path = `/api/organizations/acme/accounts?id=${mine}&id=${theirs}`;
    expect((await acme.owner.get(path)).body).toEqual({
      accounts: [
        { accountId: mine, email: 'owner@acme.example', displayName: 'Acme Owner', role: 'owner', status: 'active' },
      ],
    });
    const person = aPerson();
    await acme.idp.createUser(person);
    const member = new HostClient(started.host.url);
    await member.signInBySso('acme', person.externalId);
    const wrong = [new HostClient(started.host.url), member, globex];
    const statuses = await Promise.all(wrong.map(async (one) => (await one.get(path)).status));
    expect(statuses).toEqual([401, 403, 404]);
    const bad = await Promise.all(
      ['', '?id=x'].map((query) => acme.owner.get(`/api/organizations/acme/accounts${query}`)),
    );
    expect(bad.map(({ status }) => status)).toEqual([400, 400]);
  });
});
