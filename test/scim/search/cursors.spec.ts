import { ScimEntitlements, ScimTokensService } from '../../../src/scim/index.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { type ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const PEOPLE = 12;
const GROUPS = 3;
/** RFC 3986 §2.3. */
const UNRESERVED = /^[A-Za-z0-9\-._~]+$/;

interface Shown {
  readonly id: string;
}

const idsOf = ({ body }: ScimAnswer): string[] => body.Resources.map(({ id }: Shown) => id);
const query = (parameters: Record<string, string | number>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');

/** Pages until one has no cursor. */
async function walk(
  client: ScimClient,
  path: string,
  parameters: Record<string, string | number>,
): Promise<ScimAnswer[]> {
  const pages: ScimAnswer[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; cursor = pages.at(-1)?.body.nextCursor) {
    const page = await client.get(`${path}?${query({ ...parameters, cursor })}`);
    expect(page.status).toBe(200);
    pages.push(page);
  }
  return pages;
}

async function fill(client: ScimClient): Promise<void> {
  for (let number = 0; number < PEOPLE; number += 1) {
    await client.createUser({
      userName: `user ${number % 2 === 0 ? 'A' : 'b'} ${number}`,
      active: number % 3 !== 0,
      ...(number % 4 === 0 ? {} : { title: `Title ${number % 5}` }),
      ...(number % 5 === 0
        ? {}
        : { emails: [{ value: `${number % 3}@x` }, { value: `${number}@y`, primary: number % 2 === 0 }] }),
    });
    if (number < GROUPS) await client.post('/Groups', { displayName: `Group ${number}` });
  }
}

describe.each(['express', 'fastify'] as const)('paging by cursor on %s', (adapter) => {
  let host: ModuleHost;
  let client: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost({ adapter, options: { limits: { pageDefault: 5, pageMax: 10 } } });
    client = await host.client();
    await fill(client);
  });

  afterAll(() => host.stop());

  it.each(['cursor&count=10', 'cursor=&count=10', 'count=10&cursor='])('begins with %s', async (parameters) => {
    const { status, body } = await client.get(`/Users?${parameters}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      schemas: [LIST],
      totalResults: PEOPLE,
      itemsPerPage: 10,
      nextCursor: expect.stringMatching(UNRESERVED),
      Resources: expect.any(Array),
    });
    expect(idsOf(await client.get(`/Users?${parameters}`))).toEqual(idsOf(await client.get('/Users?count=10')));
  });

  it.each([
    ['/Users', PEOPLE],
    ['/Groups', GROUPS],
    ['/', PEOPLE + GROUPS],
  ])('walks %s once through, whatever the size of a page, and ends without a cursor', async (path, total) => {
    const all = [
      ...idsOf(await client.get(`${path}?count=10`)),
      ...idsOf(await client.get(`${path}?count=10&startIndex=11`)),
    ];
    expect(new Set(all).size).toBe(total);
    for (const count of [1, 2, 3, 4, 5, 6, 7, 10]) {
      const pages = await walk(client, path, { count });
      expect(pages.flatMap(idsOf)).toEqual(all);
      // None is empty, not even where the total is a multiple of the count.
      expect(pages).toHaveLength(Math.ceil(total / count));
      for (const { body } of pages) expect(body).toMatchObject({ totalResults: total });
      expect(pages.flatMap(({ body }) => body.nextCursor ?? []).every((each) => UNRESERVED.test(each))).toBe(true);
    }
  });

  it.each([
    { sortBy: 'userName' },
    { sortBy: 'userName', sortOrder: 'descending' },
    { sortBy: 'title' },
    { sortBy: 'title', sortOrder: 'descending' },
    { sortBy: 'emails' },
    { sortBy: 'emails.value', sortOrder: 'descending' },
    { sortBy: 'active' },
    { sortBy: 'active', sortOrder: 'descending' },
    { sortBy: 'meta.lastModified', sortOrder: 'descending' },
    { sortBy: 'id', sortOrder: 'descending' },
    { sortBy: 'groups.display' },
    { filter: 'active eq true', sortBy: 'title', sortOrder: 'descending' },
    { filter: 'title pr or userName ew "0"' },
    { filter: 'userName eq "nobody"' },
  ])('keeps the order of %j', async (parameters) => {
    for (const path of ['/Users', '/']) {
      const byIndex = await Promise.all(
        [1, 11].map((startIndex) => client.get(`${path}?${query({ ...parameters, count: 10, startIndex })}`)),
      );
      for (const count of [1, 3, 10]) {
        const pages = await walk(client, path, { ...parameters, count });
        expect(pages.flatMap(idsOf)).toEqual(byIndex.flatMap(idsOf));
      }
    }
  });

  it('takes the default size where no count is named, and caps the first page', async () => {
    expect((await walk(client, '/Users', {})).map(({ body }) => body.itemsPerPage)).toEqual([5, 5, 2]);
    expect((await walk(client, '/Users', { count: 11 })).map(({ body }) => body.itemsPerPage)).toEqual([10, 2]);
    const first = await client.get('/Users?cursor&count=99');
    expect((await client.get(`/Users?${query({ cursor: first.body.nextCursor, count: 10 })}`)).status).toBe(200);
  });

  it.each(['0', '-3'])('counts with a count of %s, and offers no cursor that would never end', async (count) => {
    for (const [path, totalResults] of [
      ['/Users', PEOPLE],
      ['/', PEOPLE + GROUPS],
    ]) {
      const { body } = await client.get(`${path}?cursor&count=${count}`);
      expect(body).toEqual({ schemas: [LIST], totalResults, itemsPerPage: 0, Resources: [] });
    }
  });

  it('pages by index where nobody asks for a cursor', async () => {
    const { body } = await client.get('/Users');
    expect(body).toMatchObject({ totalResults: PEOPLE, startIndex: 1, itemsPerPage: 5 });
    expect(body).not.toHaveProperty('nextCursor');
  });

  it.each(['abc', '1.5', '1e3', 'NaN'])('refuses a count of %s as invalidCount', async (count) => {
    expectScimError(await client.get(`/Users?cursor&count=${count}`), 400, 'invalidCount');
    expectScimError(await client.get(`/?cursor&count=${count}`), 400, 'invalidCount');
    expectScimError(await client.post('/.search', { cursor: '', count }), 400, 'invalidCount');
  });

  it.each(['cursor&startIndex=1', 'cursor=&startIndex=3&count=2', 'startIndex=x&cursor'])(
    'refuses %s: which one counts?',
    async (parameters) => {
      expectScimError(await client.get(`/Users?${parameters}`), 400, 'invalidValue');
      expectScimError(await client.get(`/?${parameters}`), 400, 'invalidValue');
    },
  );

  it('refuses two cursors', async () => expectScimError(await client.get('/Users?cursor&cursor'), 400, 'invalidValue'));

  describe('with the cursor of a page', () => {
    const parameters = { filter: 'userName sw "user"', sortBy: 'userName', count: 2 };
    let cursor: string;

    beforeAll(async () => {
      cursor = (await client.get(`/Users?${query({ ...parameters, cursor: '' })}`)).body.nextCursor;
    });

    const next = (changed: Record<string, string | number>, path = '/Users', by = client): Promise<ScimAnswer> =>
      by.get(`${path}?${query({ ...parameters, cursor, ...changed })}`);

    it('answers the next page, as often as it is asked', async () => {
      expect(idsOf(await next({}))).toEqual(idsOf(await next({})));
      expect((await next({})).body).toMatchObject({ itemsPerPage: 2, totalResults: PEOPLE });
    });

    it('takes the names of attributes in another case, other attributes to show, and the query as a search', async () => {
      const { body } = await next({});
      expect(idsOf(await next({ filter: 'USERNAME SW "user"', sortBy: 'username' }))).toEqual(
        body.Resources.map(({ id }: Shown) => id),
      );
      expect((await next({ attributes: 'title' })).status).toBe(200);
      expect(idsOf(await client.post('/Users/.search', { ...parameters, cursor }))).toEqual(idsOf(await next({})));
    });

    it.each([
      ['another count', { count: 3 }, 'invalidCount'],
      ['the default count', { count: '' }, 'invalidCount'],
      ['no count', { count: 0 }, 'invalidCount'],
      ['another filter', { filter: 'userName sw "use"' }, 'invalidCursor'],
      ['another sort', { sortBy: 'title' }, 'invalidCursor'],
      ['no sort', { sortBy: '' }, 'invalidCursor'],
      ['another order', { sortOrder: 'descending' }, 'invalidCursor'],
      ['a startIndex', { startIndex: 1 }, 'invalidValue'],
      ['a filter that is none', { filter: 'nonsense' }, 'invalidFilter'],
    ])('refuses %s', async (_what, changed, scimType) => expectScimError(await next(changed), 400, scimType));

    it('is refused at another endpoint', async () => {
      const plain = async (path: string): Promise<string> =>
        (await client.get(`${path}?cursor&count=2`)).body.nextCursor;
      const cursors = { '/Users': await plain('/Users'), '/Groups': await plain('/Groups'), '/': await plain('/') };
      for (const [from, each] of Object.entries(cursors))
        for (const to of Object.keys(cursors)) {
          const answer = await client.get(`${to}?${query({ cursor: each, count: 2 })}`);
          if (from === to) expect(answer.status).toBe(200);
          else expectScimError(answer, 400, 'invalidCursor');
        }
    });

    it('is refused in another organization with the words for garbage, and in its own with another token it is good', async () => {
      const other = await host.client();
      await fill(other);
      const refused = await next({}, '/Users', other);
      expectScimError(refused, 400, 'invalidCursor');
      expect(refused.body).toEqual((await next({ cursor: 'garbage' })).body);
      const tokens = host.app.get(ScimTokensService, { strict: false });
      const { token, id } = await tokens.generate(client.organizationId, {});
      const second = new ScimClient(host.url, token, client.organizationId);
      expect((await next({}, '/Users', second)).status).toBe(200);
      await tokens.revoke(client.organizationId, id);
      expectScimError(await next({}, '/Users', second), 401);
    });

    it('rechecks the scope and the organization on each page', async () => {
      const tokens = host.app.get(ScimTokensService, { strict: false });
      const { token, id } = await tokens.generate(client.organizationId, { scopes: ['groups:read'] });
      const reader = new ScimClient(host.url, token, client.organizationId);
      expectScimError(await next({}, '/Users', reader), 403);
      const root = (await client.get('/?cursor&count=2')).body.nextCursor;
      // A walk over users and groups is not one over groups.
      expectScimError(await reader.get(`/?${query({ cursor: root, count: 2 })}`), 400, 'invalidCursor');
      await tokens.revoke(client.organizationId, id);
      host.organizations.refused.set(client.organizationId, { allowed: false, missing: ['plan'], detail: 'No plan.' });
      host.app.get(ScimEntitlements, { strict: false }).forget(client.organizationId);
      expectScimError(await next({}), 403);
      host.organizations.refused.clear();
      host.app.get(ScimEntitlements, { strict: false }).forget(client.organizationId);
    });

    it('is garbage when any letter of it is another, or one is missing or too many', async () => {
      for (let place = 0; place < cursor.length; place += 7) {
        const letter = cursor[place] === 'A' ? 'B' : 'A';
        const changed = cursor.slice(0, place) + letter + cursor.slice(place + 1);
        expectScimError(await next({ cursor: changed }), 400, 'invalidCursor');
      }
      const spellings = [
        cursor.slice(1),
        cursor.slice(0, -1),
        `${cursor}A`,
        `${cursor}=`,
        `${cursor} `,
        `A${cursor}`,
        cursor + cursor,
      ];
      for (const changed of spellings) expectScimError(await next({ cursor: changed }), 400, 'invalidCursor');
    });

    it.each(['x', 'A'.repeat(38), 'null', '%00', 'é', '[]', "' OR 1=1 --", 'A'.repeat(6000), '..', '~'])(
      'is none where there stands %.40s',
      async (garbage) => expectScimError(await next({ cursor: garbage }), 400, 'invalidCursor'),
    );

    it('expires an hour after its page', async () => {
      const now = Date.now();
      const clock = jest.spyOn(Date, 'now');
      try {
        const { nextCursor } = (await next({ cursor: '' })).body;
        clock.mockReturnValue(now + 3_599_000);
        expect((await next({ cursor: nextCursor })).status).toBe(200);
        clock.mockReturnValue(now + 3_660_000);
        expectScimError(await next({ cursor: nextCursor }), 400, 'expiredCursor');
        // Nobody learns from the time that a cursor of another query, or none, was good once.
        expectScimError(await next({ cursor: nextCursor, sortBy: 'title' }), 400, 'invalidCursor');
      } finally {
        clock.mockRestore();
      }
    });

    it('tells nothing of what it holds, and is another one each time', async () => {
      const again = (await client.get(`/Users?${query({ ...parameters, cursor: '' })}`)).body.nextCursor;
      expect(again).not.toBe(cursor);
      const bytes = Buffer.from(cursor, 'base64url').toString('latin1');
      for (const secret of ['user', client.organizationId, 'userName']) expect(bytes).not.toContain(secret);
    });
  });
});
