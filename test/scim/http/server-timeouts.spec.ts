import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { applyServerTimeouts } from '../../../src/scim/index.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';

const BEGINNING = 'POST /scim/v2/Users HTTP/1.1\r\nHost: app.example.com\r\n';
const SOCKETS_OF_A_KIND = 100;

describe.each(['express', 'fastify'] as const)('a server with time-outs, on %s', (adapter) => {
  let host: ModuleHost;

  beforeAll(async () => {
    // Shorter than a host's, so that nobody waits for them.
    const timeouts = { headersTimeoutMs: 2000, requestTimeoutMs: 2500 };
    host = await startModuleHost({
      adapter,
      configure: (app) => applyServerTimeouts(app.getHttpServer(), timeouts),
    });
  });

  afterAll(() => host.stop());

  it('ends hundreds of connections that say nothing, or not enough, and answers everybody else meanwhile', async () => {
    const client = await host.client();
    const port = Number(new URL(host.url).port);
    const body = `Authorization: Bearer ${client.token}\r\nContent-Type: application/scim+json\r\nContent-Length: 99\r\n\r\n{`;
    const begun = ['', BEGINNING, `${BEGINNING}${body}`].flatMap((text) => Array<string>(SOCKETS_OF_A_KIND).fill(text));
    const sockets = await Promise.all(begun.map((text) => begin(port, text)));
    let open = sockets.length;
    const ends = sockets.map((socket) => untilEnd(socket).finally(() => (open -= 1)));
    const statuses: number[] = [];
    while (open > 0) {
      statuses.push((await client.get('/Users')).status);
      await nextTurn();
    }
    expect(new Set(statuses)).toEqual(new Set([200]));
    for (const said of await Promise.all(ends)) expect(said).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('the time-outs of a server', () => {
  it('are ten seconds for headers and thirty for a request, unless a host knows better', () => {
    const server = createServer();
    applyServerTimeouts(server);
    expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000 });
    applyServerTimeouts(server, { requestTimeoutMs: 120_000 });
    expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 120_000 });
  });

  it.each([
    { headersTimeoutMs: 0 },
    { headersTimeoutMs: -1 },
    { headersTimeoutMs: Number.NaN },
    { headersTimeoutMs: 2000, requestTimeoutMs: 1000 },
  ])('are refused where they are none: %j', (timeouts) => {
    expect(() => applyServerTimeouts(createServer(), timeouts)).toThrow('headersTimeoutMs');
  });

  it('are refused where they would come too late', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    expect(() => applyServerTimeouts(server)).toThrow('before the server listens');
    server.close();
    await once(server, 'close');
  });
});

/** A request that is never finished. */
async function begin(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  await once(socket, 'connect');
  if (text !== '') socket.write(text);
  return socket;
}

/** What the server said before it closed the connection. */
async function untilEnd(socket: Socket): Promise<string> {
  let said = '';
  socket.on('data', (text: string) => (said += text));
  await once(socket, 'close');
  return said;
}
