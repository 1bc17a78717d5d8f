import { once } from 'node:events';
import { connect } from 'node:net';
import { startHost, type TestHost } from '../support/host.js';

describe('a host', () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHost();
  });
  afterAll(() => host.stop());

  it('gives nobody longer than ten seconds for headers and thirty for a request', () => {
    const limits = { headersTimeout: 10_000, requestTimeout: 30_000 };
    expect(host.app.getHttpServer()).toMatchObject(limits);
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
