import { ScimTokensService } from '../../../src/scim/index.js';
import { statementsOf } from '../../load/statement-log.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { type ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const E = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const U = 'urn:ietf:params:scim:schemas:core:2.0:User';
const G = 'urn:ietf:params:scim:schemas:core:2.0:Group';

interface Shown {
  id: string;
  schemas: string[];
  userName?: string;
  displayName?: string;
  members?: unknown[];
  meta: { resourceType: string; location: string };
}

describe.each(['express', 'fastify'] as const)('a query at the root on %s', (adapter) => {
  let host: ModuleHost;
  let client: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost({ adapter });
    client = await host.client();
    const make = async (path: string, resource: unknown): Promise<string> =>
      (await client.post(path, resource)).body.id;
    const ada = await make('/Users', {
      userName: 'ada',
      displayName: 'Delta',
      externalId: '3',
      [E]: { department: 'Ops' },
    });
    await make('/Groups', { displayName: 'alpha', externalId: '2', members: [{ value: ada }] });
    await make('/Users', { userName: 'bob', title: 'Head', active: false });
    await make('/Groups', { displayName: 'Echo', members: [{ value: ada }] });
    await make('/Users', { userName: 'cyn', displayName: 'Bravo', externalId: '1' });
  });

  afterAll(() => host.stop());

  const query = (parameters: Record<string, string | number>): Promise<ScimAnswer> =>
    client.get(
      `/?${Object.entries(parameters)
        .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
        .join('&')}`,
    );
  const namesOf = ({ body }: ScimAnswer): string =>
    body.Resources.map(({ userName, displayName }: Shown) => userName ?? displayName).join(' ');

  it('lists all types in the order of creation, each resource with its own schemas and meta', async () => {
    const answer = await client.get('/');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ schemas: [LIST], totalResults: 5, startIndex: 1, itemsPerPage: 5 });
    expect(namesOf(answer)).toBe('ada alpha bob Echo cyn');
    const shown: Shown[] = answer.body.Resources;
    expect(shown.map(({ meta }) => meta.resourceType)).toEqual(['User', 'Group', 'User', 'Group', 'User']);
    expect(shown.map(({ schemas }) => schemas)).toEqual([[U, E], [G], [U], [G], [U]]);
    for (const { meta, ...resource } of shown) {
      const path = new URL(meta.location).pathname.replace('/scim/v2', '');
      expect((await client.get(path)).body).toEqual({ meta, ...resource });
    }
  });

  it.each(['', '/', '?', '//'])('is asked at the base URL with "%s" behind it', async (end) => {
    expect((await client.get(end)).body.totalResults).toBe(5);
  });

  it.each([
    ['meta.resourceType eq "User"', 'ada bob cyn'],
    ['meta.resourceType eq "Group"', 'alpha Echo'],
    ['displayName co "a"', 'ada alpha cyn'],
    ['userName pr', 'ada bob cyn'],
    ['not (userName pr)', 'alpha Echo'],
    ['userName eq "ada" or displayName eq "echo"', 'ada Echo'],
    ['userName eq "ada" and members pr', ''],
    ['members pr', 'alpha Echo'],
    ['title ne "Head"', 'ada alpha Echo cyn'],
    ['not (title eq "Head")', 'ada alpha Echo cyn'],
    ['title eq null', 'ada alpha Echo cyn'],
    ['active eq false', 'bob'],
    ['active ne false', 'ada alpha Echo cyn'],
    ['emails[type eq "work"] or displayName sw "e"', 'Echo'],
    [`${E}:department eq "ops"`, 'ada'],
    [`${U}:userName sw "b"`, 'bob'],
    [`${G}:displayName pr`, 'alpha Echo'],
    [`schemas eq "${G}"`, 'alpha Echo'],
    ['externalId pr', 'ada alpha cyn'],
    ['id pr', 'ada alpha bob Echo cyn'],
    ['meta.created gt "2020-01-01T00:00:00Z"', 'ada alpha bob Echo cyn'],
    ['userName eq "nobody"', ''],
  ])('filters by %s', async (filter, expected) => {
    const answer = await query({ filter });
    expect(namesOf(answer)).toBe(expected);
    const total = expected === '' ? 0 : expected.split(' ').length;
    expect(answer.body).toMatchObject({ totalResults: total, itemsPerPage: total });
    expect((await query({ filter, count: 0 })).body).toMatchObject({ totalResults: total, Resources: [] });
    expect(namesOf(await client.post('/.search', { filter }))).toBe(expected);
  });

  it('finds a group by the id of a member, and anybody by an id', async () => {
    const [ada, alpha] = (await client.get('/')).body.Resources;
    expect(namesOf(await query({ filter: `members.value eq "${ada.id}"` }))).toBe('alpha Echo');
    expect(namesOf(await query({ filter: `groups.value eq "${alpha.id}"` }))).toBe('ada');
    expect(namesOf(await query({ filter: `id eq "${ada.id}" or id eq "${alpha.id}"` }))).toBe('ada alpha');
  });

  it.each([
    ['displayName', 'ascending', 'alpha cyn ada Echo bob'],
    ['displayName', 'descending', 'bob Echo ada cyn alpha'],
    ['externalId', 'ascending', 'cyn alpha ada'],
    ['userName', 'ascending', 'ada bob cyn'],
    ['userName', 'descending', 'cyn bob ada'],
    ['meta.created', 'descending', 'cyn Echo bob alpha ada'],
    [`${E}:department`, 'ascending', 'ada'],
  ])('sorts by %s %s, those without it last and first', async (sortBy, sortOrder, expected) => {
    const names = namesOf(await query({ sortBy, sortOrder })).split(' ');
    const known = expected.split(' ');
    const others = names.length - known.length;
    expect(sortOrder === 'ascending' ? names.slice(0, known.length) : names.slice(others)).toEqual(known);
    expect(new Set(names).size).toBe(5);
  });

  it.each([1, 2, 3, 5, 7])('pages by %d through all types', async (count) => {
    for (const parameters of [{}, { sortBy: 'displayName' }, { sortBy: 'externalId', sortOrder: 'descending' }]) {
      const whole: Shown[] = (await query(parameters)).body.Resources;
      const seen: Shown[] = [];
      while (seen.length < 5) {
        const { body } = await query({ ...parameters, startIndex: seen.length + 1, count });
        expect(body).toMatchObject({ totalResults: 5, startIndex: seen.length + 1 });
        seen.push(...body.Resources);
      }
      expect(seen).toEqual(whole);
    }
  });

  it('answers beyond the end with nothing and the right total', async () => {
    expect((await query({ startIndex: 9 })).body).toMatchObject({ totalResults: 5, startIndex: 9, Resources: [] });
  });

  it('projects each type by its own attributes', async () => {
    const { Resources } = (await query({ attributes: 'userName,members.value', count: 2 })).body;
    expect(Resources).toEqual([
      { schemas: [U, E], id: expect.any(String), userName: 'ada' },
      { schemas: [G], id: expect.any(String), members: [{ value: Resources[0].id }] },
    ]);
    const excluded: Shown[] = (await query({ excludedAttributes: 'members,meta' })).body.Resources;
    expect(excluded.flatMap((each) => Object.keys(each))).not.toContain('members');
  });

  it('sends one statement for the page, one for each type in it, and reads members only where they are shown', async () => {
    const textsOf = async (parameters: Record<string, string>): Promise<string[]> => {
      await client.get('/?count=0');
      const statements = await statementsOf(() => query(parameters));
      return statements.map(({ text }) => text).filter((text) => /FROM scim_(identity|group)/.test(text));
    };
    expect(await textsOf({ attributes: 'displayName' })).toHaveLength(3);
    expect((await textsOf({ excludedAttributes: 'members' })).join()).not.toContain('position');
    expect(await textsOf({ filter: 'userName eq "ada"' })).toHaveLength(2);
    expect(await textsOf({ filter: 'userName eq "ada" and members pr' })).toHaveLength(0);
  });

  it('shows the types that the token may read, and is forbidden where there are none', async () => {
    const tokens = host.app.get(ScimTokensService, { strict: false });
    const { organizationId } = client;
    const reader = await tokens.generate(organizationId, { scopes: ['users:read', 'groups:write'] });
    const ofUsers = new ScimClient(host.url, reader.token, organizationId);
    expect((await ofUsers.get('/')).body.totalResults).toBe(3);
    expect((await ofUsers.post('/.search', {})).body.totalResults).toBe(3);
    // To this token there are no groups: their attributes are as unknown as any.
    expectScimError(await ofUsers.get('/?filter=members+pr'), 400, 'invalidFilter');
    await tokens.revoke(organizationId, reader.id);
    const writer = await tokens.generate(organizationId, { scopes: ['users:write', 'groups:write'] });
    const ofNothing = new ScimClient(host.url, writer.token, organizationId);
    expectScimError(await ofNothing.get('/'), 403);
    expectScimError(await ofNothing.post('/.search', {}), 403);
  });

  it.each([
    ['filter=nonsense+pr', 'invalidFilter'],
    ['filter=password+pr', 'invalidFilter'],
    ['filter=', 'invalidFilter'],
    ['filter=active+eq+"x"', 'invalidFilter'],
    ['Filter=userName+pr', 'invalidFilter'],
    ['sortBy=nonsense', 'invalidPath'],
    ['sortBy=name', 'invalidPath'],
    ['sortBy=userName&sortOrder=up', 'invalidValue'],
    ['count=x', 'invalidValue'],
    ['attributes=a&excludedAttributes=b', 'invalidValue'],
  ])('refuses %s as %s', async (parameters, scimType) => {
    expectScimError(await client.get(`/?${parameters}`), 400, scimType);
  });

  it('is refused without a token and with other methods', async () => {
    expectScimError(await client.send('GET', '/', undefined, { authorization: '' }), 401);
    expectScimError(await client.send('POST', '/.search', {}, { authorization: '' }), 401);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await client.send(method, '/', {});
      expectScimError(answer, 405);
      expect(answer.headers.allow).toBe('GET');
    }
    expect((await client.send('OPTIONS', '/')).headers.allow).toBe('GET');
    const search = await client.get('/.search');
    expectScimError(search, 405);
    expect(search.headers.allow).toBe('POST');
  });
});
