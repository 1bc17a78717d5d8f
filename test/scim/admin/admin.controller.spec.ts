import { randomUUID } from 'node:crypto';
import { ADMIN_CONTROLLERS } from '../../../src/scim/admin/admin-controllers.js';
import { routesOf } from '../../../src/scim/http/controller-routes.js';
import type { ModuleHost } from '../../support/module-host.js';
import { type ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { whenNoted } from '../../support/when-noted.js';
import { PATH, settingsOf, startAdminHost } from './admin-host.js';

describe.each(['express', 'fastify'] as const)('the admin API on %s', (adapter) => {
  let host: ModuleHost;

  beforeAll(async () => {
    host = await startAdminHost({ adapter });
  });

  afterAll(() => host.stop());

  /** The settings page of a new organization, or of the one named, in an owner's hands. */
  function settings(slug: string = randomUUID()) {
    const { send } = settingsOf(host, slug);
    return { slug, send, generate: async (body = {}) => (await send('POST', '/tokens', body)).body };
  }

  it('shows endpoint, entitlement, counts and last activity', async () => {
    const { slug, send, generate } = settings();
    const empty = await send('GET', '');
    expect(empty.status).toBe(200);
    expect(empty.headers['cache-control']).toBe('no-store');
    expect(empty.body).toEqual({
      endpointUrl: 'https://app.example.com/scim/v2',
      entitlement: { allowed: true },
      counts: { provisioned: 0, active: 0, suspended: 0 },
      lastActivityAt: null,
      health: expect.objectContaining({ lastCallAt: null, idp: null, paused: null }),
      events: { open: 0, failing: 0, dead: 0, atLeast: false, oldestOpenAt: null },
    });

    const idp = new ScimClient(host.url, (await generate()).token, slug);
    await idp.createUser({ userName: 'ada' });
    await idp.createUser({ userName: 'bob', active: false });
    const { id } = await idp.createUser({ userName: 'eve' });
    await idp.delete(`/Users/${id}`);
    const { body } = await send('GET', '');
    expect(body.counts).toEqual({ provisioned: 1, active: 0, suspended: 1 });
    expect(Date.parse(body.lastActivityAt)).not.toBeNaN();

    const refusal = { allowed: false, missing: ['plan', 'saml'], detail: 'Needs Enterprise and SAML.' } as const;
    host.organizations.refused.set(slug, refusal);
    expect((await send('GET', '')).body.entitlement).toEqual(refusal);
    host.organizations.refused.set(slug, { allowed: true, ssoConnectionId: 'saml-1' });
    expect((await send('GET', '')).body.entitlement).toEqual({ allowed: true });
  });

  it('generates a token, shows its secret once, lists and revokes it', async () => {
    const { slug, send } = settings();
    const made = await send('POST', '/tokens', { label: 'Entra', expiresInDays: 30, scopes: ['users:read'] });
    expect(made.status).toBe(201);
    expect(made.headers['cache-control']).toBe('no-store');
    const { token, ...shown } = made.body;
    expect(token).toMatch(/^scim_[0-9A-Za-z]{13}_[0-9A-Za-z]{49}$/);
    expect(shown).toEqual({
      id: expect.any(String),
      label: 'Entra',
      hint: `${token.slice(0, 19)}…${token.slice(-4)}`,
      scopes: ['users:read'],
      createdAt: expect.any(String),
      expiresAt: expect.any(String),
      createdBy: 'account-1',
    });
    expect((await new ScimClient(host.url, token, slug).get('/Users', { 'user-agent': 'okta' })).status).toBe(200);
    await whenNoted(host.app);

    const listed = await send('GET', '/tokens');
    expect(listed.headers['cache-control']).toBe('no-store');
    expect(listed.text).not.toContain(token);
    const used = { lastUsedAt: expect.any(String), lastUsedFrom: '127.0.0.1', lastUsedClient: 'okta' };
    const going = { replacedBy: null, retiresAt: null, revokedAt: null, revokedBecause: null };
    expect(listed.body).toEqual({ tokens: [{ ...shown, ...used, ...going, state: 'live' }] });

    const revoked = await send('DELETE', `/tokens/${shown.id}`);
    expect({ status: revoked.status, text: revoked.text }).toEqual({ status: 204, text: '' });
    expect((await new ScimClient(host.url, token, slug).get('/Users')).status).toBe(401);
    expect((await send('DELETE', `/tokens/${shown.id}`)).status).toBe(204);
    expect((await send('GET', '/tokens')).body.tokens).toMatchObject([{ id: shown.id, state: 'revoked' }]);
  });

  it('rotates a token: both work, until the rotation is completed', async () => {
    const { slug, send, generate } = settings();
    const old = await generate({ label: 'Entra', scopes: ['users:read'], expiresInDays: 30 });
    const made = await send('POST', `/tokens/${old.id}/rotate`, { overlapHours: 168 });
    expect(made.status).toBe(201);
    expect(made.headers['cache-control']).toBe('no-store');
    const { token, retiresAt, ...shown } = made.body;
    expect(shown).toMatchObject({
      label: 'Entra',
      scopes: ['users:read'],
      createdBy: 'account-1',
      replaces: old.id,
      hint: `${token.slice(0, 19)}…${token.slice(-4)}`,
    });
    expect(Date.parse(retiresAt) - Date.parse(shown.createdAt)).toBe(168 * 3_600_000);
    const statusOf = async (secret: string) => (await new ScimClient(host.url, secret, slug).get('/Users')).status;
    expect([await statusOf(old.token), await statusOf(token)]).toEqual([200, 200]);
    const { text, body } = await send('GET', '/tokens');
    expect(text).not.toContain(token);
    expect(body.tokens).toMatchObject([
      { id: shown.id, state: 'live', replacedBy: null },
      { id: old.id, state: 'retiring', replacedBy: shown.id, retiresAt },
    ]);

    const completed = await send('POST', `/tokens/${old.id}/rotation/complete`);
    expect({ status: completed.status, text: completed.text }).toEqual({ status: 204, text: '' });
    expect(completed.headers['cache-control']).toBe('no-store');
    expect([await statusOf(old.token), await statusOf(token)]).toEqual([401, 200]);
    const over = { status: 409, body: { statusCode: 409, message: expect.stringContaining('No rotation') } };
    expect(await send('POST', `/tokens/${old.id}/rotation/complete`)).toMatchObject(over);
    expect(await send('POST', `/tokens/${old.id}/rotation/cancel`)).toMatchObject(over);
    expect((await send('GET', '/tokens')).body.tokens[1]).toMatchObject({
      state: 'revoked',
      revokedBecause: 'rotated',
    });
  });

  it('takes a rotation back: the old token lives on', async () => {
    const { slug, send, generate } = settings();
    const old = await generate();
    const { body } = await send('POST', `/tokens/${old.id}/rotate`);
    expect(Date.parse(body.retiresAt) - Date.parse(body.createdAt)).toBe(24 * 3_600_000);
    expect((await send('POST', `/tokens/${old.id}/rotation/cancel`, {})).status).toBe(204);
    expect((await new ScimClient(host.url, old.token, slug).get('/Users')).status).toBe(200);
    expect((await new ScimClient(host.url, body.token, slug).get('/Users')).status).toBe(401);
    expect((await send('GET', '/tokens')).body.tokens).toMatchObject([
      { id: body.id, state: 'revoked', revokedBecause: 'rotation-cancelled' },
      { id: old.id, state: 'live', replacedBy: null, retiresAt: null, expiresAt: old.expiresAt },
    ]);
  });

  it.each([
    ['an overlap of its own choosing', { overlapHours: 2 }],
    ['an overlap before', { overlapHours: -1 }],
    ['an overlap as text', { overlapHours: '24' }],
    ['an overlap of null', { overlapHours: null }],
    ['something unknown', { scopes: ['users:write'] }],
    ['a list', [24]],
  ])('refuses a rotation with %s', async (_what, body) => {
    const { send, generate } = settings();
    const { id } = await generate();
    expect(await send('POST', `/tokens/${id}/rotate`, body)).toMatchObject({
      status: 400,
      body: { message: expect.anything() },
    });
    expect((await send('GET', '/tokens')).body.tokens).toMatchObject([{ id, state: 'live' }]);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'label=x'],
    ['an empty form', 'application/x-www-form-urlencoded', ''],
    ['text', 'text/plain', '{"label":"x"}'],
    ['what only begins like JSON', 'application/jsonp', '{}'],
    ['a body without a type', '', '{"label":"x"}'],
  ])('takes no token order as %s, as pages of other sites can send it', async (_what, type, body) => {
    const { slug, send } = settings();
    const client = new ScimClient(host.url, '', slug, `${PATH}/${slug}/scim`);
    const answer = await client.send('POST', '/tokens', body, {
      authorization: '',
      'x-owner': 'account-1',
      'content-type': type,
    });
    expect(answer.status).toBe(415);
    expect((await send('GET', '/tokens')).body.tokens).toEqual([]);
  });

  it('takes no order without a body from a page of another site', async () => {
    const { slug, send } = settings();
    const client = new ScimClient(host.url, '', slug, `${PATH}/${slug}/scim`);
    const order = (site: string): Promise<ScimAnswer> =>
      client.send('POST', '/tokens', undefined, {
        authorization: '',
        'x-owner': 'account-1',
        'sec-fetch-site': site,
      });
    expect((await order('cross-site')).status).toBe(403);
    expect((await send('GET', '/tokens')).body.tokens).toEqual([]);
    expect((await order('same-origin')).status).toBe(201);
  });

  it('generates a token of an empty body, too, and without any', async () => {
    const { send } = settings();
    expect((await send('POST', '/tokens', {})).status).toBe(201);
    expect((await send('POST', '/tokens')).status).toBe(201);
  });

  it('says why there is no token', async () => {
    const { slug, send } = settings();
    host.organizations.refused.set(slug, { allowed: false, missing: ['plan'], detail: 'Needs Enterprise.' });
    const answer = await send('POST', '/tokens', {});
    expect(answer.status).toBe(409);
    expect(answer.body).toEqual({ statusCode: 409, message: 'Needs Enterprise.' });
    host.organizations.refused.delete(slug);
    await send('POST', '/tokens', {});
    await send('POST', '/tokens', {});
    const third = await send('POST', '/tokens', {});
    expect(third).toMatchObject({ status: 409, body: { message: expect.stringContaining('revoke one first') } });
    host.organizations.failing = true;
    expect(await send('POST', '/tokens', {})).toMatchObject({ status: 503, body: { message: expect.any(String) } });
    host.organizations.failing = false;
  });

  it.each([
    ['a label that is no text', { label: 1 }],
    ['a long label', { label: 'x'.repeat(101) }],
    ['a label with a control character', { label: 'a\u0000b' }],
    ['a label with half a surrogate pair', { label: 'a\ud800b' }],
    ['a label of null', { label: null }],
    ['no day', { expiresInDays: 0 }],
    ['more than two years', { expiresInDays: 731 }],
    ['a part of a day', { expiresInDays: 1.5 }],
    ['days as text', { expiresInDays: '30' }],
    ['a life without end that the host has not allowed', { expiresInDays: 'never' }],
    ['days of null', { expiresInDays: null }],
    ['an unknown scope', { scopes: ['users:read', 'everything'] }],
    ['no scope', { scopes: [] }],
    ['a scope twice', { scopes: ['users:read', 'users:read'] }],
    ['a scope that is a text', { scopes: 'users:read' }],
    ['scopes of null', { scopes: null }],
    ['something unknown', { organizationId: 'globex' }],
    ['a list', []],
    ['a list of wishes', [{ label: 'a' }]],
  ])('refuses %s, and makes no token', async (_what, body) => {
    const { send } = settings();
    const answer = await send('POST', '/tokens', body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toBeDefined();
    expect((await send('GET', '/tokens')).body.tokens).toEqual([]);
  });

  it('knows no token of another organization', async () => {
    const mine = settings();
    const { id } = await mine.generate();
    const other = settings();
    for (const path of [`/tokens/${id}`, `/tokens/${randomUUID()}`, '/tokens/junk', '/tokens/%00']) {
      const refused = { status: 404, body: { message: expect.any(String) } };
      expect(await other.send('DELETE', path)).toMatchObject(refused);
      for (const step of ['rotate', 'rotation/complete', 'rotation/cancel']) {
        expect(await other.send('POST', `${path}/${step}`, {})).toMatchObject(refused);
      }
    }
    expect((await mine.send('GET', '/tokens')).body.tokens).toMatchObject([{ id, state: 'live' }]);
    expect((await other.send('GET', '/tokens')).body.tokens).toEqual([]);
  });

  it('knows no person of another organization', async () => {
    const mine = settings();
    const idp = new ScimClient(host.url, (await mine.generate()).token, mine.slug);
    const { id } = await idp.createUser({ userName: 'ada', active: false });
    const other = settings();
    for (const path of [`/identities/${id}`, `/identities/${randomUUID()}`, '/identities/junk', '/identities/%00']) {
      const refused = { status: 404, body: { message: expect.any(String) } };
      for (const step of ['', '/history']) expect(await other.send('GET', path + step)).toMatchObject(refused);
      for (const step of ['/unlink', '/erase']) expect(await other.send('POST', path + step)).toMatchObject(refused);
    }
    expect((await mine.send('GET', `/identities/${id}`)).body).toMatchObject({ userName: 'ada', erasedAt: null });
    expect((await mine.send('POST', `/identities/${id}/erase`)).status).toBe(200);
    expect((await mine.send('POST', `/identities/${id}/unlink`)).status).toBe(409);
  });

  /** Of the application's own controllers, so that a new one is not forgotten. */
  const ROUTES = ADMIN_CONTROLLERS.flatMap(routesOf).map(({ method, segments }) => {
    const path = segments.map((segment) => (segment.startsWith(':') ? randomUUID() : segment)).join('/');
    return [method, path === '' ? '' : `/${path}`] as const;
  });
  /** Of those that validate before they ask whose organization it is. */
  const BODIES: Readonly<Record<string, object>> = {
    '/dead-letters/skip': { eventId: randomUUID(), consumer: 'test' },
  };

  it.each(ROUTES)("serves %s %s to no organization and to nobody without the host's leave", async (method, path) => {
    const body = BODIES[path];
    const unknown = await settings('unknown').send(method, path, body);
    const stranger = await settingsOf(host, 'acme', '').send(method, path, body);
    expect([unknown.status, stranger.status]).toEqual([404, 403]);
    for (const { headers } of [unknown, stranger]) expect(headers['cache-control']).toBe('no-store');
    expect(
      await host.dataSource.query(`select from scim_connection where organization_id in ('acme', 'unknown')`),
    ).toEqual([]);
  });

  it.each(ROUTES.filter(([method]) => method !== 'GET' && method !== 'DELETE'))(
    'takes no %s %s that a page of another site can send',
    async (method, path) => {
      const { slug } = settings();
      const client = new ScimClient(host.url, '', slug, `${PATH}/${slug}/scim`);
      const send = (body: string | undefined, headers: Record<string, string>): Promise<ScimAnswer> =>
        client.send(method, path, body, { authorization: '', 'x-owner': 'account-1', 'content-type': '', ...headers });
      const answers = [
        await send('a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
        await send('{}', { 'content-type': 'text/plain' }),
        await send('{}', {}),
        await send(undefined, { 'sec-fetch-site': 'cross-site' }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([415, 415, 415, 403]);
      // Forms and texts are Fastify's to refuse, before anything of Nest's is asked.
      expect(answers.at(-1)?.headers['cache-control']).toBe('no-store');
      expect(await host.dataSource.query('select from scim_connection where organization_id = $1', [slug])).toEqual([]);
    },
  );
});
