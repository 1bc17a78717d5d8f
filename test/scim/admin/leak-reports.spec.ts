import { generateToken } from '../../../src/scim/tokens/token.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { type ScimAnswer, ScimClient } from '../../support/scim-client.js';

describe.each(['express', 'fastify'] as const)('the route for leak reports on %s', (adapter) => {
  let host: ModuleHost;

  beforeAll(async () => {
    const extras = { leakReports: { path: 'scim-leaks' } };
    host = await startModuleHost({ adapter, extras, options: { deliverEvents: false } });
  });

  afterAll(() => host.stop());

  const report = (body: unknown, type = 'application/json'): Promise<ScimAnswer> =>
    new ScimClient(host.url, '', '', '/scim-leaks').send('POST', '', body, { authorization: '', 'content-type': type });

  it('revokes a leaked token', async () => {
    const client = await host.client();
    expect((await client.get('/Users')).status).toBe(200);
    expect((await report({ tokens: [client.token], source: 'https://paste.example/1' })).status).toBe(204);
    expect((await client.get('/Users')).status).toBe(401);
  });

  it('says the same of a live token, a revoked one, a forged one, and of what is none', async () => {
    const { token } = await host.client();
    const answers = [];
    for (const secret of [token, token, generateToken('scim').secret, 'junk', '', 'a\0']) {
      answers.push(await report({ tokens: [secret] }));
    }
    answers.push(await report({ tokens: [] }));
    for (const { status, text, headers } of answers) {
      const { date: _date, ...rest } = headers;
      expect({ status, text }).toEqual({ status: 204, text: '' });
      expect(Object.keys(rest).sort()).toEqual(
        Object.keys(answers[0]!.headers)
          .filter((name) => name !== 'date')
          .sort(),
      );
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  it.each([
    ['nothing', {}],
    ['a token that is no text', { tokens: [1] }],
    ['tokens that are no list', { tokens: 'x' }],
    ['too many', { tokens: Array.from({ length: 101 }, () => 'x') }],
    ['something unknown', { tokens: [], organizationId: 'acme' }],
    ['a source with a control character', { tokens: [], source: 'a\n' }],
  ])('refuses a report of %s without repeating it', async (_what, body) => {
    const { status, text } = await report(body);
    expect(status).toBe(400);
    expect(text).not.toContain('acme');
  });

  it('takes JSON only', async () => {
    expect((await report('tokens[]=x', 'application/x-www-form-urlencoded')).status).toBe(415);
  });

  it('is not there where the host has not asked for it', async () => {
    const other = await startModuleHost({ adapter, options: { deliverEvents: false } });
    const client = new ScimClient(other.url, '', '', '/scim-leaks');
    expect((await client.send('POST', '', { tokens: [] }, { 'content-type': 'application/json' })).status).toBe(404);
    await other.stop();
  });

  it('takes 20 reports a minute from an address', async () => {
    const limited = await startModuleHost({
      adapter,
      extras: { leakReports: { path: 'scim-leaks' } },
      options: { deliverEvents: false, rateLimit: { requestsPerSecond: 200 } },
    });
    const client = new ScimClient(limited.url, '', '', '/scim-leaks');
    const statuses: number[] = [];
    for (let reports = 0; reports < 21; reports += 1) {
      const headers = { authorization: '', 'content-type': 'application/json' };
      statuses.push((await client.send('POST', '', { tokens: [] }, headers)).status);
    }
    expect(statuses.slice(0, 20).every((status) => status === 204)).toBe(true);
    expect(statuses[20]).toBe(429);
    await limited.stop();
  });
});
