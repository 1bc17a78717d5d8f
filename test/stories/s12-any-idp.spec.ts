import { openOrganization, useHost } from './organization.js';

const U = 'urn:ietf:params:scim:schemas:core:2.0:User';

describe('S12: any SCIM-speaking IdP', () => {
  const started = useHost();

  it('finds out what is there without a token, and works by the letter of the RFC', async () => {
    const { idp } = await openOrganization(started.host);
    const config = await idp.get('/ServiceProviderConfig', { authorization: '' });
    expect(config.body).toMatchObject({
      patch: { supported: true },
      filter: { supported: true },
      bulk: { supported: true },
    });
    const types = (await idp.get('/ResourceTypes')).body.Resources;
    for (const { schema, endpoint } of types) {
      expect((await idp.get(`/Schemas/${schema}`)).body.id).toBe(schema);
      expect((await idp.get(endpoint)).status).toBe(200);
    }
    const json = { 'content-type': 'application/json', accept: 'application/json' };
    const created = await idp.post(
      '/Users',
      { schemas: [U], userName: 'bjensen', name: { familyName: 'Jensen' } },
      json,
    );
    expect(created.status).toBe(201);
    expect(created.headers['content-type']).toMatch(/^application\/json/);
    const path = `/Users/${created.body.id}`;
    await idp.patch(path, [{ op: 'add', path: 'emails', value: [{ value: 'b@example.com', type: 'work' }] }]);
    await idp.patch(path, [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'bj@example.com' }]);
    const found = await idp.filterUsers('emails[type eq "work" and value ew "@EXAMPLE.com"] and not (active eq false)');
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id: created.body.id }] });
    const page = (await idp.get('/Users?startIndex=1&count=1&attributes=userName')).body;
    expect(page.Resources).toEqual([{ schemas: [U], id: created.body.id, userName: 'bjensen' }]);
    expect((await idp.delete(path)).status).toBe(204);
  });
});
