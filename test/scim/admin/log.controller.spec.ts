import { randomUUID } from 'node:crypto';
import type { ModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';
import { type Settings, settingsOf, startAdminHost } from './admin-host.js';

const CORE_USER = 'urn:ietf:params:scim:schemas:core:2.0:User';

describe.each(['express', 'fastify'] as const)('the log in the admin API on %s', (adapter) => {
  let host: ModuleHost;

  beforeAll(async () => {
    host = await startAdminHost({ adapter });
  });

  afterAll(() => host.stop());

  async function organization(): Promise<{ idp: ScimClient; settings: Settings }> {
    const idp = await host.client();
    return { idp, settings: settingsOf(host, idp.organizationId) };
  }

  it('shows of an answer nothing that it says was sent', async () => {
    const { idp, settings } = await organization();
    const answers = [
      await idp.post('/Users', { schemas: [CORE_USER], userName: 'x', active: 'Lovelace' }),
      await idp.post('/Users', { schemas: [CORE_USER], userName: 'x', title: 4711 }),
      await idp.patch(`/Users/${(await idp.createUser({ userName: 'y' })).id}`, [
        { op: 'add', path: 'emails[value eq "Lovelace"', value: 'x' },
      ]),
      await idp.get('/Users?filter=userName+eq+Lovelace'),
    ];
    expect(JSON.stringify(answers.map(({ body }) => body?.detail))).toContain('Lovelace');
    const { text, body } = await settings.send('GET', '/log?status=failed');
    expect(body.requests.length).toBeGreaterThanOrEqual(3);
    expect(text).not.toMatch(/Lovelace|4711/);
    expect(text).toContain('the text \\"•••\\"');
  });

  it('shows the newest requests first, without what they say of people', async () => {
    const { idp, settings } = await organization();
    const { id } = await idp.createUser({ schemas: [CORE_USER], userName: 'ada@acme.example', externalId: 'Ext-Ada' });
    await idp.filterUsers('userName eq "Ada@acme.example"');
    await idp.post('/Users', { schemas: [CORE_USER], userName: 'ADA@acme.example' });
    await idp.get('/Users/ada@acme.example');
    const listed = await settings.send('GET', '/log');
    expect(listed.status).toBe(200);
    expect(listed.headers['cache-control']).toBe('no-store');
    expect(listed.text).not.toMatch(/ada@|Ext-Ada/i);
    expect(listed.body).toMatchObject({
      requests: [
        { method: 'GET', path: '/Users/•••', status: 404, detail: expect.stringContaining('•••') },
        {
          method: 'POST',
          path: '/Users',
          status: 409,
          scimType: 'uniqueness',
          detail: expect.stringContaining('"•••"'),
        },
        { method: 'GET', path: '/Users', query: 'filter=userName eq "•••"', status: 200, detail: null },
        {
          method: 'POST',
          path: '/Users',
          query: null,
          status: 201,
          scimType: null,
          idp: null,
          bodyBytes: expect.any(Number),
        },
      ],
    });
    expect(Object.keys(listed.body)).toEqual(['requests']);
    const [tokens] = (await settings.send('GET', '/tokens')).body.tokens;
    for (const request of listed.body.requests) {
      expect(request.token).toEqual({ id: tokens.id, label: null, hint: tokens.hint });
      expect(request).toMatchObject({ address: '127.0.0.1', client: null, receivedAt: expect.any(String) });
      expect(Object.keys(request)).not.toContain('body');
    }
    const { path } = (await settings.send('GET', `/log?person=${id}&status=201`)).body.requests[0];
    expect(path).toBe('/Users');
  });

  it('shows one request masked, and with all that is kept once it is revealed, which is itself written down', async () => {
    const { idp, settings } = await organization();
    const user = { userName: 'ada', password: 'canary-Passw0rd-5', active: true, name: { givenName: 'Ada' } };
    await idp.createUser(user);
    const { id } = (await settings.send('GET', '/log')).body.requests[0];
    const masked = await settings.send('GET', `/log/${id}`);
    expect(masked.headers['cache-control']).toBe('no-store');
    expect(masked.body).toMatchObject({
      id,
      body: { userName: '•••', password: '[removed]', active: true, name: { givenName: '•••' } },
      isRevealed: false,
      reveals: [],
    });
    const revealed = await settings.send('POST', `/log/${id}/reveal`);
    expect(revealed.status).toBe(200);
    expect(revealed.headers['cache-control']).toBe('no-store');
    expect(revealed.body).toMatchObject({
      body: { ...user, password: '[removed]' },
      isRevealed: true,
      reveals: [{ revealedAt: expect.any(String), actorId: 'account-1' }],
    });
    await settingsOf(host, idp.organizationId, 'account-2').send('POST', `/log/${id}/reveal`, {});
    expect((await settings.send('GET', `/log/${id}`)).body).toMatchObject({
      body: { userName: '•••' },
      reveals: [{ actorId: 'account-2' }, { actorId: 'account-1' }],
    });
  });

  it('reveals the query and the answer, too', async () => {
    const { idp, settings } = await organization();
    await idp.get('/Users/ada?filter=x+eq+%22ada%26eve%22');
    const { id } = (await settings.send('GET', '/log')).body.requests[0];
    expect((await settings.send('POST', `/log/${id}/reveal`)).body).toMatchObject({
      path: '/Users/ada',
      query: 'filter=x eq "ada&eve"',
      body: null,
    });
  });

  it('finds requests by status', async () => {
    const { idp, settings } = await organization();
    await idp.createUser({ userName: 'ada' });
    await idp.post('/Users', { userName: 'ada' });
    await idp.get('/Users/nobody');
    await idp.get('/Me');
    const statuses = async (query: string) =>
      (await settings.send('GET', `/log?status=${query}`)).body.requests.map(
        ({ status }: { status: number }) => status,
      );
    expect(await statuses('2xx')).toEqual([201]);
    expect(await statuses('4xx')).toEqual([404, 409]);
    expect(await statuses('5xx')).toEqual([501]);
    expect(await statuses('failed')).toEqual([501, 404, 409]);
    expect(await statuses('409')).toEqual([409]);
    expect(await statuses('429')).toEqual([]);
  });

  it('finds the requests of a person, by whatever they are called', async () => {
    const { idp, settings } = await organization();
    await idp.filterUsers('userName eq "ADA@acme.example"');
    const { id } = await idp.createUser({
      userName: 'Ada@acme.example',
      externalId: 'E-1',
      emails: [{ value: 'lovelace@acme.example' }],
    });
    const { id: other } = await idp.createUser({ userName: 'bob@acme.example', externalId: 'e-1' });
    await idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]);
    await idp.post('/Groups', { displayName: 'Engines', members: [{ value: id }] });
    await idp.patch(`/Users/${other}`, [{ op: 'replace', path: 'active', value: false }]);
    await idp.delete(`/Users/${id}`);
    const found = async (person: string) => {
      const { body } = await settings.send('GET', `/log?person=${encodeURIComponent(person)}`);
      return body.requests.map(
        ({ method, path }: { method: string; path: string }) => `${method} ${path.split('/')[1]}`,
      );
    };
    const history = ['DELETE Users', 'POST Groups', 'PATCH Users', 'POST Users', 'GET Users'];
    expect(await found(id)).toEqual(history);
    expect(await found('ada@ACME.example')).toEqual(history);
    expect(await found('E-1')).toEqual(history);
    expect(await found('Lovelace@acme.example')).toEqual(history);
    expect(await found('e-1')).toEqual(['PATCH Users', 'POST Users']);
    expect(await found('acme.example')).toEqual([]);
  });

  it('finds requests by time', async () => {
    const { idp, settings } = await organization();
    for (const name of ['old', 'middle', 'new']) await idp.get(`/Users/${name}`);
    await settings.send('GET', '/log');
    const { organizationId } = idp;
    await host.dataSource.query(
      `update scim_log set received_at = timestamptz '2026-01-01T12:00:00Z' + interval '1 hour' * array_position(array['/Users/old', '/Users/middle', '/Users/new'], path)
       where organization_id = $1`,
      [organizationId],
    );
    const times = async (query: string) =>
      (await settings.send('GET', `/log?${query}`)).body.requests.map(({ receivedAt }: { receivedAt: string }) =>
        receivedAt.slice(11, 13),
      );
    expect(await times('from=2026-01-01T14:00:00Z')).toEqual(['15', '14']);
    expect(await times('to=2026-01-01T14:00:00Z')).toEqual(['13']);
    expect(await times('from=2026-01-01T15:00%2B01:00&to=2026-01-01T14:00:00.001Z')).toEqual(['14']);
  });

  it('gives pages that miss nothing and repeat nothing, in each way to look', async () => {
    const { idp, settings } = await organization();
    const { id } = await idp.createUser({ userName: 'ada' });
    for (let count = 0; count < 3; count += 1) {
      await idp.get(`/Users/${id}`);
      await idp.patch(`/Users/${id}`, []);
    }
    await settings.send('GET', '/log');
    // All at the same moment: ids decide.
    await host.dataSource.query('update scim_log set received_at = now() where organization_id = $1', [
      idp.organizationId,
    ]);
    const walk = async (query: string) => {
      const seen: string[] = [];
      for (let cursor: string | undefined = ''; cursor !== undefined;) {
        const place: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const { body } = await settings.send('GET', `/log?limit=2&${query}${place}`);
        seen.push(...body.requests.map((request: { id: string }) => request.id));
        cursor = body.nextCursor;
      }
      return seen;
    };
    for (const [query, count] of [
      ['', 7],
      ['status=failed', 3],
      ['status=2xx', 4],
      [`person=${id}`, 7],
    ] as const) {
      const seen = await walk(query);
      expect({ query, count: new Set(seen).size, length: seen.length }).toEqual({ query, count, length: count });
      expect(seen).toEqual(seen.toSorted().reverse());
    }
  });

  it.each([
    ['an unknown status', 'status=abc'],
    ['a status of no class', 'status=6xx'],
    ['a status twice', 'status=200&status=201'],
    ['a time that is none', 'from=yesterday'],
    ['a day that no calendar has', 'from=2026-13-41T00:00:00Z'],
    ['a day that its month has not', 'from=2026-02-30T00:00:00Z'],
    ['a day of a leap year in another', 'to=2025-02-29T12:00:00%2B01:00'],
    ['an hour that no day has', 'to=2026-01-01T24:00:00Z'],
    ['an offset that no place has', 'from=2026-01-01T00:00:00%2B99:99'],
    ['a time twice', 'from=2026-01-01T00:00:00Z&from=2026-01-01T00:00:00Z'],
    ['no time', 'from='],
    ['a year before the calendar', 'to=0000-01-01T00:00:00Z'],
    ['a cursor of its own', 'cursor=abc'],
    ['a limit beyond the most', 'limit=201'],
    ['a limit that is no number', 'limit=many'],
    ['a person with a control character', 'person=%00'],
    ['a parameter that nobody knows', 'organizationId=acme'],
  ])('refuses %s', async (_what, query) => {
    const { settings } = await organization();
    expect(await settings.send('GET', `/log?${query}`)).toMatchObject({
      status: 400,
      body: { message: expect.anything() },
    });
  });

  it('takes a limit that is written in decimal digits, for each list, and no other', async () => {
    const { idp, settings } = await organization();
    const { id } = await idp.createUser({ userName: 'ada' });
    const lists = ['/log', '/identities', `/identities/${id}/history`, '/dead-letters', '/events'];
    const good = ['1', '5', '200'];
    const bad = ['0', '-1', '0x10', '1e1', '%205%20', '5%20', '+5', '%2B5', '1.0', '05', '', 'null', '1&limit=1'];
    for (const list of lists) {
      for (const limit of [...good, ...bad]) {
        const { status } = await settings.send('GET', `${list}?limit=${limit}`);
        expect({ list, limit, status }).toEqual({ list, limit, status: good.includes(limit) ? 200 : 400 });
      }
    }
  });

  it.each([
    ['/tokens', { expiresInDays: '30' }],
    ['/tokens', { expiresInDays: 1.5 }],
    ['/tokens', { expiresInDays: [30] }],
    ['/tokens', { expiresInDays: 'NEVER' }],
    [`/tokens/${randomUUID()}/rotate`, { overlapHours: '24' }],
    [`/tokens/${randomUUID()}/rotate`, { overlapHours: [24] }],
    [`/tokens/${randomUUID()}/rotate`, { overlapHours: true }],
  ])('takes in POST %s a number for a number only: not %j', async (path, body) => {
    const { settings } = await organization();
    expect((await settings.send('POST', path, body)).status).toBe(400);
  });

  it('knows no request of another organization', async () => {
    const { idp, settings } = await organization();
    const { id: user } = await idp.createUser({ userName: 'ada' });
    const { id } = (await settings.send('GET', '/log')).body.requests[0];
    const other = settingsOf(host);
    for (const unknown of [id, randomUUID(), 'junk', '%00']) {
      expect(await other.send('GET', `/log/${unknown}`)).toMatchObject({
        status: 404,
        body: { message: expect.any(String) },
      });
      expect(await other.send('POST', `/log/${unknown}/reveal`, {})).toMatchObject({ status: 404 });
    }
    for (const query of ['', `?person=${user}`, '?status=201']) {
      expect((await other.send('GET', `/log${query}`)).body).toEqual({ requests: [] });
    }
    expect((await settings.send('GET', `/log/${id}`)).body.reveals).toEqual([]);
  });

  it.each([
    ['GET', '/log'],
    ['GET', `/log/${randomUUID()}`],
    ['POST', `/log/${randomUUID()}/reveal`],
    ['POST', '/pause'],
    ['POST', '/resume'],
  ])("serves %s %s to no organization and to nobody without the host's leave", async (method, path) => {
    expect((await settingsOf(host, 'unknown').send(method, path)).status).toBe(404);
    expect((await settingsOf(host, 'acme', '').send(method, path)).status).toBe(403);
    expect(
      await host.dataSource.query(`select from scim_connection where organization_id in ('acme', 'unknown')`),
    ).toEqual([]);
  });
});
