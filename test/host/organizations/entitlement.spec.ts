import { randomUUID } from 'node:crypto';
import { OrganizationsService } from '../../../src/host/organizations/organizations.service.js';
import { ScimEntitlements } from '../../../src/scim/index.js';
import {
  aPerson,
  foundOrganization,
  openOrganization,
  type Organization,
  useHost,
} from '../../stories/organization.js';
import { HostClient } from '../../support/host-client.js';

const FORBIDDEN = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '403' };

const LOSSES = [
  [{ plan: 'free' }, { plan: 'enterprise' }],
  [{ samlConfigured: false }, { samlConfigured: true }],
] as const;

/** As if what the organization lost had been lost so many days earlier. */
async function age({ host, slug, owner }: Organization, days: number): Promise<void> {
  const { id } = (await owner.get(`/api/organizations/${slug}`)).body;
  for (const [table, column, key] of [
    ['organization', 'plan_lost_at', 'id'],
    ['sso_connection', 'disabled_at', 'organization_id'],
  ]) {
    await host.dataSource.query(`UPDATE ${table} SET ${column} = ${column} - $2 * interval '1 day' WHERE ${key} = $1`, [
      id,
      days,
    ]);
  }
  host.app.get(ScimEntitlements, { strict: false }).forget(id);
}

describe('what the host says about SCIM', () => {
  const started = useHost({ removalDays: 30 });

  it('is no for an organization that is gone', async () => {
    const organizations = started.host.app.get(OrganizationsService, { strict: false });
    expect(await organizations.entitlement(randomUUID())).toMatchObject({ allowed: false, missing: ['other'] });
  });

  it('lets people be taken out from the first loss on, whatever is lost or saved again meanwhile', async () => {
    const { app, dataSource } = started.host;
    const organizations = app.get(OrganizationsService, { strict: false });
    const { owner, slug } = await foundOrganization(started.host);
    const api = `/api/organizations/${slug}`;
    const { id } = (await owner.get(api)).body;
    const { settings } = (await owner.get(`${api}/saml`)).body;
    const ago = (days: number) => `now() - interval '${days} days'`;
    const ofNow = () => organizations.entitlement(id);

    await owner.json('PUT', `${api}/saml`, { ...settings, enabled: false });
    expect(await ofNow()).toMatchObject({ missing: ['saml'], removals: true, ssoConnectionId: expect.any(String) });
    await dataSource.query(`UPDATE sso_connection SET disabled_at = ${ago(31)} WHERE organization_id = $1`, [id]);
    await owner.json('PUT', `${api}/saml`, { ...settings, enabled: false, allowJit: false });
    await owner.json('PATCH', api, { samlConfigured: false });
    expect(await ofNow()).toMatchObject({ missing: ['saml'], removals: false });

    await owner.json('PUT', `${api}/saml`, settings);
    await owner.json('PATCH', api, { plan: 'free' });
    expect(await ofNow()).toMatchObject({ missing: ['plan'], removals: true });
    await dataSource.query(`UPDATE organization SET plan_lost_at = ${ago(31)} WHERE id = $1`, [id]);
    await owner.json('PATCH', api, { plan: 'free', samlConfigured: false });
    expect(await ofNow()).toMatchObject({ missing: ['plan', 'saml'], removals: false });
    await owner.json('PATCH', api, { plan: 'enterprise' });
    expect(await ofNow()).toMatchObject({ missing: ['saml'], removals: true });
    await owner.json('PATCH', api, { samlConfigured: true });
    expect(await ofNow()).toMatchObject({ allowed: true });
  });

  it.each(['initech', 'startup'])('lets nobody be taken out of %s, which never had what it lacks', async (slug) => {
    const organizations = started.host.app.get(OrganizationsService, { strict: false });
    const { id } = await organizations.getBySlug(slug);
    expect(await organizations.entitlement(id)).toMatchObject({ allowed: false, removals: false });
  });

  it.each(LOSSES)(
    'lets people be read and taken out for thirty days after %j, then nothing',
    async (change, restored) => {
      const org = await foundOrganization(started.host);
      const { idp, owner, slug } = org;
      const [gone, suspended, later] = [aPerson('gone'), aPerson('suspended'), aPerson('later')];
      const ids = new Map<string, string>();
      for (const person of [gone, suspended, later]) {
        ids.set(person.externalId, (await idp.createUser(person)).id);
        await new HostClient(org.host.url).signInBySso(slug, person.externalId);
      }
      const pathOf = ({ externalId }: typeof gone) => `/Users/${ids.get(externalId)}`;
      expect(await org.seatsUsed()).toBe(4);

      await owner.json('PATCH', `/api/organizations/${slug}`, change);
      await age(org, 29);
      expect((await idp.get('/Users')).body.totalResults).toBe(3);
      expect((await idp.put(pathOf(suspended), { ...suspended, title: 'Dr', active: false })).status).toBe(200);
      expect((await idp.delete(pathOf(gone))).status).toBe(204);
      expect(await org.seatsUsed()).toBe(2);
      expect((await idp.patch(pathOf(suspended), [{ op: 'replace', path: 'active', value: true }])).status).toBe(403);
      const { body } = await owner.get(`/api/organizations/${slug}/scim`);
      expect(body.entitlement).toEqual({
        allowed: false,
        missing: [expect.any(String)],
        detail: expect.any(String),
        removals: true,
      });
      const notice = 'Your identity provider can still take people out.';
      const settings = () => owner.get(`/orgs/${slug}/settings/saml`);
      expect((await settings()).text).toContain(notice);

      await age(org, 2);
      for (const answer of [await idp.get('/Users'), await idp.delete(pathOf(later))]) {
        expect(answer.body).toMatchObject(FORBIDDEN);
      }
      expect((await settings()).text).not.toContain(notice);
      expect(await org.seatsUsed()).toBe(2);

      await owner.json('PATCH', `/api/organizations/${slug}`, restored);
      expect((await idp.delete(pathOf(later))).status).toBe(204);
      expect(await org.seatsUsed()).toBe(1);
    },
  );

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
