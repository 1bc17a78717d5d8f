import { randomUUID } from 'node:crypto';
import { CADENCES, nextRound } from '../../../src/scim/guides/idp-cadence.js';
import { IDPS } from '../../../src/scim/log/recognise-idp.js';
import {
  type ConnectionEvent,
  ConnectionPaused,
  ConnectionResumed,
  OnScimEvent,
  ScimConnectionsService,
} from '../../../src/scim/index.js';
import { generateToken } from '../../../src/scim/tokens/token.js';
import { countStatements } from '../../support/count-statements.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { ScimClient } from '../../support/scim-client.js';
import { settingsOf, startAdminHost } from '../admin/admin-host.js';

describe.each(['express', 'fastify'] as const)('a connection on %s', (adapter) => {
  let host: ModuleHost;

  beforeAll(async () => {
    // With limits: beyond them a bad token is not answered 401.
    host = await startAdminHost({ adapter, options: { rateLimit: {} } });
  });

  afterAll(() => host.stop());

  const healthOf = async (organizationId: string) => {
    const { status, text, body } = await settingsOf(host, organizationId).send('GET', '');
    expect({ status, text }).toEqual({ status: 200, text });
    return body.health;
  };

  describe('tells how it fares', () => {
    it('before the first request', async () => {
      const none = { total: 0, failed: 0 };
      expect(await healthOf(randomUUID())).toEqual({
        lastCallAt: null,
        lastSuccessAt: null,
        lastFailure: null,
        failing: null,
        lastHour: none,
        lastDay: none,
        refused: { lastAt: null, lastHour: 0, lastDay: 0 },
        client: null,
        idp: null,
        cadence: null,
        nextSyncExpectedAt: null,
        paused: null,
        log: { waiting: 0, lost: 0 },
      });
    });

    it('from what was asked and how it was answered', async () => {
      const idp = await host.client();
      await idp.createUser({ userName: 'ada' });
      await idp.get('/Users');
      await idp.get('/Users/nobody', { 'user-agent': 'a client' });
      const first = await healthOf(idp.organizationId);
      expect(first).toMatchObject({
        lastHour: { total: 3, failed: 1 },
        lastDay: { total: 3, failed: 1 },
        client: 'a client',
        idp: 'generic',
        cadence: { type: 'unknown' },
        nextSyncExpectedAt: null,
      });
      expect(first.lastFailure).toEqual({ at: first.lastCallAt, status: 404, requestId: expect.any(String) });
      expect(Date.parse(first.lastSuccessAt)).toBeLessThanOrEqual(Date.parse(first.lastFailure.at));

      await host.dataSource.query(
        `update scim_log set received_at = received_at - interval '2 hours' where organization_id = $1 and method = 'GET'`,
        [idp.organizationId],
      );
      await host.dataSource.query(
        `update scim_log set received_at = received_at - interval '2 days' where organization_id = $1 and method = 'POST'`,
        [idp.organizationId],
      );
      expect(await healthOf(idp.organizationId)).toMatchObject({
        lastHour: { total: 0, failed: 0 },
        lastDay: { total: 2, failed: 1 },
      });
    });

    it('and since when it fails, until the next success', async () => {
      const idp = await host.client();
      const failing = async () => (await healthOf(idp.organizationId)).failing;
      await idp.get('/Users/nobody');
      await idp.get('/Users');
      expect(await failing()).toBeNull();
      await idp.get('/Users/nobody');
      await idp.post('/Users', { userName: '' });
      await idp.get('/Me');
      await healthOf(idp.organizationId);
      // A minute apart, whatever the speed: the 200 first.
      await host.dataSource.query(
        `update scim_log l set received_at = timestamptz '2026-01-01T00:00:00Z' + interval '1 min' * n
         from (select id, row_number() over (order by id) as n from scim_log where organization_id = $1) o where o.id = l.id`,
        [idp.organizationId],
      );
      const health = await healthOf(idp.organizationId);
      expect(health).toMatchObject({
        lastSuccessAt: '2026-01-01T00:02:00.000Z',
        failing: { since: '2026-01-01T00:03:00.000Z', requests: 3 },
        lastFailure: { at: '2026-01-01T00:05:00.000Z', status: 501 },
      });
      const { body } = await settingsOf(host, idp.organizationId).send('GET', `/log/${health.lastFailure.requestId}`);
      expect(body).toMatchObject({ path: '/Me', status: 501 });
      await idp.get('/Users');
      expect(await failing()).toBeNull();
    });

    it('and since when it fails that never succeeded', async () => {
      const idp = await host.client();
      await idp.get('/Users/nobody');
      const health = await healthOf(idp.organizationId);
      expect(health).toMatchObject({ lastSuccessAt: null, failing: { since: health.lastCallAt, requests: 1 } });
    });

    it('and that it fails since the rotation whose new token nobody put into its identity provider', async () => {
      const idp = await host.client();
      await idp.get('/Users', { 'user-agent': 'Okta SCIM Client 1.0.0' });
      const settings = settingsOf(host, idp.organizationId);
      const [{ id }] = (await settings.send('GET', '/tokens')).body.tokens;
      const rotated = await settings.send('POST', `/tokens/${id}/rotate`, { overlapHours: 0 });
      expect(rotated.status).toBe(201);
      expect((await idp.get('/Users')).status).toBe(401);
      expect((await idp.post('/Users', { userName: 'ada' })).status).toBe(401);
      const health = await healthOf(idp.organizationId);
      expect(health).toMatchObject({
        lastFailure: { at: health.lastCallAt, status: 401 },
        failing: { since: expect.any(String), requests: 2 },
        lastHour: { total: 3, failed: 2 },
        lastDay: { total: 3, failed: 2 },
        refused: { lastAt: null, lastHour: 0, lastDay: 0 },
        idp: 'okta',
      });
      const fresh = new ScimClient(host.url, rotated.body.token, idp.organizationId);
      expect((await fresh.get('/Users')).status).toBe(200);
      expect((await healthOf(idp.organizationId)).failing).toBeNull();
    });

    it.each([
      ['expired', `expires_at = now() - interval '1 day'`],
      ['was revoked', `revoked_at = now(), revoked_because = 'admin'`],
    ])('and that it fails with a token that %s, which ticks nothing', async (_how, change) => {
      const idp = await host.client();
      await host.dataSource.query(`update scim_token set ${change} where organization_id = $1`, [idp.organizationId]);
      await idp.get('/Users');
      const health = await healthOf(idp.organizationId);
      expect(health).toMatchObject({
        lastSuccessAt: null,
        lastFailure: { at: health.lastCallAt, status: 401 },
        failing: { since: health.lastCallAt, requests: 1 },
        lastHour: { total: 1, failed: 1 },
        refused: { lastAt: null, lastHour: 0, lastDay: 0 },
      });
      const { items } = (await settingsOf(host, idp.organizationId).send('GET', '/checklist')).body;
      expect(items).toHaveLength(5);
      expect(items.filter(({ done }: { done: boolean }) => done)).toEqual([]);
    });

    it('and is told nothing by who knows no more than the public id of a token', async () => {
      const idp = await host.client();
      await idp.get('/Users', { 'user-agent': 'Okta SCIM Client 1.0.0' });
      const before = await healthOf(idp.organizationId);
      const { secret, publicId } = generateToken('scim');
      await host.dataSource.query('update scim_token set public_id = $2 where organization_id = $1', [
        idp.organizationId,
        publicId,
      ]);
      const forged = `Bearer ${secret}`;
      const statuses = new Set<number>();
      for (let count = 0; count < 25; count += 1) {
        statuses.add((await idp.get('/Users', { 'user-agent': 'a forger', authorization: forged })).status);
      }
      // Beyond twenty a minute and address another status says no.
      expect([...statuses]).toEqual([401, 429]);
      const after = await healthOf(idp.organizationId);
      expect(after).toEqual({ ...before, refused: { lastAt: expect.any(String), lastHour: 25, lastDay: 25 } });
      expect(after.client).toBe('Okta SCIM Client 1.0.0');
      const { body } = await settingsOf(host, idp.organizationId).send('GET', '/log?status=429');
      expect(body.requests).toContainEqual(expect.objectContaining({ client: 'a forger', status: 429 }));
    });

    it('and when the next round of its identity provider is due', async () => {
      const idp = await host.client();
      await idp.get('/Groups?excludedAttributes=members&filter=displayName+eq+%22x%22');
      await idp.get('/Users');
      const health = await healthOf(idp.organizationId);
      expect(health).toMatchObject({ idp: 'entra', cadence: { type: 'interval', minutes: 40 } });
      expect(Date.parse(health.nextSyncExpectedAt) - Date.parse(health.lastCallAt)).toBe(40 * 60_000);
    });

    it('and says nothing of another organization', async () => {
      const idp = await host.client();
      await idp.get('/Users', { 'user-agent': 'Okta SCIM Client 1.0.0' });
      expect(await healthOf(idp.organizationId)).toMatchObject({ idp: 'okta', cadence: { type: 'on-change' } });
      expect(await healthOf(randomUUID())).toMatchObject({ lastCallAt: null, idp: null });
    });
  });

  describe('that is paused', () => {
    it('refuses changes from the next request on, and answers what only reads', async () => {
      const idp = await host.client();
      const { id } = await idp.createUser({ userName: 'ada' });
      const settings = settingsOf(host, idp.organizationId);
      const paused = await settings.send('POST', '/pause');
      expect({ status: paused.status, text: paused.text }).toEqual({ status: 204, text: '' });
      const Operations = [{ method: 'POST', path: '/Users', bulkId: '1', data: { userName: 'bob' } }];
      const refused = [
        await idp.post('/Users', { userName: 'bob' }),
        await idp.put(`/Users/${id}`, { userName: 'eve' }),
        await idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]),
        await idp.delete(`/Users/${id}`),
        await idp.post('/Groups', { displayName: 'x' }),
        await idp.post('/Bulk', { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations }),
      ];
      for (const answer of refused) {
        expect(answer.status).toBe(503);
        expect(answer.headers['retry-after']).toBe('300');
        expect(answer.body).toMatchObject({ status: '503', detail: expect.stringContaining('paused') });
      }
      expect((await idp.get(`/Users/${id}`)).body).toMatchObject({ userName: 'ada', active: true });
      expect((await idp.get('/Users')).body.totalResults).toBe(1);
      expect(
        (await idp.post('/Users/.search', { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] })).status,
      ).toBe(200);
      expect(
        (await idp.post('/.search', { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] })).status,
      ).toBe(200);
      expect((await idp.get('/ServiceProviderConfig')).status).toBe(200);

      expect(await healthOf(idp.organizationId)).toMatchObject({
        paused: { since: expect.any(String), by: 'account-1' },
        lastHour: { failed: 6 },
      });
      await settingsOf(host, idp.organizationId, 'account-2').send('POST', '/pause', {});
      expect((await healthOf(idp.organizationId)).paused.by).toBe('account-1');

      expect((await settings.send('POST', '/resume')).status).toBe(204);
      expect((await idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: 'x' }])).status).toBe(200);
      expect((await healthOf(idp.organizationId)).paused).toBeNull();
    });

    it('is one organization, and one without a token, too', async () => {
      const [idp, other] = [await host.client(), await host.client()];
      await settingsOf(host, idp.organizationId).send('POST', '/pause');
      expect((await other.post('/Users', { userName: 'ada' })).status).toBe(201);
      const fresh = settingsOf(host);
      await fresh.send('POST', '/pause');
      const { token } = (await fresh.send('POST', '/tokens')).body;
      expect((await new ScimClient(host.url, token, fresh.slug).post('/Users', { userName: 'ada' })).status).toBe(503);
      expect((await fresh.send('POST', '/resume')).status).toBe(204);
      expect((await settingsOf(host).send('POST', '/resume')).status).toBe(204);
    });
  });
});

describe('pausing and resuming', () => {
  it('is told by events, with who did it, and only where it changes something', async () => {
    const told: ConnectionEvent[] = [];
    class Audit {
      async note(event: ConnectionEvent): Promise<void> {
        told.push(event);
      }
    }
    OnScimEvent([ConnectionPaused, ConnectionResumed], { consumer: 'test.audit' })(
      Audit.prototype,
      'note',
      Object.getOwnPropertyDescriptor(Audit.prototype, 'note')!,
    );
    const host = await startModuleHost({ providers: [Audit] });
    const connections = host.app.get(ScimConnectionsService, { strict: false });
    const organizationId = randomUUID();
    await connections.resume(organizationId);
    await connections.pause(organizationId, 'account-1');
    await connections.pause(organizationId, 'account-2');
    await connections.resume(organizationId, 'account-2');
    await connections.resume(organizationId);
    await connections.pause(organizationId);
    expect(told.map(({ type, sequence, actorId }) => [type, sequence, actorId])).toEqual([
      ['scim.connection.paused', 1, 'account-1'],
      ['scim.connection.resumed', 2, 'account-2'],
      ['scim.connection.paused', 3, undefined],
    ]);
    const [{ id }] = await host.dataSource.query('select id from scim_connection where organization_id = $1', [
      organizationId,
    ]);
    expect(told[0]).toBeInstanceOf(ConnectionPaused);
    expect(told[1]).toBeInstanceOf(ConnectionResumed);
    expect(told[1]).toMatchObject({ organizationId, connectionId: id, occurredAt: expect.any(Date) });
    expect(told[1]).not.toHaveProperty('tokenId');
    await host.stop();
  });
});

describe('a pause', () => {
  it('costs a request no statement, and reaches other instances with the look-up of the token', async () => {
    const one = await startModuleHost();
    const other = await startModuleHost({ databaseUrl: (one.dataSource.options as { url: string }).url });
    const idp = await one.client();
    const texts = await countStatements(other.dataSource, () =>
      new ScimClient(other.url, idp.token, idp.organizationId).post('/Users', { userName: 'ada' }),
    );
    expect(texts.filter((text) => text.includes('paused_at'))).toHaveLength(1);
    expect(texts.filter((text) => text.includes('FROM scim_token'))).toHaveLength(1);
    await one.app.get(ScimConnectionsService, { strict: false }).pause(idp.organizationId);
    // An instance that has not seen the token within the last second.
    const late = await startModuleHost({ databaseUrl: (one.dataSource.options as { url: string }).url });
    expect(
      (await new ScimClient(late.url, idp.token, idp.organizationId).post('/Users', { userName: 'bob' })).status,
    ).toBe(503);
    for (const host of [late, other, one]) await host.stop();
  });
});

describe('the cadence', () => {
  it('is known, or known to be unknown, of every identity provider', () => {
    expect(Object.keys(CADENCES).toSorted()).toEqual([...IDPS, 'generic'].toSorted());
  });

  it('gives a time where there are rounds', () => {
    const at = new Date('2026-01-01T12:00:00Z');
    expect(nextRound(at, CADENCES.entra)).toEqual(new Date('2026-01-01T12:40:00Z'));
    expect(nextRound(at, CADENCES.okta)).toBeUndefined();
    expect(nextRound(at, CADENCES.generic)).toBeUndefined();
  });
});
