import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { ScimIdentitiesService, ScimTokensService } from '../../../src/scim/index.js';
import {
  findPeopleCalled,
  listPeople,
  SEARCHED,
  searchPeople,
} from '../../../src/scim/persistence/people-statements.js';
import type { ModuleHost } from '../../support/module-host.js';
import { ScimClient } from '../../support/scim-client.js';
import { TestOrganization } from '../../support/test-organization.js';
import { type Settings, settingsOf, startAdminHost } from '../admin/admin-host.js';

const ENTRA = { 'user-agent': 'Entra' };

let host: ModuleHost;

beforeAll(async () => {
  host = await startAdminHost();
});

afterAll(() => host.stop());

const people = (): ScimIdentitiesService => host.app.get(ScimIdentitiesService, { strict: false });

/** The identity provider of an organization by a token with that label. */
async function byToken(organizationId: string, label: string): Promise<{ idp: ScimClient; token: object }> {
  const tokens = host.app.get(ScimTokensService, { strict: false });
  const { token, id, hint } = await tokens.generate(organizationId, { label });
  return { idp: new ScimClient(host.url, token, organizationId), token: { id, label, hint } };
}

interface Lived {
  readonly settings: Settings;
  readonly id: string;
  readonly account: string;
  readonly first: object;
  readonly second: object;
}

/** A whole life: created, signed in, patched by two tokens, in a bulk request, unlinked, deactivated, removed and erased. */
async function live(): Promise<Lived> {
  const settings = settingsOf(host);
  const { idp, token: first } = await byToken(settings.slug, 'Entra');
  const { idp: other, token: second } = await byToken(settings.slug, 'Script');
  const acme = new TestOrganization(host, idp);
  const made = await idp.post('/Users', { userName: 'ada', externalId: 'E-1' }, ENTRA);
  const { id } = made.body;
  const account = await acme.accountOf('E-1');
  await idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'displayName', value: 'Ada' }]);
  await other.patch(`/Users/${id}`, [{ op: 'replace', value: { title: 'Countess', active: false } }]);
  const operation = { method: 'PATCH', path: `/Users/${id}`, data: { Operations: [{ op: 'remove', path: 'title' }] } };
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'];
  expect((await idp.post('/Bulk', { schemas, Operations: [operation] })).status).toBe(200);
  await settings.send('POST', `/identities/${id}/unlink`);
  await settings.send('POST', `/identities/${id}/erase`);
  return { settings, id, account, first, second };
}

/** A re-activation whose last byte is on its way until `finish`, which resolves with the status of the answer. */
async function sendSlowly(
  { hostUrl, token }: ScimClient,
  path: string,
  more: Record<string, string> = {},
): Promise<{ finish(): Promise<number> }> {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
  const body = JSON.stringify({ schemas, Operations: [{ op: 'replace', path: 'active', value: true }] });
  const { hostname, port } = new URL(hostUrl);
  const type = { 'content-type': 'application/scim+json', 'content-length': String(body.length) };
  const headers = { authorization: `Bearer ${token}`, ...type, ...more };
  const sending = request({ hostname, port, method: 'PATCH', path: `/scim/v2${path}`, headers });
  const answered = once(sending, 'response');
  await new Promise<void>((resolve, reject) => sending.write(body.slice(0, -1), (e) => (e ? reject(e) : resolve())));
  return {
    async finish() {
      sending.end(body.slice(-1));
      const [answer] = (await answered) as [IncomingMessage];
      answer.resume();
      return answer.statusCode ?? 0;
    },
  };
}

/** All pages of a list, with the key of the rows. */
async function walk(settings: Settings, path: string, key: string): Promise<readonly Record<string, unknown>[][]> {
  const pages: Record<string, unknown>[][] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const { status, body } = await settings.send('GET', `${path}${cursor === undefined ? '' : `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    pages.push(body[key]);
    cursor = body.nextCursor;
  }
  return pages;
}

describe('the history of a person', () => {
  it('tells which request of which token, and which admin, did what over a whole life', async () => {
    const { settings, id, account, first, second } = await live();
    const { status, headers, body } = await settings.send('GET', `/identities/${id}/history`);
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(Object.keys(body)).toEqual(['entries', 'missing']);
    expect(body.missing).toEqual([]);
    const told = body.entries.map(({ sequence, type, state, changed, by, request }: Record<string, never>) => ({
      sequence,
      type: String(type).replace('scim.user.', ''),
      state,
      changed,
      by,
      request,
    }));
    const byAdmin = { by: { type: 'admin', token: null, actorId: 'account-1' }, request: null };
    const by = (token: object, method: string, path: string): object => ({
      by: { type: 'token', token, actorId: null },
      request: { method, path, status: path === '/Users' ? 201 : 200, client: path === '/Users' ? 'Entra' : null },
    });
    const path = `/Users/${id}`;
    expect(told).toEqual([
      { sequence: 9, type: 'erased', state: 'deprovisioned', changed: [], ...byAdmin },
      { sequence: 8, type: 'deprovisioned', state: 'deprovisioned', changed: [], ...byAdmin },
      { sequence: 7, type: 'unlinked', state: 'suspended', changed: [], ...byAdmin },
      { sequence: 6, type: 'updated', state: 'suspended', changed: ['title'], ...by(first, 'POST', '/Bulk') },
      { sequence: 5, type: 'deactivated', state: 'suspended', changed: ['active'], ...by(second, 'PATCH', path) },
      { sequence: 4, type: 'updated', state: 'suspended', changed: ['title'], ...by(second, 'PATCH', path) },
      { sequence: 3, type: 'updated', state: 'active', changed: ['displayName'], ...by(first, 'PATCH', path) },
      {
        sequence: 2,
        type: 'linked',
        state: 'active',
        changed: [],
        by: { type: 'login', token: null, actorId: null },
        request: null,
      },
      {
        sequence: 1,
        type: 'provisioned',
        state: 'provisioned',
        changed: expect.arrayContaining(['userName', 'externalId']),
        ...by(first, 'POST', '/Users'),
      },
    ]);
    const [, , unlinked, , deactivated] = body.entries;
    expect(unlinked).toMatchObject({ accountId: account, reason: 'admin', requestId: null });
    expect((await settings.send('GET', `/log/${deactivated.requestId}`)).status).toBe(200);
  });

  it('tells of a re-activation that was sent before a deactivation and came after it, which the last one wins', async () => {
    const settings = settingsOf(host);
    const { idp, token } = await byToken(settings.slug, 'Entra');
    const { id } = await idp.createUser({ userName: 'ada' });
    const path = `/Users/${id}`;
    const late = await sendSlowly(idp, path);
    expect((await idp.patch(path, [{ op: 'replace', path: 'active', value: false }])).status).toBe(200);
    expect(await late.finish()).toBe(200);
    expect((await idp.get(path)).body.active).toBe(true);
    const { entries } = (await settings.send('GET', `/identities/${id}/history`)).body;
    const told = { changed: ['active'], by: { token }, request: { method: 'PATCH', path, status: 200 } };
    expect(entries).toMatchObject([
      { type: 'scim.user.reactivated', state: 'provisioned', ...told },
      { type: 'scim.user.deactivated', state: 'suspended', ...told },
      { type: 'scim.user.provisioned' },
    ]);
    expect(entries[0].requestId).not.toBe(entries[1].requestId);
  });

  it('tells of none that comes after the version which its client knew', async () => {
    const settings = settingsOf(host);
    const { idp } = await byToken(settings.slug, 'Entra');
    const { id, meta } = await idp.createUser({ userName: 'ada' });
    const late = await sendSlowly(idp, `/Users/${id}`, { 'if-match': meta.version });
    expect((await idp.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }])).status).toBe(200);
    expect(await late.finish()).toBe(412);
    expect((await idp.get(`/Users/${id}`)).body.active).toBe(false);
    const { entries } = (await settings.send('GET', `/identities/${id}/history`)).body;
    expect(entries).toMatchObject([{ type: 'scim.user.deactivated' }, { type: 'scim.user.provisioned' }]);
  });

  it('comes in pages, and says what is not kept any more', async () => {
    const { settings, id } = await live();
    const path = `/identities/${id}/history?limit=4`;
    const sequences = async (): Promise<unknown[][]> =>
      (await walk(settings, path, 'entries')).map((page) => page.map(({ sequence }) => sequence));
    expect(await sequences()).toEqual([[9, 8, 7, 6], [5, 4, 3, 2], [1]]);
    const forget = (from: number, to: number): Promise<unknown> =>
      host.dataSource.query(
        'delete from scim_outbox where aggregate_id = $1 and aggregate_seq between $2::int and $3::int',
        [id, from, to],
      );
    await forget(1, 3);
    await forget(7, 8);
    expect(await sequences()).toEqual([[9, 6, 5, 4]]);
    expect((await settings.send('GET', path)).body.missing).toEqual([
      { from: 7, to: 8 },
      { from: 1, to: 3 },
    ]);
    const two = await settings.send('GET', `/identities/${id}/history?limit=2`);
    expect(two.body.missing).toEqual([{ from: 7, to: 8 }]);
    const rest = await settings.send('GET', `/identities/${id}/history?limit=2&cursor=${two.body.nextCursor}`);
    expect(rest.body.missing).toEqual([{ from: 1, to: 3 }]);
    await forget(1, 9);
    expect((await settings.send('GET', path)).body).toEqual({ entries: [], missing: [{ from: 1, to: 9 }] });
  });

  it('knows no request any more that the log has deleted, and which one it was', async () => {
    const settings = settingsOf(host);
    const { idp } = await byToken(settings.slug, 'Entra');
    const { id } = await idp.createUser({ userName: 'ada' });
    const before = await settings.send('GET', `/identities/${id}/history`);
    await host.dataSource.query('delete from scim_log where organization_id = $1', [settings.slug]);
    const { body } = await settings.send('GET', `/identities/${id}/history`);
    expect(body.entries).toEqual([{ ...before.body.entries[0], request: null }]);
    expect(body.entries[0].requestId).toEqual(expect.any(String));
  });

  it.each(['junk', 'MA', 'LTE', Buffer.from('1234567890').toString('base64url')])(
    'is not asked for by the cursor %s',
    async (cursor) => {
      const settings = settingsOf(host);
      const { idp } = await byToken(settings.slug, 'Entra');
      const { id } = await idp.createUser({ userName: 'ada' });
      expect((await settings.send('GET', `/identities/${id}/history?cursor=${cursor}`)).status).toBe(400);
    },
  );
});

describe('a list of people', () => {
  /** Made by SQL, a millisecond apart; every fifth is called `odd-…`, and number 1 is the oldest. */
  const insert = (organizationId: string, count: number): Promise<unknown> =>
    host.dataSource.query(
      `insert into scim_identity (id, organization_id, connection_id, external_id, user_name, user_name_key, state, active,
         attributes, search, email_keys, version, event_seq, created_at, modified_at, state_changed_at)
       select gen_random_uuid(), c.organization_id, c.id, 'E-' || n, name, name, 'provisioned', true, '{}', '{}',
         array[name || '@acme.example'], 1, 1, at, at, at
       from scim_connection c, generate_series(1, $2::int) n,
         lateral (select case when n % 5 = 0 then 'odd-' else 'person-' end || n as name,
           timestamptz '2026-01-01T00:00:00Z' + n / 3 * interval '1 ms' as at) made
       where c.organization_id = $1`,
      [organizationId, count],
    );

  it('misses nobody and repeats nobody while others come', async () => {
    const settings = settingsOf(host);
    const { idp } = await byToken(settings.slug, 'Entra');
    await insert(settings.slug, 500);
    let number = 0;
    const send: Settings['send'] = async (method, path) => {
      number += 1;
      const [answer] = await Promise.all([
        settings.send(method, path),
        idp.createUser({ userName: `newcomer-${number}` }),
      ]);
      return answer;
    };
    const pages = await walk({ ...settings, send }, '/identities?limit=50', 'identities');
    const names = pages.flat().map(({ userName }) => String(userName));
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !name.startsWith('newcomer'))).toHaveLength(500);
  });

  it('shows those of one state only, removed ones included', async () => {
    const settings = settingsOf(host);
    const { idp } = await byToken(settings.slug, 'Entra');
    const { id } = await idp.createUser({ userName: 'gone' });
    await idp.createUser({ userName: 'here' });
    await idp.delete(`/Users/${id}`);
    const names = async (query: string): Promise<unknown[]> =>
      (await settings.send('GET', `/identities${query}`)).body.identities.map(
        ({ userName }: { userName: string }) => userName,
      );
    expect(await names('')).toEqual(['here']);
    expect(await names('?state=deprovisioned')).toEqual(['gone']);
    expect(await names('?state=deprovisioned&q=gon')).toEqual(['gone']);
    expect(await names('?q=gone')).toEqual([]);
    expect(await names(`?q=${id}`)).toEqual(['gone']);
  });

  it('finds parts of names, page by page, and whoever is called exactly so at once and once', async () => {
    const settings = settingsOf(host);
    await byToken(settings.slug, 'Entra');
    await insert(settings.slug, 400);
    const found = async (query: string): Promise<string[][]> =>
      (await walk(settings, `/identities?${query}`, 'identities')).map((page) =>
        page.map(({ userName }) => String(userName)),
      );
    const odd = Array.from({ length: 80 }, (_, index) => `odd-${400 - index * 5}`);
    const pages = await found('q=ODD&limit=30');
    expect(pages.map(({ length }) => length)).toEqual([30, 30, 20]);
    expect(new Set(pages.flat())).toEqual(new Set(odd));
    expect((await found('q=odd-5&limit=3')).flat().slice(0, 1)).toEqual(['odd-5']);
    const all = (await found('q=odd-5&limit=3')).flat();
    expect(all.toSorted()).toEqual(['odd-5', 'odd-50', 'odd-55']);
    expect(await found('q=odd-5%40acme.example')).toEqual([['odd-5']]);
    expect(await found('q=E-7&limit=1&state=suspended')).toEqual([[]]);
    // Too many of one name for a page come with the others.
    await host.dataSource.query(`update scim_identity set email_keys = '{team}' where organization_id = $1`, [
      settings.slug,
    ]);
    expect((await found('q=team&limit=150')).map(({ length }) => length)).toEqual([150, 150, 100]);
  });

  it('looks at so many people only, and goes on from there', async () => {
    const settings = settingsOf(host);
    await byToken(settings.slug, 'Entra');
    await insert(settings.slug, SEARCHED + 30);
    const first = await settings.send('GET', '/identities?q=person-1%40acme&limit=2');
    expect(first.body.identities).toEqual([]);
    const second = await settings.send('GET', `/identities?q=person-1%40acme&limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body).toEqual({ identities: [expect.objectContaining({ userName: 'person-1' })] });
    const exact = await settings.send('GET', '/identities?q=person-1&limit=2');
    expect(exact.body.identities[0]).toMatchObject({ userName: 'person-1' });
    await host.dataSource.query('analyze scim_identity');
    const planOf = async ({ text }: { text: string }, values: unknown[]): Promise<string> =>
      JSON.stringify(await host.dataSource.query(`explain ${text}`, values));
    const place = [settings.slug, '2026-01-01T00:00:03Z', '00000000-0000-4000-8000-000000000000'];
    const list = await planOf(listPeople(false), [...place, null, 51]);
    const ofState = await planOf(listPeople(true), [...place, 'suspended', 51]);
    const called = await planOf(findPeopleCalled, [settings.slug, 'nobody', 'nobody', null, 50]);
    const search = await planOf(searchPeople(false), [...place, null, 51, 'nobody', 'nobody', []]);
    for (const plan of [list, ofState, called]) expect(plan).not.toContain('Seq Scan on scim_identity');
    for (const plan of [list, search]) expect(plan).toContain('Index Scan Backward using scim_identity_live_order');
    expect(ofState).toContain('scim_identity_state');
  });
});

describe('the details of a person', () => {
  it('hold state, account, link, groups, attributes and the last request about them', async () => {
    const settings = settingsOf(host);
    const { idp, token } = await byToken(settings.slug, 'Entra');
    const acme = new TestOrganization(host, idp);
    const { id } = await idp.createUser({ userName: 'Ada', externalId: 'E-1', displayName: 'Ada King' });
    const account = await acme.accountOf('E-1');
    const { body: team } = await idp.post('/Groups', { displayName: 'Team', members: [{ value: id }] });
    const { body: all } = await idp.post('/Groups', { displayName: 'All', members: [{ value: team.id }] });
    await idp.get(`/Users/${id}`);
    const { body } = await settings.send('GET', `/identities/${id}`);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(body).toEqual({
      id,
      userName: 'Ada',
      externalId: 'E-1',
      displayName: 'Ada King',
      state: 'active',
      accountId: account,
      groupCount: 1,
      createdAt: time,
      modifiedAt: time,
      stateChangedAt: time,
      lastChangeAt: body.stateChangedAt,
      erasedAt: null,
      active: true,
      link: { nameId: 'E-1', ssoConnectionId: 'saml-1', linkedBy: 'externalId', linkedAt: time, lastLoginAt: time },
      groups: [
        { id: all.id, displayName: 'All', type: 'indirect' },
        { id: team.id, displayName: 'Team', type: 'direct' },
      ],
      attributes: { userName: 'Ada', externalId: 'E-1', displayName: 'Ada King', active: true },
      lastChange: expect.objectContaining({ type: 'scim.user.linked', by: expect.objectContaining({ type: 'login' }) }),
      lastRequest: expect.objectContaining({ method: 'GET', path: `/Users/${id}`, status: 200, token }),
    });
    await expect(people().get('globex', id)).rejects.toMatchObject({ status: 404 });
  });
});
