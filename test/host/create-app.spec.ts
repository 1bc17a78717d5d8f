import { once } from 'node:events';
import { connect } from 'node:net';
import { HostClient } from '../support/host-client.js';
import { startHost, type TestHost } from '../support/host.js';

describe('a host', () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHost({ trustProxy: ['loopback'] });
  });
  afterAll(() => host.stop());

  it('gives nobody longer than ten seconds for headers and thirty for a request', () => {
    const limits = { headersTimeout: 10_000, requestTimeout: 30_000 };
    expect(host.app.getHttpServer()).toMatchObject(limits);
  });

  it('takes the address of a client from the proxy that it is told of', async () => {
    const logIn = async (address: string): Promise<number> => {
      const login = { email: 'nobody@proxied.example', password: 'wrong' };
      const headers = { 'x-forwarded-for': `198.51.100.1, ${address}` };
      return (await new HostClient(host.url).json('POST', '/api/login', login, headers)).status;
    };
    for (let tries = 0; tries < 10; tries += 1) expect(await logIn('192.0.2.1')).toBe(401);
    expect(await logIn('192.0.2.1')).toBe(429);
    expect(await logIn('192.0.2.2')).toBe(401);
  });
});

describe('a host that stops', () => {
  it('does not wait for a connection on which nobody asks anything, as browsers open them in advance', async () => {
    const host = await startHost();
    const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    socket.resume();
    await host.stop();
    await closed;
    expect(socket.destroyed).toBe(true);
  }, 20_000);
});
