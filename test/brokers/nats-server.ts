import { freePort } from '../support/free-port.js';
import { ServerProcess, temporaryFolder } from './server-process.js';

export const NATS = 'nats-server';

export interface Nats {
  readonly url: string;
  readonly process: ServerProcess;
  /** Ends it, and deletes what it kept. */
  discard(): Promise<void>;
}

/** A server with JetStream, on a free port of 127.0.0.1, with its streams in a temporary folder. */
export async function startNats(): Promise<Nats> {
  const folder = temporaryFolder();
  const port = await freePort();
  const args = ['--jetstream', '--store_dir', folder.path, '--addr', '127.0.0.1', '--port', String(port)];
  const server = new ServerProcess({ file: NATS, args, port }, folder.path);
  const discard = async (): Promise<void> => {
    await server.end('SIGKILL');
    folder.remove();
  };
  try {
    await server.start();
  } catch (error) {
    await discard();
    throw error;
  }
  return { url: `nats://127.0.0.1:${port}`, process: server, discard };
}
