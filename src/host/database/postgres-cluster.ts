import { randomBytes } from 'node:crypto';
import { chown, mkdir, mkdtemp, readFile, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findBinaryPackage, prepareBinaries } from './postgres-binaries.js';
import { canEnter, findServerAccount, runProgram, type ProgramResult, type ServerAccount } from './server-account.js';

/** One database cluster on disk and what it takes to run it. */
export interface PostgresCluster {
  /** PGDATA. */
  readonly data: string;
  readonly log: string;
  readonly password: string;
  readonly binaries: string;
  readonly account: ServerAccount | undefined;
}

/** What postmaster.pid says about the server that wrote it. */
export interface ServerProcess {
  readonly processId: number;
  readonly port: number;
}

export const superuser = 'scim';

/** Finds the cluster below `dataDirectory`, making it on the first start. */
export async function prepareCluster(dataDirectory: string, durable: boolean): Promise<PostgresCluster> {
  const home = join(dataDirectory, 'postgres');
  const account = await findServerAccount(join(home, 'data'));
  const binaries = await prepareBinaries(await findBinaryPackage(), account);
  if (!(await exists(home))) await createCluster(home, { binaries, account, durable });
  try {
    // The real path: the account may be unable to follow a link from a folder that is closed to it.
    const real = await realpath(home);
    const password = (await readFile(join(real, 'password'), 'utf8')).trim();
    return { data: join(real, 'data'), log: join(real, 'server.log'), password, binaries, account };
  } catch (cause) {
    throw new Error(
      `The embedded database in ${home} cannot be used: its password file cannot be read. Another user may have made ` +
        'it; start as that user, or set DATA_DIR to another folder.',
      { cause },
    );
  }
}

/** Starts the server and waits until it accepts connections or fails. */
export async function startServer(cluster: PostgresCluster, durable: boolean): Promise<ProgramResult> {
  const settings: Record<string, string | number> = {
    port: await findFreePort(),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const args = ['start', '-w', '-t', '60', '-D', cluster.data, '-l', cluster.log, '-o', options.join(' ')];
  return runProgram(join(cluster.binaries, 'pg_ctl'), args, cluster.account);
}

export async function stopServer(cluster: PostgresCluster): Promise<void> {
  const args = ['stop', '-w', '-t', '60', '-m', 'fast', '-D', cluster.data];
  const { succeeded, output } = await runProgram(join(cluster.binaries, 'pg_ctl'), args, cluster.account);
  if (!succeeded && (await findServerProcess(cluster))) {
    throw new Error(`The embedded PostgreSQL did not stop:\n${output}`);
  }
}

/**
 * Finds the server that runs on the cluster. A postmaster.pid left by a server that was killed is removed when its
 * process id now belongs to another program, and one that came with a copy of another data folder as well:
 * PostgreSQL itself would take either for a running server.
 */
export async function findServerProcess(cluster: PostgresCluster): Promise<ServerProcess | undefined> {
  const file = join(cluster.data, 'postmaster.pid');
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const processId = Number(lines[0]);
  if (!Number.isInteger(processId) || processId <= 0) return undefined;
  const command = await readCommand(processId);
  if (command.includes('postgres') && !(await isOther(cluster.data, lines[1] ?? ''))) {
    return { processId, port: Number(lines[3] ?? 0) };
  }
  await rm(file, { force: true });
  return undefined;
}

/** The command line of a live process; empty for none and for one that is dead but not yet buried. */
export async function readCommand(processId: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${processId}/cmdline`, 'utf8').catch(() => '');
  if (process.platform === 'win32') return isAlive(processId) ? 'postgres' : '';
  return (await runProgram('/bin/ps', ['-p', String(processId), '-o', 'command='], undefined)).output;
}

/** The last lines of the server's log, for error messages. */
export async function readLogTail(cluster: PostgresCluster): Promise<string> {
  const log = await readFile(cluster.log, 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-20).join('\n');
}

interface ClusterPlan {
  readonly binaries: string;
  readonly account: ServerAccount | undefined;
  readonly durable: boolean;
}

/** Makes the cluster under another name first: of two processes one wins the rename, and a kill leaves no half cluster. */
async function createCluster(home: string, plan: ClusterPlan): Promise<void> {
  await mkdir(join(home, '..'), { recursive: true });
  const reachable = await canEnter(join(home, '..'), plan.account);
  const staging = await makeStaging(reachable ? home : '/var/lib/nestjs-scim/postgres', plan.account);
  const { succeeded, output } = await runInitdb(staging, plan);
  if (!succeeded) {
    await rm(staging, { recursive: true, force: true });
    throw new Error(`The embedded PostgreSQL could not make its data folder for ${home}:\n${output}`);
  }
  try {
    // A data folder that the server's account cannot reach stands elsewhere, and only a link to it here.
    await (reachable ? rename(staging, home) : symlink(staging, home));
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (!(await exists(home))) throw error;
  }
}

async function makeStaging(prefix: string, account: ServerAccount | undefined): Promise<string> {
  await mkdir(join(prefix, '..'), { recursive: true });
  const staging = await mkdtemp(`${prefix}-`);
  const password = join(staging, 'password');
  await writeFile(password, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  if (account) await Promise.all([staging, password].map((path) => chown(path, account.uid, account.gid)));
  return staging;
}

function runInitdb(staging: string, { binaries, account, durable }: ClusterPlan): Promise<ProgramResult> {
  const args = [
    `--pgdata=${join(staging, 'data')}`,
    `--username=${superuser}`,
    `--pwfile=${join(staging, 'password')}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    ...(durable ? [] : ['--no-sync']),
  ];
  return runProgram(join(binaries, 'initdb'), args, account);
}

async function isOther(folder: string, other: string): Promise<boolean> {
  const [one, two] = await Promise.all([folder, other].map((path) => stat(path).catch(() => undefined)));
  return one !== undefined && two !== undefined && (one.dev !== two.dev || one.ino !== two.ino);
}

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

/** A port of 127.0.0.1 that nobody listens on at this moment. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
