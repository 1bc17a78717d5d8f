import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const UNKNOWN = '0b2c7e2a-1111-4222-8333-944445555666';

describe.each(['express', 'fastify'] as const)('SCIM over HTTP on %s', (adapter) => {
  let host: ModuleHost;
  let client: ScimClient;
  // eslint-disable-next-line typescript/no-explicit-any
  let ada: any;

  beforeAll(async () => {
    host = await startModuleHost({ adapter });
    client = await host.client();
    ada = await client.createUser({ userName: 'ada+scim@acme.example' });
  });

  afterAll(() => host.stop());

  it.each([
    [undefined, 'application/scim+json'],
    ['application/scim+json', 'application/scim+json'],
    ['*/*', 'application/scim+json'],
    ['application/*', 'application/scim+json'],
    ['text/html', 'application/scim+json'],
    ['application/json', 'application/json'],
    ['application/json, application/scim+json', 'application/scim+json'],
  ])('answers Accept %p with %s', async (accept, type) => {
    const answer = await client.get('/Users', accept === undefined ? {} : { accept });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe(`${type}; charset=utf-8`);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body.Resources).toEqual([ada]);
  });

  it('writes UTF-8 as it was sent', async () => {
    const displayName = 'Zoë Ångström 山田 \u{1F600}';
    const { id } = await client.createUser({ userName: 'zoe', displayName });
    expect((await client.get(`/Users/${id}`)).body.displayName).toBe(displayName);
    await client.delete(`/Users/${id}`);
  });

  it.each([
    '/Users?foo=bar&aadOptscim062020',
    '/Users?filter=userName+eq+%22ada%2Bscim%40acme.example%22&',
    '/Users?',
    '/Users/',
    '//Users',
    '/users',
    '/Users/?startIndex=1',
  ])('reads %s as the list of users', async (path) => {
    const answer = await client.get(path);
    expect(answer.body).toMatchObject({ totalResults: 1, startIndex: 1, itemsPerPage: 1, Resources: [ada] });
  });

  it('takes a plus for a space and %2B for a plus', async () => {
    const found = await client.get('/Users?filter=userName+eq+%22ada+scim%40acme.example%22');
    expect(found.body.totalResults).toBe(0);
  });

  it.each([
    '/Widgets',
    '/Users/a/b',
    '/Users/../Users',
    '/../v2/Users',
    '/.well-known',
    '/Widgets/%E0%A4%A',
    '/Users/a/b/c/d/e/f',
    `/Users/${UNKNOWN}/x`,
  ])('knows no endpoint %s', expectUnknown);

  it.each([
    ['3,000 characters', `/${'x'.repeat(3000)}`],
    ['500 segments', `/${'x/'.repeat(500)}`],
    ['200 broken encodings', `/${'%ff/'.repeat(200)}`],
  ])('knows no endpoint of %s', (_what, path) => expectUnknown(path));

  async function expectUnknown(path: string): Promise<void> {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      expectScimError(await client.send(method, path, method === 'GET' ? undefined : {}), 404);
    }
  }

  it.each([
    ['an unknown uuid', UNKNOWN],
    ["Okta's test id", '00919288221112222'],
    ['an encoded NUL', '%00'],
    ['an encoded slash', '..%2F..%2Fetc'],
    ['encoded dots', '%2e%2e'],
    ['a broken encoding', '%E0%A4%A'],
    ['3,000 characters', 'x'.repeat(3000)],
    ['3,000 percent signs', '%'.repeat(3000)],
    ['letters beyond ASCII', encodeURIComponent('山田')],
    ['a quote', "'%20or%201=1--"],
    ['a semicolon', ';a=b'],
  ])('knows no user with %s for an id', async (_what, id) => {
    const patch = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'remove', path: 'title' }],
    };
    expectScimError(await client.get(`/Users/${id}`), 404);
    expectScimError(await client.put(`/Users/${id}`, { userName: 'x' }), 404);
    expectScimError(await client.send('PATCH', `/Users/${id}`, patch), 404);
    expectScimError(await client.delete(`/Users/${id}`), 404);
  });

  it('names the unknown id', async () => {
    expect((await client.get(`/Users/${UNKNOWN}`)).body.detail).toContain(UNKNOWN);
  });

  it('knows an id in its own spelling only', async () => {
    expectScimError(await client.get(`/Users/${ada.id.toUpperCase()}`), 404);
    expectScimError(await client.get(`/Users/%7B${ada.id}%7D`), 404);
    expect((await client.get(`/users/${ada.id}`)).body).toEqual(ada);
  });

  it.each([
    ['PUT', '/Users', 'GET, POST'],
    ['PATCH', '/Users', 'GET, POST'],
    ['DELETE', '/Users', 'GET, POST'],
    ['POST', `/Users/${UNKNOWN}`, 'GET, PUT, PATCH, DELETE'],
    ['PUT', '/users/', 'GET, POST'],
    ['TRACE', '/Users', 'GET, POST'],
    ['POST', '/ServiceProviderConfig', 'GET'],
    ['PUT', '/ResourceTypes', 'GET'],
    ['PATCH', '/Schemas', 'GET'],
    ['DELETE', `/Schemas/${USER}`, 'GET'],
    ['DELETE', '/ResourceTypes/User', 'GET'],
    ['DELETE', '/Groups', 'GET, POST'],
  ])('refuses %s %s and says what is allowed', async (method, path, allow) => {
    const answer = await client.send(method, path);
    expectScimError(answer, 405);
    expect(answer.headers.allow).toBe(allow);
  });

  it.each(['PROPFIND', 'LINK', 'MKCOL', 'SEARCH', 'QUERY'])('refuses the method %s', async (method) => {
    expectScimError(await client.send(method, '/Users'), 405);
    expectScimError(await client.send(method, '/Widgets'), 404);
  });

  it('answers HEAD like GET, without a body', async () => {
    const [head, get] = [await client.send('HEAD', `/Users/${ada.id}`), await client.get(`/Users/${ada.id}`)];
    expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' });
    for (const name of ['etag', 'location', 'content-type', 'cache-control']) {
      expect(head.headers[name]).toBe(get.headers[name]);
    }
    expect((await client.send('HEAD', `/Users/${UNKNOWN}`)).status).toBe(404);
    expect((await client.send('HEAD', '/Widgets')).status).toBe(404);
  });

  it.each([
    ['/Users', 'GET, POST'],
    [`/Users/${UNKNOWN}`, 'GET, PUT, PATCH, DELETE'],
    ['/Schemas', 'GET'],
  ])('answers OPTIONS %s with what is allowed', async (path, allow) => {
    const answer = await client.send('OPTIONS', path);
    expect({ status: answer.status, text: answer.text, allow: answer.headers.allow }).toEqual({
      status: 204,
      text: '',
      allow,
    });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('does not answer for another version of the protocol', async () => {
    for (const path of ['/scim/v1/Users', '/scim/v22/Users', '/scim/Users']) {
      const other = new ScimClient(host.url, client.token, client.organizationId, path);
      const { status, body } = await other.get('');
      expect(status).toBe(404);
      expect(body).not.toHaveProperty('Resources');
    }
  });

  it('takes no other method from a header', async () => {
    const answer = await client.send('POST', `/Users/${ada.id}`, {}, { 'x-http-method-override': 'DELETE' });
    expectScimError(answer, 405);
    expect((await client.get(`/Users/${ada.id}`)).status).toBe(200);
  });

  it('answers 204 without a body to a deletion that sends one', async () => {
    for (const body of [undefined, '', '{}', '{"broken']) {
      const { id } = await client.createUser({ userName: 'gone' });
      const answer = await client.send('DELETE', `/Users/${id}`, body, { 'content-type': 'application/scim+json' });
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' });
    }
  });
});
