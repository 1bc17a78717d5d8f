import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { type ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { ScimEntitlements, ScimTokensService } from '../../../src/scim/index.js';
import { expectScimError } from '../../support/scim-errors.js';

describe.each(['express', 'fastify'] as const)('/Me with tokens that stand for users, on %s', (adapter) => {
  /** By organization. */
  const selves = new Map<string, string>();
  let host: ModuleHost;
  let client: ScimClient;
  let id: string;

  beforeAll(async () => {
    host = await startModuleHost({
      adapter,
      extras: {
        me: async ({ organizationId, tokenId }) => {
          if (selves.get(organizationId) === 'unknown') throw new Error('the host is down');
          return tokenId === '' ? undefined : selves.get(organizationId);
        },
      },
    });
    client = await host.client();
    ({ id } = await client.createUser({ userName: 'ada', title: 'Countess' }));
    selves.set(client.organizationId, id);
  });

  afterAll(() => host.stop());

  const me = (): Promise<ScimAnswer> => client.get('/Me');

  it('is unavailable where the host cannot say whose token it is', async () => {
    const other = await host.client();
    selves.set(other.organizationId, 'unknown');
    expectScimError(await other.get('/Me'), 503);
  });

  it('is the user, whose own location is told', async () => {
    const answer = await me();
    const user = await client.get(`/Users/${id}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(user.body);
    expect(answer.headers.location).toBe(`https://app.example.com/scim/v2/Users/${id}`);
    expect(answer.headers.etag).toBe(user.headers.etag);
    expect((await client.get('/me?attributes=title')).body).toEqual({
      schemas: user.body.schemas,
      id,
      title: 'Countess',
    });
    expect((await client.get('/Me', { 'if-none-match': String(user.headers.etag) })).status).toBe(304);
  });

  it('is changed, replaced and removed', async () => {
    expect((await client.patch('/Me', [{ op: 'replace', path: 'title', value: 'Programmer' }])).status).toBe(200);
    expect((await me()).body.title).toBe('Programmer');
    expect((await client.put('/Me', { userName: 'ada', nickName: 'Enchantress' })).body).toMatchObject({
      id,
      nickName: 'Enchantress',
    });
    expectScimError(await client.send('DELETE', '/Me', undefined, { 'if-match': 'W/"1"' }), 412);
    const { id: other } = await client.createUser({ userName: 'other' });
    selves.set(client.organizationId, other);
    expect((await client.delete('/Me')).status).toBe(204);
    expectScimError(await me(), 404);
    expectScimError(await client.get(`/Users/${other}`), 404);
    selves.set(client.organizationId, id);
  });

  it('is taken out, and changed in no other way, where its organization may do no more', async () => {
    const other = await host.client();
    const { id: self } = await other.createUser({ userName: 'eve' });
    selves.set(other.organizationId, self);
    const lost = { allowed: false, missing: ['plan'], detail: 'No plan.', removals: true } as const;
    host.organizations.refused.set(other.organizationId, lost);
    host.app.get(ScimEntitlements, { strict: false }).forget(other.organizationId);
    expectScimError(await other.patch('/Me', [{ op: 'replace', path: 'title', value: 'Dr' }]), 403);
    expect((await other.patch('/Me', [{ op: 'replace', path: 'active', value: false }])).status).toBe(200);
    expect((await other.delete('/Me')).status).toBe(204);
  });

  it('is nobody to be created, and nobody for other tokens', async () => {
    expectScimError(await client.post('/Me', { userName: 'me' }), 501);
    const stranger = await host.client();
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'POST'])
      expectScimError(await stranger.send(method, '/Me', method === 'GET' ? undefined : {}), 501);
    // Another organization's user is nobody here.
    selves.set(stranger.organizationId, id);
    expectScimError(await stranger.get('/Me'), 404);
    expectScimError(await client.send('GET', '/Me', undefined, { authorization: '' }), 401);
  });

  it('needs the scopes that the user does', async () => {
    const tokens = host.app.get(ScimTokensService, { strict: false });
    const reader = await tokens.generate(client.organizationId, { scopes: ['users:read'] });
    const ofReader = new ScimClient(host.url, reader.token, client.organizationId);
    expect((await ofReader.get('/Me')).status).toBe(200);
    expectScimError(await ofReader.delete('/Me'), 403);
  });
});
