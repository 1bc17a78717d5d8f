import { ScimTokensService, type TokenScope } from '../../../src/scim/index.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { type ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const U = 'urn:ietf:params:scim:schemas:core:2.0:User';

describe.each(['express', 'fastify'] as const)('POST /Users/.search on %s', (adapter) => {
  let host: ModuleHost;
  let client: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost({ adapter });
    client = await host.client();
    for (const userName of ['ada', 'bob', 'cyn', 'dan']) {
      await client.createUser({
        userName,
        title: userName === 'dan' ? 'Head' : 'Staff',
        emails: [{ value: `${userName}@x` }],
      });
    }
    const { Resources } = (await client.get('/Users?sortBy=userName')).body;
    await client.post('/Groups', { displayName: 'Alpha', members: [{ value: Resources[0].id }] });
    await client.post('/Groups', { displayName: 'Beta' });
  });

  afterAll(() => host.stop());

  const search = (body: unknown, path = '/Users/.search'): Promise<ScimAnswer> => client.post(path, body);
  const namesOf = ({ body }: ScimAnswer): string[] =>
    body.Resources.map(
      (resource: { userName?: string; displayName?: string }) => resource.userName ?? resource.displayName,
    );

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('is a POST: %s is refused', async (method) => {
    const answer = await client.send(method, '/Users/.search', method === 'GET' ? undefined : {});
    expectScimError(answer, 405);
    expect(answer.headers.allow).toBe('POST');
  });

  it('answers 200 with what the GET answers', async () => {
    const answer = await search({
      schemas: [SEARCH],
      filter: 'title eq "staff"',
      attributes: ['userName', 'emails.value'],
      sortBy: 'userName',
      sortOrder: 'descending',
      startIndex: 2,
      count: 2,
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/scim\+json/);
    expect(answer.body).toMatchObject({ schemas: [LIST], totalResults: 3, startIndex: 2, itemsPerPage: 2 });
    expect(namesOf(answer)).toEqual(['bob', 'ada']);
    const filter = encodeURIComponent('title eq "staff"');
    const query = `filter=${filter}&attributes=userName,emails.value&sortBy=userName&sortOrder=descending&startIndex=2&count=2`;
    expect(answer.body).toEqual((await client.get(`/Users?${query}`)).body);
  });

  it('searches groups alike', async () => {
    const answer = await search({ filter: 'displayName sw "a"', excludedAttributes: ['members'] }, '/Groups/.search');
    expect(answer.status).toBe(200);
    expect(namesOf(answer)).toEqual(['Alpha']);
    expect(answer.body.Resources[0]).not.toHaveProperty('members');
  });

  it('walks by cursor', async () => {
    const first = await search({ schemas: [SEARCH], cursor: '', count: 3 });
    expect(first.body).toMatchObject({ totalResults: 4, itemsPerPage: 3, nextCursor: expect.any(String) });
    const second = await search({ schemas: [SEARCH], cursor: first.body.nextCursor, count: 3 });
    expect(second.body).toEqual({ schemas: [LIST], totalResults: 4, itemsPerPage: 1, Resources: [expect.anything()] });
    expect([...namesOf(first), ...namesOf(second)]).toEqual(['ada', 'bob', 'cyn', 'dan']);
  });

  it.each([
    ['an empty object', {}, ['ada', 'bob', 'cyn', 'dan']],
    ['no schemas', { filter: 'userName eq "ada"' }, ['ada']],
    [
      'null',
      { filter: null, count: null, cursor: null, attributes: null, schemas: null },
      ['ada', 'bob', 'cyn', 'dan'],
    ],
    ['other case', { FILTER: 'userName eq "ada"', Count: 1 }, ['ada']],
    ['schemas as text and in other case', { schemas: SEARCH.toUpperCase(), count: 1 }, ['ada']],
    ['names with commas', { filter: 'userName eq "ada"', attributes: 'userName, title' }, ['ada']],
    ['names with commas in a list', { filter: 'userName eq "ada"', attributes: ['userName,title'] }, ['ada']],
    ['empty lists', { filter: 'userName eq "ada"', attributes: [], excludedAttributes: [] }, ['ada']],
    ['numbers as text', { startIndex: '4', count: '10' }, ['dan']],
    ['what it does not know', { nonsense: true, filter: 'userName eq "ada"' }, ['ada']],
    ['numbers below the least', { startIndex: -3, count: 2 }, ['ada', 'bob']],
  ])('takes %s', async (_what, body, expected) => {
    const answer = await search(body);
    expect(answer.status).toBe(200);
    expect(namesOf(answer)).toEqual(expected);
  });

  it.each([
    [{ count: 'x' }, 'invalidValue'],
    [{ count: 1.5 }, 'invalidValue'],
    [{ count: true }, 'invalidValue'],
    [{ startIndex: [] }, 'invalidValue'],
    [{ startIndex: 1e300 }, 'invalidValue'],
    [{ sortBy: 7 }, 'invalidValue'],
    [{ sortBy: 'userName', sortOrder: 'up' }, 'invalidValue'],
    [{ sortBy: 'nonsense' }, 'invalidPath'],
    [{ cursor: 7 }, 'invalidValue'],
    [{ cursor: '', startIndex: 1 }, 'invalidValue'],
    [{ attributes: 7 }, 'invalidValue'],
    [{ attributes: [7] }, 'invalidValue'],
    [{ attributes: { userName: true } }, 'invalidValue'],
    [{ attributes: ['userName'], excludedAttributes: ['title'] }, 'invalidValue'],
    [{ filter: ['userName pr'] }, 'invalidFilter'],
    [{ filter: '' }, 'invalidFilter'],
    [{ filter: 'nonsense pr' }, 'invalidFilter'],
    [{ filter: 'userName pr', Filter: 'title pr' }, 'invalidSyntax'],
    [{ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'] }, 'invalidSyntax'],
    [{ schemas: 7 }, 'invalidSyntax'],
    [[], 'invalidSyntax'],
    ['7', 'invalidSyntax'],
    ['null', 'invalidSyntax'],
    ['{', 'invalidSyntax'],
    ['', 'invalidSyntax'],
  ])('refuses %j as %s', async (body, scimType) => expectScimError(await search(body), 400, scimType));

  it.each([
    ['filter=userName+eq+%22ada%22', 'invalidSyntax'],
    ['attributes=userName', 'invalidSyntax'],
    ['cursor', 'invalidSyntax'],
    ['Filter=userName+pr', 'invalidFilter'],
  ])('refuses the parameter %s in its URL, which would change nothing', async (query, scimType) => {
    expectScimError(await search({}, `/Users/.search?${query}`), 400, scimType);
    expectScimError(await search({}, `/.search?${query}`), 400, scimType);
    expect((await search({}, '/Users/.search?tracking=1')).status).toBe(200);
  });

  it('refuses a body that is too large, and one of another type', async () => {
    expectScimError(await search(JSON.stringify({ filter: 'x'.repeat(1024 * 1024) })), 413);
    expectScimError(await client.post('/Users/.search', '{}', { 'content-type': 'text/plain' }), 415);
  });

  it('needs no more than the scope to read', async () => {
    const { organizationId } = client;
    const tokens = host.app.get(ScimTokensService, { strict: false });
    const withScopes = async (...scopes: TokenScope[]): Promise<{ reader: ScimClient; id: string }> => {
      const { token, id } = await tokens.generate(organizationId, { scopes });
      return { reader: new ScimClient(host.url, token, organizationId), id };
    };
    const users = await withScopes('users:read');
    expect((await users.reader.post('/Users/.search', { schemas: [SEARCH] })).body.totalResults).toBe(4);
    expectScimError(await users.reader.post('/Groups/.search', {}), 403);
    await tokens.revoke(organizationId, users.id);
    const writer = await withScopes('users:write');
    expectScimError(await writer.reader.post('/Users/.search', {}), 403);
  });

  it('takes the path in any case', async () => {
    expect((await search({}, '/users/.search')).status).toBe(200);
  });

  it('shows no other organization', async () => {
    const other = await host.client();
    for (const path of ['/Users/.search', '/Groups/.search', '/.search'])
      expect((await other.post(path, {})).body).toMatchObject({ totalResults: 0, Resources: [] });
  });

  it('shows schemas and id whatever is named', async () => {
    const [shown] = (await search({ attributes: ['nonsense'], count: 1 })).body.Resources;
    expect(shown).toEqual({ schemas: [U], id: expect.any(String) });
  });
});
