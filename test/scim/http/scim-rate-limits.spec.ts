import { randomUUID } from 'node:crypto';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import type { ScimAnswer, ScimClient } from '../../support/scim-client.js';
import { expectScimError } from '../../support/scim-errors.js';

describe.each(['express', 'fastify'] as const)('rate limits on %s', (adapter) => {
  let host: ModuleHost;

  /** A host of its own for each test, because failures count per address. */
  beforeEach(async () => {
    host = await startModuleHost({ adapter, options: { rateLimit: { requestsPerSecond: 2 } } });
  });

  afterEach(() => host.stop());

  const times = async (count: number, send: () => Promise<ScimAnswer>): Promise<ScimAnswer[]> => {
    const answers: ScimAnswer[] = [];
    for (let sent = 0; sent < count; sent += 1) answers.push(await send());
    return answers;
  };

  function expectRetryAfter(answer: ScimAnswer, most: number): void {
    expectScimError(answer, 429);
    const seconds = Number(answer.headers['retry-after']);
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(most);
  }

  it('give an organization bursts of five seconds, whatever token it uses, and leave others alone', async () => {
    const [one, other] = await Promise.all([host.client(), host.client()]);
    const second: ScimClient = await host.client(one.organizationId);
    const answers = [...(await times(5, () => one.get('/Users'))), ...(await times(5, () => second.get('/Users')))];
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expectRetryAfter(await one.get('/Users'), 5);
    expectRetryAfter(await second.post('/Users', { userName: 'x' }), 5);
    expect((await other.get('/Users')).status).toBe(200);
  });

  it('answer an address that sends bad tokens with 429, and let its good ones through', async () => {
    const client = await host.client();
    const fail = () => client.get('/Users', { authorization: `Bearer ${randomUUID()}` });
    const refused = await times(20, fail);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([401]));
    expectRetryAfter(await fail(), 60);
    expect((await client.get('/Users')).status).toBe(200);
  });

  it('can be switched off', async () => {
    const free = await startModuleHost({ adapter, options: { rateLimit: { requestsPerSecond: 0 } } });
    const client = await free.client();
    const answers = await times(30, () => client.get('/Users', { authorization: 'Bearer wrong' }));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    await free.stop();
  });
});
