import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { migrate } from '../../src/host/database/migrate.js';
import {
  findServerProcess,
  type PostgresCluster,
  prepareCluster,
  readLogTail,
  superuser,
} from '../../src/host/database/postgres-cluster.js';
import { runProgram } from '../../src/host/database/server-account.js';
import { runStatement } from '../support/database.js';
import { chooseBase, discardCluster, makeClusterFolder } from '../support/throw-away-cluster.js';

/** How a server goes down: PostgreSQL's immediate shutdown, or SIGKILL to each of its processes. */
export type HardStop = 'immediate' | 'kill';

/** A PostgreSQL of one's own, with everything on that makes commits durable, to be stopped, started and frozen. */
export interface FaultServer {
  /** A new database with all tables. */
  createDatabase(): Promise<string>;
  stopHard(how: HardStop): Promise<void>;
  /** On the same port. Resolves when it takes connections. */
  startAgain(): Promise<void>;
  /** SIGSTOP to each of its processes: connections are taken by the kernel, and nothing is answered. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  discard(): Promise<void>;
}

const TEMPLATE = 'migrated';
/** A killed server's shared memory goes with the last of its processes. */
const MOST_STARTS = 50;

/** @param memory whether its files may stand in memory: as durable against every fault but a power cut, and quicker. */
export async function startFaultServer(memory: boolean): Promise<FaultServer> {
  const folder = await makeClusterFolder(memory ? await chooseBase() : tmpdir());
  try {
    const cluster = await prepareCluster(folder, true);
    const port = await findLowPort();
    const startAgain = (): Promise<void> => start(cluster, port);
    await startAgain();
    const urlOf = (name: string): string => `postgres://${superuser}:${cluster.password}@127.0.0.1:${port}/${name}`;
    await runStatement(urlOf('postgres'), `create database ${TEMPLATE}`);
    await migrate(urlOf(TEMPLATE));
    let frozen: readonly number[] = [];
    const thaw = async (): Promise<void> => {
      for (const processId of frozen.toReversed()) signal(processId, 'SIGCONT');
      frozen = [];
    };
    let databases = 0;
    return {
      async createDatabase() {
        databases += 1;
        await runStatement(urlOf('postgres'), `create database faults_${databases} template ${TEMPLATE}`);
        return urlOf(`faults_${databases}`);
      },
      stopHard: (how) => stop(cluster, how),
      startAgain,
      async freeze() {
        frozen = await processesOf(cluster);
        for (const processId of frozen) signal(processId, 'SIGSTOP');
      },
      thaw,
      async discard() {
        await thaw();
        await discardCluster(folder);
      },
    };
  } catch (error) {
    await discardCluster(folder);
    throw error;
  }
}

async function start(cluster: PostgresCluster, port: number): Promise<void> {
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=300'];
  const options = [...settings, 'timezone=UTC'].map((setting) => `-c ${setting}`).join(' ');
  const args = ['start', '-w', '-t', '60', '-D', cluster.data, '-l', cluster.log, '-o', options];
  for (let starts = 1; ; starts += 1) {
    const { succeeded, output } = await runProgram(join(cluster.binaries, 'pg_ctl'), args, cluster.account);
    if (succeeded) return;
    if (starts === MOST_STARTS) throw new Error(`PostgreSQL did not start.\n${output}\n${await readLogTail(cluster)}`);
    await delay(100);
    // Removes a pid file whose process was killed.
    await findServerProcess(cluster);
  }
}

async function stop(cluster: PostgresCluster, how: HardStop): Promise<void> {
  if (how === 'immediate') {
    const args = ['stop', '-w', '-t', '60', '-m', 'immediate', '-D', cluster.data];
    const { succeeded, output } = await runProgram(join(cluster.binaries, 'pg_ctl'), args, cluster.account);
    if (!succeeded && (await findServerProcess(cluster))) throw new Error(`PostgreSQL did not stop.\n${output}`);
    return;
  }
  for (const processId of await processesOf(cluster)) signal(processId, 'SIGKILL');
  await findServerProcess(cluster);
}

/** The postmaster first, which could start others else. */
async function processesOf(cluster: PostgresCluster): Promise<readonly number[]> {
  const server = await findServerProcess(cluster);
  if (!server) throw new Error('PostgreSQL does not run.');
  const children = (await readProcesses()).flatMap(([processId, parent]) =>
    parent === server.processId ? [processId] : [],
  );
  return [server.processId, ...children];
}

/** Process ids with those of their parents. */
async function readProcesses(): Promise<readonly (readonly [number, number])[]> {
  if (process.platform !== 'linux') {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
    return stdout.split('\n').map((line) => [Number.parseInt(line), Number(line.trim().split(/\s+/)[1])]);
  }
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // The parent is the second field after the program's name, which stands in parentheses and may hold anything.
  const stats = names.map(async (name) => {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    return [Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as const;
  });
  return Promise.all(stats);
}

/** A child may have ended by itself. */
function signal(processId: number, name: NodeJS.Signals): void {
  try {
    process.kill(processId, name);
  } catch (error) {
    if (!(typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * A free port below those that the kernel gives to outgoing connections: of those, one that is being connected to while its
 * server is down may become the connection's own, and then the server does not get it back.
 */
async function findLowPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (await isFree(port)) return port;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
