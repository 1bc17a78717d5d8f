import { randomUUID } from 'node:crypto';
import { EverybodyGuard, type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { type ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { TestOrganization } from '../../support/test-organization.js';

const admin = {
  path: 'admin/:organization',
  guards: [EverybodyGuard],
  organizationOf: (request: unknown) => (request as { params: { organization: string } }).params.organization,
};

describe.each(['express', 'fastify'] as const)('the people on the settings page, on %s,', (adapter) => {
  let host: ModuleHost;
  let acme: TestOrganization;

  beforeAll(async () => {
    host = await startModuleHost({ adapter, extras: { admin }, options: { deliverEvents: false } });
    acme = await TestOrganization.of(host);
    await acme.idp.createUser({ userName: 'Ada@Acme.example', externalId: 'Ext-1', displayName: 'Ada King' });
    await acme.idp.createUser({ userName: 'bob', active: false });
    await acme.idp.createUser({ userName: 'eve', externalId: 'E-3', emails: [{ value: 'Eve@Work.example' }] });
    await acme.accountOf('E-3');
    const { id } = await acme.idp.createUser({ userName: 'gone' });
    await acme.idp.delete(`/Users/${id}`);
  });

  afterAll(() => host.stop());

  const list = (query: Record<string, string> = {}, organization = acme.id): Promise<ScimAnswer> =>
    new ScimClient(host.url, '', organization, `/admin/${organization}`).send(
      'GET',
      `/identities?${new URLSearchParams(query).toString()}`,
      undefined,
      { authorization: '' },
    );

  const names = async (query: Record<string, string>): Promise<string[]> =>
    (await list(query)).body.identities.map(({ userName }: { userName: string }) => userName);

  it('are shown the newest first, with what an admin wants to know', async () => {
    const answer = await list();
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    const [eve, bob, ada] = answer.body.identities;
    expect(answer.body).toEqual({ identities: [eve, bob, ada] });
    const time = expect.any(String);
    const times = { createdAt: time, modifiedAt: time, stateChangedAt: time, lastChangeAt: time, erasedAt: null };
    const common = { id: expect.any(String), groupCount: 0, ...times };
    expect(ada).toEqual({
      ...common,
      userName: 'Ada@Acme.example',
      externalId: 'Ext-1',
      displayName: 'Ada King',
      state: 'provisioned',
      accountId: null,
    });
    expect(bob).toEqual({
      ...common,
      userName: 'bob',
      externalId: null,
      displayName: null,
      state: 'suspended',
      accountId: null,
    });
    expect(eve).toMatchObject({ state: 'active', accountId: expect.stringContaining('account-') });
  });

  it.each([
    [{ state: 'active' }, ['eve']],
    [{ state: 'suspended' }, ['bob']],
    [{ state: 'provisioned' }, ['Ada@Acme.example']],
    [{ q: 'ADA@acme' }, ['Ada@Acme.example']],
    [{ q: 'king' }, ['Ada@Acme.example']],
    [{ q: 'Ext-1' }, ['Ada@Acme.example']],
    [{ q: 'work.EXAMPLE' }, ['eve']],
    [{ q: 'o', state: 'active' }, ['eve']],
    [{ q: 'gone' }, []],
    [{ state: 'deprovisioned' }, ['gone']],
    [{ state: 'deprovisioned', q: 'GON' }, ['gone']],
    [{ q: '%' }, []],
    [{ q: '_' }, []],
    [{ q: `' or '1'='1` }, []],
    [{ q: '' }, ['eve', 'bob', 'Ada@Acme.example']],
  ])('are found by %j', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it('come in pages that neither repeat nor leave out anybody', async () => {
    const globex = await TestOrganization.of(host);
    for (let index = 0; index < 7; index += 1) await globex.idp.createUser({ userName: `user-${index}` });
    // Equal times are told apart by id.
    await host.dataSource.query('update scim_identity set created_at = now() where organization_id = $1', [globex.id]);
    const found: string[] = [];
    let cursor: string | undefined;
    for (let pages = 1; pages <= 4; pages += 1) {
      const { body } = await list({ limit: '2', ...(cursor === undefined ? {} : { cursor }) }, globex.id);
      found.push(...body.identities.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
      expect(cursor === undefined).toBe(pages === 4);
    }
    expect(new Set(found).size).toBe(7);
    expect((await list({ limit: '7' }, globex.id)).body).not.toHaveProperty('nextCursor');
  });

  it('are nobody of another organization', async () => {
    expect((await list({}, randomUUID())).body).toEqual({ identities: [] });
    const page = await list({ limit: '1' });
    expect((await list({ cursor: page.body.nextCursor }, randomUUID())).body).toEqual({ identities: [] });
  });

  const cursor = (text: string): string => Buffer.from(text).toString('base64url');

  it.each([
    { state: 'Active' },
    { state: 'erased' },
    { limit: '0' },
    { limit: '201' },
    { limit: 'ten' },
    { limit: '1.5' },
    { q: 'x'.repeat(201) },
    { q: 'a\u0000b' },
    { cursor: 'junk!' },
    { cursor: cursor('junk') },
    { cursor: cursor(`2026-01-01T00:00:00.000Z junk`) },
    { cursor: cursor(`junk ${randomUUID()}`) },
    { cursor: cursor(`+275760-09-12T00:00:00.000Z ${randomUUID()}`) },
    { cursor: cursor(`-271821-04-21T00:00:00.000Z ${randomUUID()}`) },
    { cursor: cursor(`0000-01-01T00:00:00.000Z ${randomUUID()}`) },
    { cursor: cursor(`2026-02-31T00:00:00.000Z ${randomUUID()}`) },
    { organizationId: 'globex' },
  ])('are not asked for by %j', async (query) => {
    const answer = await list(query as Record<string, string>);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toBeDefined();
  });

  it('are not asked for by two values where one is meant', async () => {
    const client = new ScimClient(host.url, '', acme.id, `/admin/${acme.id}`);
    for (const query of ['state=active&state=suspended', 'q=a&q=b', 'limit=1&limit=2', 'q[a]=b', 'q=a%00b']) {
      expect((await client.send('GET', `/identities?${query}`, undefined, { authorization: '' })).status).toBe(400);
    }
  });
});
