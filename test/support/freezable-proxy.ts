import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from './free-port.js';

export interface FreezableProxy {
  /** The database's URL by way of the proxy. */
  readonly url: string;
  /** From now on connections are taken and nothing comes through, as if the server were stopped by SIGSTOP. */
  freeze(): void;
  /** All that was held back comes through. */
  thaw(): void;
  stop(): void;
}

/** Stands between a host and its PostgreSQL, which may be on another machine or belong to others. */
export async function startFreezableProxy(databaseUrl: string): Promise<FreezableProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let frozen = false;
  const forward = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('data', (chunk) => to.write(chunk));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    if (frozen) from.pause();
  };
  const server = createServer((socket) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    forward(socket, upstream);
    forward(upstream, socket);
  });
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
