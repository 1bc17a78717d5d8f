import { type ModuleHost, startModuleHost } from '../../support/module-host.js';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

describe.each(['express', 'fastify'] as const)('Users over HTTP on %s', (adapter) => {
  let host: ModuleHost;

  beforeAll(async () => {
    host = await startModuleHost({ adapter });
  });

  afterAll(() => host.stop());

  it('creates, reads, lists, replaces, patches and deletes', async () => {
    const client = await host.client();
    const created = await client.post('/Users', {
      schemas: [CORE, ENTERPRISE],
      userName: 'Ada@acme.example',
      externalId: 'X-1',
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      emails: [{ value: 'Ada@acme.example', type: 'work', primary: true }],
      [ENTERPRISE]: { department: 'Engines' },
    });
    expect(created.status).toBe(201);
    expect(created.headers['content-type']).toMatch(/^application\/scim\+json/);
    expect(created.headers.location).toBe(`https://app.example.com/scim/v2/Users/${created.body.id}`);
    expect(created.headers.etag).toBe('W/"1"');
    expect(created.body).toMatchObject({
      schemas: [CORE, ENTERPRISE],
      userName: 'Ada@acme.example',
      externalId: 'X-1',
      active: true,
      meta: { resourceType: 'User', version: 'W/"1"', location: created.headers.location },
    });
    const { id } = created.body;
    expect((await client.get(`/Users/${id}`)).body).toEqual(created.body);
    expect((await client.filterUsers('userName eq "ADA@ACME.EXAMPLE"')).body).toMatchObject({ totalResults: 1 });

    const patched = await client.patch(`/Users/${id}`, [{ op: 'Replace', path: 'title', value: 'Countess' }]);
    expect(patched.status).toBe(200);
    expect(patched.body).toMatchObject({ title: 'Countess', meta: { version: 'W/"2"' } });

    const replaced = await client.put(`/Users/${id}`, { schemas: [CORE], userName: 'ada@acme.example' });
    expect(replaced.status).toBe(200);
    expect(replaced.body).toEqual({
      schemas: [CORE],
      id,
      userName: 'ada@acme.example',
      externalId: 'X-1',
      active: true,
      meta: { ...created.body.meta, version: 'W/"3"', lastModified: replaced.body.meta.lastModified },
    });

    expect((await client.delete(`/Users/${id}`)).status).toBe(204);
    expect((await client.get(`/Users/${id}`)).status).toBe(404);
    expect((await client.get('/Users')).body).toMatchObject({ totalResults: 0, Resources: [] });
  });
});
