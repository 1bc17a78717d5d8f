import { once } from 'node:events';
import { connect } from 'node:net';
import { startHost } from '../support/host.js';

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
