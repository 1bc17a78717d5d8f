import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

const rename = (op: string) => ({ Operations: [{ op: 'replace', path: 'displayName', value: op }] });

describe.each(['express', 'fastify'] as const)('conditional requests on %s', (adapter) => {
  let host: ModuleHost;
  let client: ScimClient;

  beforeAll(async () => {
    host = await startModuleHost({ adapter });
    client = await host.client();
  });

  afterAll(() => host.stop());

  it.each(['Users', 'Groups'])(
    'of %s: 304 for the version the client has, 412 for a write to another one',
    async (endpoint) => {
      const created = await client.post(`/${endpoint}`, { userName: 'ada', displayName: 'Ada' });
      const path = `/${endpoint}/${created.body.id}`;
      const first = created.headers.etag ?? '';
      const get = (condition: string): Promise<ScimAnswer> => client.get(path, { 'if-none-match': condition });
      for (const condition of [first, first.replace('W/', ''), `W/"x,y", ${first}`, '*']) {
        expect(await get(condition)).toMatchObject({ status: 304, text: '', headers: { etag: first } });
      }
      expect((await get('W/"0"')).status).toBe(200);

      const write = (method: string, condition: string, body?: unknown): Promise<ScimAnswer> =>
        client.send(method, path, body, { 'if-match': condition });
      expect((await write('PATCH', first, rename('Second'))).status).toBeLessThan(300);
      const second = (await client.get(path)).headers.etag ?? '';
      expect(second).not.toBe(first);
      for (const [method, body] of [
        ['PATCH', rename('Third')],
        ['PUT', { userName: 'ada', displayName: 'Third' }],
        ['DELETE', undefined],
      ] as const) {
        expectScimError(await write(method, first, body), 412);
      }
      expect((await client.get(path)).body).toMatchObject({ displayName: 'Second', meta: { version: second } });
      expect((await get(first)).status).toBe(200);
      expect((await write('PATCH', '*', rename('Second'))).status).toBeLessThan(300);
      expect((await client.get(path)).headers.etag).toBe(second);
      expect((await write('DELETE', second)).status).toBe(204);
      expectScimError(await write('DELETE', '*'), 404);
    },
  );

  it('lets one of two clients that read the same version win', async () => {
    const created = await client.post('/Users', { userName: 'lost-update' });
    const answers = await Promise.all(
      ['A', 'B'].map((title) =>
        client.send(
          'PUT',
          `/Users/${created.body.id}`,
          { userName: 'lost-update', title },
          { 'if-match': created.headers.etag ?? '' },
        ),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
  });
});
