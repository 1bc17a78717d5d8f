import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const EMPTY = {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
  totalResults: 0,
  startIndex: 1,
  itemsPerPage: 0,
  Resources: [],
};

describe('groups, before they are kept', () => {
  let host: ModuleHost;
  let client: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost();
    client = await host.client();
  });

  afterAll(() => host.stop());

  it.each([
    ["Okta's connection test", '/Groups?startIndex=1&count=100'],
    ["Entra's connection test", '/Groups?excludedAttributes=members&filter=displayName+eq+%22x%22'],
    ['all groups', '/Groups'],
    ['groups of somebody', '/Groups?filter=members+eq+%22x%22'],
  ])('answer %s with none', async (_what, path) => {
    const answer = await client.get(path);
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: EMPTY });
  });

  it('refuse what they would refuse, too', async () => {
    expectScimError(await client.get('/Groups?filter=userName+eq+%22x%22'), 400, 'invalidFilter');
    expectScimError(await client.get('/Groups?filter='), 400, 'invalidFilter');
    expectScimError(await client.get('/Groups?count=abc'), 400, 'invalidValue');
    expectScimError(await client.get('/Groups?attributes=id&excludedAttributes=members'), 400, 'invalidValue');
    expectScimError(await client.get('/Groups?sortBy=displayName'), 501);
  });

  it('cannot be created, and say what to do about it', async () => {
    const answer = await client.post('/Groups', { displayName: 'Engines' });
    expectScimError(answer, 501);
    expect(answer.body.detail).toMatch(/switch group provisioning off/);
  });

  it('are unknown by any id', async () => {
    const { id } = await client.createUser({ userName: 'ada' });
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
      expectScimError(await client.send(method, `/Groups/${id}`), 404);
    expect((await client.get(`/Users/${id}`)).status).toBe(200);
  });
});
