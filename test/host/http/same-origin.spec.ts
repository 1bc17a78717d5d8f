import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { HostClient } from '../../support/host-client.js';
import { openOrganization, useHost } from '../../stories/organization.js';

/** `fetch` lets nobody choose the Host header. */
async function sendWithHost(url: URL, headers: Record<string, string>): Promise<number> {
  const outgoing = request(url, { method: 'PATCH', headers });
  outgoing.end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  incoming.resume();
  return incoming.statusCode ?? 0;
}

const FOREIGN = { origin: 'https://evil.example' };

describe('requests that another site could make a browser send', () => {
  const started = useHost();
  const path = '/api/organizations/acme';

  it.each([
    ['PATCH', path, {}],
    ['POST', `${path}/scim/tokens`, {}],
    ['PUT', `${path}/group-mappings`, { mappings: [] }],
    ['DELETE', `${path}/scim/tokens/00000000-0000-4000-8000-000000000000`, undefined],
    ['POST', '/api/logout', undefined],
    ['POST', '/API/logout', undefined],
  ])('%s %s with a foreign Origin is refused', async (method, target, body) => {
    const owner = await new HostClient(started.host.url).signInAsOwner('acme');
    for (const origin of [FOREIGN.origin, 'null', `${started.host.url}.evil.example`]) {
      const answer = await owner.json(method, target, body, { origin });
      expect([answer.status, answer.body]).toEqual([
        403,
        { message: expect.stringContaining('comes from another site') },
      ]);
    }
    expect((await owner.get('/api/me')).status).toBe(200);
  });

  it('takes no word of the Host header for its own name: another scheme or name of the machine is another site', async () => {
    const owner = await new HostClient(started.host.url).signInAsOwner('acme');
    const { port } = new URL(started.host.url);
    for (const origin of [started.host.url.replace('http:', 'https:'), `http://localhost:${port}`]) {
      const headers = { origin, host: new URL(origin).host };
      const answer = await sendWithHost(new URL(`${path}`, started.host.url), headers);
      expect(answer).toBe(403);
    }
    expect((await owner.json('PATCH', path, {}, { origin: started.host.url })).status).toBe(200);
  });

  it('accepts its own Origin, and none', async () => {
    const owner = await new HostClient(started.host.url).signInAsOwner('acme');
    for (const headers of [{ origin: started.host.url }, {}]) {
      expect((await owner.json('PATCH', path, {}, headers)).status).toBe(200);
    }
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])(
    'refuses a body of type %s, which a form of another site could send',
    async (type) => {
      const owner = await new HostClient(started.host.url).signInAsOwner('acme');
      const answer = await owner.json('PATCH', path, { plan: 'free' }, { 'content-type': type });
      expect(answer.status).toBe(415);
      expect((await owner.get(path)).body.plan).toBe('enterprise');
    },
  );

  it('sends no CORS headers', async () => {
    const preflight = await fetch(new URL(path, started.host.url), {
      method: 'OPTIONS',
      headers: { ...FOREIGN, 'access-control-request-method': 'PATCH' },
    });
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('leaves SCIM alone, which knows no cookies', async () => {
    const acme = await openOrganization(started.host);
    const answer = await acme.idp.post('/Users', { userName: 'origin@acme.example' }, FOREIGN);
    expect(answer.status).toBe(201);
  });

  it('answers errors of the API as JSON and those of pages as pages', async () => {
    const browser = new HostClient(started.host.url);
    expect((await browser.get('/api/nothing')).body).toEqual({ message: 'Cannot GET /api/nothing' });
    expect((await browser.json('PATCH', '/api/login', {})).body).toEqual({ message: 'Cannot PATCH /api/login' });
    const missing = await browser.get('/nothing/<script>');
    expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(missing.text).not.toContain('<script>');
  });
});
