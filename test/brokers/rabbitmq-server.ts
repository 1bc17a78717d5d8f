import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { ServerProcess, temporaryFolder } from './server-process.js';

/** Past Debian's wrapper, which would take us for the system's service. */
export const RABBITMQ = '/usr/lib/rabbitmq/bin/rabbitmq-server';

export interface RabbitMq {
  readonly url: string;
  readonly process: ServerProcess;
  /** Ends it, and deletes what it kept. */
  discard(): Promise<void>;
}

/** A node of its own, on free ports of 127.0.0.1, with everything it writes in a temporary folder. */
export async function startRabbitMq(): Promise<RabbitMq> {
  const folder = temporaryFolder();
  const [port, distribution, names] = [await freePort(), await freePort(), await freePort()];
  const home = join(folder.path, 'home');
  mkdirSync(home);
  const config = join(folder.path, 'rabbitmq.conf');
  writeFileSync(config, `listeners.tcp.1 = 127.0.0.1:${port}\n`);
  // Erlang would start one that nobody ends.
  const epmd = new ServerProcess(
    { file: 'epmd', args: ['-port', String(names), '-address', '127.0.0.1'], port: names },
    folder.path,
  );
  const env = {
    HOME: home,
    ERL_EPMD_PORT: String(names),
    RABBITMQ_NODENAME: `scim-test-${port}@localhost`,
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_MNESIA_BASE: join(folder.path, 'database'),
    RABBITMQ_LOG_BASE: join(folder.path, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder.path, 'plugins'),
  };
  const server = new ServerProcess({ file: RABBITMQ, args: [], env, port }, folder.path);
  const discard = async (): Promise<void> => {
    await server.end('SIGKILL');
    await epmd.end('SIGKILL');
    folder.remove();
  };
  try {
    await epmd.start();
    await server.start();
  } catch (error) {
    await discard();
    throw error;
  }
  return { url: `amqp://127.0.0.1:${port}`, process: server, discard };
}
