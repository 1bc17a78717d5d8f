import type { DataSource } from 'typeorm';
import { HostClient, type HostAnswer } from '../../support/host-client.js';
import { aPerson, openOrganization, type Organization, useHost } from '../../stories/organization.js';

const ROOT = '/api/organizations/:slug/scim';

interface Route {
  readonly method: string;
  /** With the ids of things that acme has. */
  readonly target: string;
  readonly body: object | undefined;
}

describe("the module's admin API in the host", () => {
  const started = useHost();
  let acme: Organization;
  let routes: readonly Route[];
  let paths: readonly string[];

  beforeAll(async () => {
    acme = await openOrganization(started.host);
    const ids = await makeThings(acme);
    const served = routesOfApplication();
    paths = served.map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`);
    routes = served.map(({ method, path }) => withIds(method, path, ids));
  });

  /** As its router has them, so that a new one cannot be forgotten. */
  function routesOfApplication(): { method: string; path: string }[] {
    interface Layer {
      readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
    }
    const { stack } = started.host.app.getHttpAdapter().getInstance().router as unknown as { stack: readonly Layer[] };
    return stack.flatMap(({ route }) =>
      route?.path.startsWith(ROOT)
        ? Object.keys(route.methods).map((method) => ({ method: method.toUpperCase(), path: route.path }))
        : [],
    );
  }

  const send = (client: HostClient, { method, target, body }: Route, headers = {}): Promise<HostAnswer> =>
    client.json(method, target, body, headers);

  /** Whoever asks gets one status everywhere, nothing is kept by a browser, and nothing changes. */
  async function expectRefusals(status: number, ask: (route: Route) => Promise<HostAnswer>): Promise<void> {
    const before = await rowsOf(started.host.dataSource);
    const answers = [];
    for (const route of routes) {
      const answer = await ask(route);
      const { method, target } = route;
      answers.push({ method, target, status: answer.status, cacheControl: answer.headers.get('cache-control') });
    }
    const expected = routes.map(({ method, target }) => ({ method, target, status, cacheControl: 'no-store' }));
    expect(answers).toEqual(expected);
    expect(await rowsOf(started.host.dataSource)).toEqual(before);
  }

  it('is all there', () => {
    expect(routes.length).toBeGreaterThan(20);
  });

  it('is for nobody who is not signed in', async () => {
    await expectRefusals(401, (route) => send(new HostClient(started.host.url), route));
  });

  it('is for no member who is not an owner', async () => {
    const person = aPerson();
    await acme.idp.createUser(person);
    const member = new HostClient(started.host.url);
    await member.signInBySso('acme', person.externalId);
    await expectRefusals(403, (route) => send(member, route));
  });

  it('is for no owner of another organization, which is answered like one that does not exist', async () => {
    const stranger = await new HostClient(started.host.url).signInAsOwner('globex');
    await expectRefusals(404, (route) => send(stranger, route));
    await expectRefusals(404, (route) => send(stranger, { ...route, target: route.target.replace('acme', 'no-such') }));
  });

  it("is for no API key, be it an owner's", async () => {
    const { key } = (await acme.owner.json('POST', '/api/organizations/acme/api-keys', {})).body;
    const nobody = new HostClient(started.host.url);
    await expectRefusals(403, (route) => send(nobody, route, { authorization: `ApiKey ${key}` }));
  });

  it('is for no SCIM token', async () => {
    const nobody = new HostClient(started.host.url);
    await expectRefusals(401, (route) => send(nobody, route, { authorization: `Bearer ${acme.idp.token}` }));
  });

  it('is for no session whose membership is gone', async () => {
    const person = aPerson();
    const { id } = await acme.idp.createUser(person);
    const leaver = new HostClient(started.host.url);
    await leaver.signInBySso('acme', person.externalId);
    await started.host.dataSource.query(`update membership set role = 'owner' where identity_id = $1`, [id]);
    expect((await leaver.get('/api/organizations/acme/scim')).status).toBe(200);
    await acme.idp.delete(`/Users/${id}`);
    await expectRefusals(401, (route) => send(leaver, route));
  });

  describe('takes no order that another site makes an owner send', () => {
    const order = async (status: number, headers: Record<string, string>, body?: string): Promise<void> => {
      const orders = routes.filter(({ method }) => method !== 'GET');
      const before = await rowsOf(started.host.dataSource);
      for (const { method, target } of orders) {
        const answer = await acme.owner.raw(method, target, headers, body);
        expect({ method, target, status: answer.status }).toEqual({ method, target, status });
      }
      expect(await rowsOf(started.host.dataSource)).toEqual(before);
    };

    it.each([
      [
        'as JSON, from another origin',
        403,
        { 'content-type': 'application/json', origin: 'https://evil.example' },
        '{}',
      ],
      ['without a body, from another origin', 403, { origin: 'https://evil.example' }, undefined],
      ['from an origin that has no name', 403, { origin: 'null' }, undefined],
      ['as a form', 415, { 'content-type': 'application/x-www-form-urlencoded' }, 'label=x'],
      ['as text', 415, { 'content-type': 'text/plain' }, '{"label":"x"}'],
    ])('%s', (_what, status, headers, body) => order(status, headers as Record<string, string>, body));
  });

  it('is described in the OpenAPI document, each route in words and with what it answers', async () => {
    const { body } = await new HostClient(started.host.url).get('/openapi.json');
    const operations = Object.entries<Record<string, { summary: string; responses: Record<string, object> }>>(
      body.paths,
    )
      .filter(([path]) => path.startsWith('/api/organizations/'))
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
      );
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([...paths].sort());
    for (const { path, method, operation } of operations) {
      expect({ path, method, summary: operation.summary }).toMatchObject({ summary: expect.stringMatching(/ /) });
      const [status = '', success = {}] = Object.entries(operation.responses)[0] ?? [];
      expect({ path, method, isTold: status === '204' || 'content' in success }).toMatchObject({ isTold: true });
    }
  });

  it('knows by these ids what it refused to all of them: an owner gets an answer', async () => {
    for (const route of routes) {
      const { status, headers, text } = await send(acme.owner, route);
      const { method, target } = route;
      // What was done a moment before may leave nothing to do.
      expect({ method, target, text, isServed: status < 300 || status === 409 }).toMatchObject({ isServed: true });
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });
});

/** One thing of each kind, in a state in which every order about it would do something. */
async function makeThings({ idp, host, owner }: Organization): Promise<Readonly<Record<string, string>>> {
  const person = aPerson();
  const { id: identity } = await idp.createUser(person);
  await new HostClient(host.url).signInBySso('acme', person.externalId);
  await idp.patch(`/Users/${identity}`, [{ op: 'replace', path: 'active', value: false }]);
  const api = '/api/organizations/acme/scim';
  const [token] = (await owner.get(`${api}/tokens`)).body.tokens;
  const [entry] = (await owner.get(`${api}/log`)).body.requests;
  const [{ event }] = await host.dataSource.query(
    `insert into scim_outbox_delivery (event_seq, consumer, organization_id, aggregate_id, terminal, status, attempts, finished_at)
     select seq, 'test.gone', organization_id, aggregate_id, false, 'dead', 12, now() from scim_outbox where aggregate_id = $1 limit 1
     returning (select id from scim_outbox where seq = event_seq) as event`,
    [identity],
  );
  return { tokens: token.id, log: entry.id, identities: identity, guides: 'entra', event };
}

function withIds(method: string, path: string, ids: Readonly<Record<string, string>>): Route {
  const target = path.replace(':slug', 'acme').replace(/(\w[\w-]*)\/:\w+/g, (_all, kind: string) => {
    if (ids[kind] === undefined) throw new Error(`makeThings has no id for ${method} ${path}: give it one.`);
    return `${kind}/${ids[kind]}`;
  });
  const about = { eventId: ids['event'], consumer: 'test.gone' };
  const body = path.includes('/dead-letters/') ? about : {};
  return { method, target, body: method === 'GET' || method === 'DELETE' ? undefined : body };
}

/** All that the module keeps but its log and what a use of a token leaves; of deliveries those that a person may decide about. */
async function rowsOf(dataSource: DataSource): Promise<unknown> {
  const tables: { name: string }[] = await dataSource.query(
    `select relname as name from pg_class where relkind = 'r' and relname like 'scim\\_%'
     and relname not in ('scim_log', 'scim_outbox_delivery', 'scim_consumer')`,
  );
  const used = `array['last_used_at', 'last_used_from', 'last_used_client', 'first_used_at']`;
  const selects = tables.map(
    ({ name }) => `select '${name}' as name, (to_jsonb(t) - ${used})::text as row from "${name}" t`,
  );
  const decided = `select 'deliveries', to_jsonb(d)::text from scim_outbox_delivery d where consumer = 'test.gone'`;
  return dataSource.query(`${[...selects, decided].join(' union all ')} order by 1, 2`);
}
