import { randomUUID } from 'node:crypto';
import { OrganizationsService } from '../../../src/host/organizations/organizations.service.js';
import { ScimEntitlements } from '../../../src/scim/index.js';
import { openOrganization, useHost } from '../../stories/organization.js';

describe('what the host says about SCIM', () => {
  const started = useHost();

  it('is no for an organization that is gone', async () => {
    const organizations = started.host.app.get(OrganizationsService, { strict: false });
    expect(await organizations.entitlement(randomUUID())).toMatchObject({ allowed: false, missing: ['other'] });
  });

  it('is asked anew after a change of which only the first half worked', async () => {
    const { app, dataSource } = started.host;
    const acme = await openOrganization(started.host);
    const entitlements = app.get(ScimEntitlements, { strict: false });
    const { id } = (await acme.owner.get('/api/organizations/acme')).body;
    expect(await entitlements.get(id)).toMatchObject({ allowed: true });
    await dataSource.query('ALTER TABLE sso_connection RENAME COLUMN enabled TO enabled_away');
    const answer = await acme.owner.json('PATCH', '/api/organizations/acme', { plan: 'free', samlConfigured: true });
    await dataSource.query('ALTER TABLE sso_connection RENAME COLUMN enabled_away TO enabled');
    expect(answer.status).toBe(500);
    expect(await entitlements.get(id)).toMatchObject({ allowed: false, missing: ['plan'] });
  });
});
