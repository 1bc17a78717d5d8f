import type { CallHandler, INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { map } from 'rxjs';
import { hostileHost } from '../../support/hostile-host.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { type ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

describe.each(['express', 'fastify'] as const)('the module in a hostile host on %s', (adapter) => {
  let host: ModuleHost;
  /** Another application of the same process, with another path and another adapter. */
  let other: ModuleHost;
  let client: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost({ ...hostileHost, adapter });
    const otherAdapter = adapter === 'express' ? 'fastify' : 'express';
    other = await startModuleHost({ adapter: otherAdapter, extras: { path: '/directory/scim/' } });
    client = await host.client();
  });

  afterAll(() => Promise.all([host.stop(), other.stop()]));

  it('tells the story of a user', async () => {
    await tellUsersStory(client, 'https://app.example.com/api/scim/v2');
  });

  it('tells it in two applications of a process that know nothing of each other', async () => {
    const neighbour = await other.client(client.organizationId);
    expect(neighbour.path).toBe('/directory/scim');
    await Promise.all([
      tellUsersStory(client, 'https://app.example.com/api/scim/v2'),
      tellUsersStory(neighbour, 'https://app.example.com/directory/scim'),
    ]);
    const stranger = new ScimClient(other.url, client.token, client.organizationId, neighbour.path);
    expectScimError(await stranger.get('/Users'), 401);
  });

  it('answers SCIM errors only', async () => {
    const { id } = await client.createUser({ userName: 'grace' });
    expectScimError(await client.get('/Users', { authorization: '' }), 401);
    expectScimError(await client.post('/Users', '{"broken'), 400, 'invalidSyntax');
    expectScimError(
      await client.post('/Users', '{"broken', { 'content-type': 'application/json' }),
      400,
      'invalidSyntax',
    );
    expectScimError(
      await client.post('/Users', 'userName=x', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
    );
    expectScimError(await client.post('/Users', JSON.stringify({ x: 'x'.repeat(1024 * 1024) })), 413);
    expectScimError(await client.post('/Users', { userName: 'Grace' }), 409, 'uniqueness');
    expectScimError(await client.filterUsers('userName eq'), 400, 'invalidFilter');
    expectScimError(await client.get('/Users/x'), 404);
    expectScimError(await client.get('/Widgets/a/b/c'), 404);
    expectScimError(await client.send('PROPFIND', '/Users'), 405);
    expectScimError(await client.post('/Groups', {}), 400, 'invalidValue');
    expect((await client.delete(`/Users/${id}`)).status).toBe(204);
  });

  it('lists, discovers and puts base URLs in order', async () => {
    const root = await new ScimClient(host.url, client.token, '', '//API//Scim/v2').get('/resourcetypes/User/');
    expect(root.body.meta.location).toBe('https://app.example.com/api/scim/v2/ResourceTypes/User');
    expect((await client.get('/Users?count=1&startIndex=1')).body).toMatchObject({ startIndex: 1, Resources: [] });
    expect((await client.get('/Schemas')).body.Resources).toHaveLength(6);
  });

  it("leaves the host's own routes to the host", async () => {
    const notes = new ScimClient(host.url, '', '', '/api/v1');
    const send = (method: string, path: string, body?: unknown): Promise<ScimAnswer> =>
      notes.send(method, path, body, { 'content-type': body === undefined ? '' : 'application/json' });
    const note = { text: 'x', pinned: true };
    expect(await send('POST', '/notes', note)).toMatchObject({ status: 201, body: { data: note } });
    expect(await send('POST', '/notes', { ...note, extra: 1 })).toMatchObject({ status: 400, body: { oops: 400 } });
    expect(await send('POST', '/notes', '{"broken')).toMatchObject({ status: 400, body: { oops: 400 } });
    expect(await send('PUT', '/notes', note)).toMatchObject({ status: 500, body: { oops: 500 } });
    expect(await send('GET', '/notes?tags=/scim/v2')).toMatchObject({
      status: 200,
      body: { data: { tags: '/scim/v2' } },
    });
    expect(await send('GET', '/secrets')).toMatchObject({ status: 403, body: { oops: 403 } });
    expect(await send('GET', '/nothing')).toMatchObject({ status: 404, body: { oops: 404 } });
    const outside = new ScimClient(host.url, client.token, '', '/scim/v2');
    expect((await outside.get('/Users')).status).toBe(404);
  });
});

describe('the module in a host', () => {
  let host: ModuleHost;

  afterEach(() => host.stop());

  it.each([
    ['parses everything as JSON', 'json'],
    ['reads everything as text', 'text'],
    ['keeps everything as bytes', 'raw'],
  ] as const)('that %s gets the body that was sent', async (_what, parser) => {
    const configure = (app: INestApplication): void =>
      void (app as NestExpressApplication).useBodyParser(parser, { type: () => true, limit: 10 });
    host = await startModuleHost({ configure });
    const client = await host.client();
    await tellUsersStory(client, 'https://app.example.com/scim/v2');
    expectScimError(await client.post('/Users', '{"broken'), 400, 'invalidSyntax');
  });

  it.each(['express', 'fastify'] as const)(
    'that takes it out of its global prefix on %s is where it says',
    async (adapter) => {
      const configure = (app: INestApplication): void =>
        void app.setGlobalPrefix('api', { exclude: ['health', 'scim/v2/*path'] });
      host = await startModuleHost({ adapter, configure });
      const client = await host.client();
      expect(client.path).toBe('/scim/v2');
      await tellUsersStory(client, 'https://app.example.com/scim/v2');
      expectScimError(await client.get('/Widgets/%E0%A4%A'), 404);
    },
  );

  it.each(['express', 'fastify'] as const)(
    'whose interceptors cannot cope with its answers on %s answers all the same',
    async (adapter) => {
      const fail = { intercept: (_context: unknown, next: CallHandler) => next.handle().pipe(map(toItems)) };
      host = await startModuleHost({ adapter, configure: (app) => void app.useGlobalInterceptors(fail) });
      await tellUsersStory(await host.client(), 'https://app.example.com/scim/v2');
    },
  );
});

const toItems = (data: { items: unknown }): unknown => data.items;

/** Creates, reads, lists, replaces, patches and deletes; leaves nothing. */
async function tellUsersStory(client: ScimClient, baseUrl: string): Promise<void> {
  const ada = { userName: 'Ada@acme.example', active: 'False', [ENTERPRISE]: { department: 'Engines' } };
  const created = await client.post('/Users', { schemas: [USER, ENTERPRISE], ...ada });
  expect({ status: created.status, body: created.body }).toEqual({
    status: 201,
    body: {
      schemas: [USER, ENTERPRISE],
      ...ada,
      active: false,
      id: expect.any(String),
      meta: expect.objectContaining({ location: `${baseUrl}/Users/${created.body.id}`, version: 'W/"1"' }),
    },
  });
  const { id } = created.body;
  expect(created.headers.location).toBe(`${baseUrl}/Users/${id}`);
  expect((await client.get(`/Users/${id}`)).body).toEqual(created.body);
  expect((await client.filterUsers('userName eq "ada@ACME.example"')).body.Resources).toEqual([created.body]);
  const patched = await client.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: 'True' }]);
  expect(patched.body).toMatchObject({ active: true, [ENTERPRISE]: { department: 'Engines' } });
  const replaced = await client.send('PUT', `/Users/${id}`, JSON.stringify({ userName: 'ada', title: 'Countess' }), {
    'content-type': 'application/json',
  });
  expect(replaced.body).toMatchObject({ schemas: [USER], userName: 'ada', title: 'Countess' });
  const deleted = await client.delete(`/Users/${id}`);
  expect({ status: deleted.status, text: deleted.text }).toEqual({ status: 204, text: '' });
  expectScimError(await client.get(`/Users/${id}`), 404);
}
