import { openOrganization, useHost } from './organization.js';
import { HostClient } from '../support/host-client.js';

const FORBIDDEN = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '403' };

describe('S2: SCIM needs an Enterprise plan and a saved SAML configuration', () => {
  const started = useHost();

  it.each([
    ['initech', 'SAML'],
    ['startup', 'Enterprise'],
  ])('generates no token for %s and says what is missing', async (slug, missing) => {
    const owner = await new HostClient(started.host.url).signInAsOwner(slug);
    const answer = await owner.json('POST', `/api/organizations/${slug}/scim/tokens`, {});
    expect(answer.status).toBe(409);
    expect(answer.body.message).toContain(missing);
  });

  it.each([{ plan: 'free' }, { samlConfigured: false }])(
    'refuses a live token from the next request on after %j',
    async (change) => {
      const acme = await openOrganization(started.host);
      const restored = 'plan' in change ? { plan: 'enterprise' } : { samlConfigured: true };
      expect((await acme.idp.get('/Users')).status).toBe(200);

      expect((await acme.owner.json('PATCH', '/api/organizations/acme', change)).status).toBe(200);
      const refused = await acme.idp.get('/Users');
      expect(refused.status).toBe(403);
      expect(refused.body).toMatchObject(FORBIDDEN);
      expect((await acme.idp.post('/Users', { userName: 'nobody' })).status).toBe(403);
      expect((await acme.owner.json('POST', '/api/organizations/acme/scim/tokens', {})).status).toBe(409);

      expect((await acme.owner.json('PATCH', '/api/organizations/acme', restored)).status).toBe(200);
      expect((await acme.idp.get('/Users')).body).toMatchObject({ totalResults: 0 });
    },
  );
});
