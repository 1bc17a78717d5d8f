import { randomUUID } from 'node:crypto';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const USER = {
  userName: 'ada@same.example',
  externalId: 'same-external-id',
  displayName: 'Ada',
  emails: [{ value: 'ada@same.example', type: 'work' }],
};

/** Of one host, one SCIM User in each of two organizations, with equal names and ids. */
let host: ModuleHost;
let mine: ScimClient;
let theirs: ScimClient;
let myId: string;
let theirId: string;

beforeAll(async () => {
  host = await startModuleHost();
  [mine, theirs] = await Promise.all([host.client(), host.client()]);
  [{ id: myId }, { id: theirId }] = await Promise.all([mine.createUser(USER), theirs.createUser(USER)]);
});

afterAll(() => host.stop());

describe('two organizations', () => {
  it('have equal user names and external ids, and each its own person', async () => {
    expect(myId).not.toBe(theirId);
    for (const filter of [
      'userName eq "ADA@same.example"',
      'externalId eq "same-external-id"',
      'emails.value eq "ada@same.example"',
    ]) {
      expect(idsOf(await mine.filterUsers(filter))).toEqual([myId]);
      expect(idsOf(await theirs.filterUsers(filter))).toEqual([theirId]);
    }
  });

  it('see of an id of the other what they see of an id that never was, on every route and with every method', async () => {
    const before = await rowsOfTheirs();
    const paths = routePaths().filter((path) => path.includes(':'));
    expect(paths).toEqual(expect.arrayContaining(['/Users/:id', '/:endpoint/:id']));
    let compared = 0;
    for (const path of paths) {
      for (const [method, body] of requests()) {
        const [foreign, unknown] = [theirId, randomUUID()];
        const [one, other] = [await answer(path, foreign, method, body), await answer(path, unknown, method, body)];
        expect({ method, path, one }).toEqual({ method, path, one: other });
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(50);
    expect(await rowsOfTheirs()).toEqual(before);
  });

  it.each([
    'id pr',
    'userName eq "nobody" or id pr',
    'not (userName pr)',
    'not (userName eq "nobody")',
    'userName ne "ada@same.example"',
    '(userName pr) or (id pr) or meta.created pr',
    'meta.resourceType eq "User" or active eq true',
    'not (id eq "x") and (title pr or not (title pr))',
    'emails[value co "@"] or emails ne "x"',
    "userName eq \"x') OR true OR ('a' = 'a\"",
    'userName eq "$1" or externalId pr',
  ])('stay apart under the filter %s', async (filter) => {
    expect(idsOf(await mine.filterUsers(filter)).filter((id) => id !== myId)).toEqual([]);
    const counted = await mine.get(`/Users?count=0&filter=${encodeURIComponent(filter)}`);
    expect(counted.body.totalResults).toBeLessThanOrEqual(1);
  });

  it('do not find each other by id, place or version', async () => {
    const location = `https://app.example.com/scim/v2/Users/${theirId}`;
    for (const filter of [`id eq "${theirId}"`, `id sw "${theirId.slice(0, 8)}"`, `meta.location eq "${location}"`]) {
      expect((await mine.filterUsers(filter)).body).toMatchObject({ totalResults: 0, Resources: [] });
    }
  });

  it('count and page their own people only', async () => {
    const { body } = await mine.get('/Users?startIndex=1&count=10');
    expect(body).toMatchObject({ totalResults: 1, itemsPerPage: 1 });
    expect((await mine.get('/Users?startIndex=2')).body).toMatchObject({ totalResults: 1, Resources: [] });
  });

  it('learn nothing of a manager of the other', async () => {
    const report = { userName: 'report', [ENTERPRISE]: { manager: { value: theirId } } };
    const stranger = { userName: 'stranger', [ENTERPRISE]: { manager: { value: randomUUID() } } };
    const [one, other] = [await mine.createUser(report), await mine.createUser(stranger)];
    expect(Object.keys(one[ENTERPRISE].manager)).toEqual(Object.keys(other[ENTERPRISE].manager));
    await Promise.all([mine.delete(`/Users/${one.id}`), mine.delete(`/Users/${other.id}`)]);
  });

  it('each answer for their own under load', async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, () => host.client()));
    await Promise.all(
      clients.map((client) => client.createUser({ userName: 'me', displayName: client.organizationId })),
    );
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const client = clients[index % clients.length] ?? mine;
        const { body } = await client.filterUsers('userName eq "me" or id pr');
        return body.totalResults === 1 && body.Resources[0].displayName === client.organizationId;
      }),
    );
    expect(answers.filter((own) => !own)).toEqual([]);
  });

  it('give a token no power over the other, whatever the body or the query names', async () => {
    const before = await rowsOfTheirs();
    const { id } = await mine.createUser({
      userName: 'intruder',
      id: theirId,
      organizationId: theirs.organizationId,
      organization_id: theirs.organizationId,
      meta: { location: theirId },
    });
    expect(id).not.toBe(theirId);
    const listed = await mine.get(`/Users?organizationId=${theirs.organizationId}`, {
      'x-organization-id': theirs.organizationId,
    });
    expect(idsOf(listed)).toEqual([myId, id]);
    expect(await rowsOfTheirs()).toEqual(before);
  });
});

const idsOf = ({ body }: { body: { Resources: { id: string }[] } }): string[] => body.Resources.map(({ id }) => id);

const requests = (): readonly (readonly [string, unknown])[] => [
  ['GET', undefined],
  ['HEAD', undefined],
  ['OPTIONS', undefined],
  ['DELETE', undefined],
  ['POST', USER],
  ['PUT', USER],
  ['PUT', { userName: 'other', active: false }],
  ['PATCH', { schemas: [PATCH_OP], Operations: [{ op: 'replace', path: 'active', value: false }] }],
  ['PATCH', { schemas: [PATCH_OP], Operations: [{ op: 'replace', value: { id: 'x' } }] }],
  ['PATCH', { schemas: [PATCH_OP], Operations: [{ op: 'remove', path: 'nonsense' }] }],
];

/** Of the routes that Nest mounted, below the SCIM path. */
function routePaths(): string[] {
  const { router } = host.app.getHttpAdapter().getInstance() as {
    router: { stack: { route?: { path: string } }[] };
  };
  const paths = router.stack.flatMap(({ route }) => (route ? [route.path] : []));
  return [...new Set(paths)].filter((path) => path.startsWith('/scim/v2')).map((path) => path.slice('/scim/v2'.length));
}

/** What my token is told; the id itself is taken out where it is echoed. */
async function answer(route: string, id: string, method: string, body: unknown): Promise<unknown> {
  const path = route.replaceAll(/:endpoint/g, 'Users').replaceAll(/:\w+/g, id);
  const { status, headers, text } = await mine.send(method, path, body);
  const { date: _date, 'content-length': length, ...rest } = headers;
  return { status, text: text.replaceAll(id, '‹id›'), length, rest };
}

/** All that is stored of the other organization, but for the use of its token. */
async function rowsOfTheirs(): Promise<unknown> {
  const tables = ['scim_identity', 'scim_outbox', 'scim_link', 'scim_tombstone'];
  const query = (table: string): Promise<unknown> =>
    host.dataSource.query(`SELECT to_jsonb(t) AS row FROM ${table} t WHERE organization_id = $1 ORDER BY 1`, [
      theirs.organizationId,
    ]);
  return Promise.all(tables.map(query));
}
