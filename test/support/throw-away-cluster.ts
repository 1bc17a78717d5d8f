import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, readdir, realpath, rm, statfs } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../src/host/database/embedded-postgres.js';
import { readCommand } from '../../src/host/database/postgres-cluster.js';

const NAME = 'nestjs-scim-test-';
const MEMORY_FOLDER = '/dev/shm';
/** A run's databases take 8 MB each, its log files up to 1 GB; smaller is what Docker gives a container (64 MB). */
const ENOUGH_MEMORY = 4 * 1024 ** 3;

/** Starts an embedded server on a new folder; `discard` takes it down the quick way and deletes the folder. */
export async function startThrowAwayCluster(): Promise<{ url: string; discard(): Promise<void> }> {
  const folder = await makeClusterFolder(await chooseBase());
  const server = await startEmbeddedPostgres({ dataDirectory: folder, durable: false });
  return { url: server.url, discard: () => discardCluster(folder) };
}

/** A new folder, which `removeLeftovers` of a later run knows for one of a run that was killed. */
export async function makeClusterFolder(base: string): Promise<string> {
  const folder = await mkdtemp(join(base, `${NAME}${process.pid}-`));
  // Made for its owner alone, the folder would be closed to the account that the server runs as under root.
  await chmod(folder, 0o755);
  return folder;
}

/** Removes the clusters of test runs that were killed: their folder's name holds the process id of the run. */
export async function removeLeftovers(): Promise<void> {
  for (const base of [tmpdir(), MEMORY_FOLDER]) {
    const entries = await readdir(base).catch(() => []);
    for (const entry of entries.filter((name) => name.startsWith(NAME))) {
      const processId = Number(entry.slice(NAME.length).split('-')[0]);
      if (processId !== process.pid && !isAlive(processId))
        await discardCluster(join(base, entry)).catch(() => undefined);
    }
  }
}

/** A memory file system makes a database in 15 ms; a disk was seen to take 60 to 400. */
export async function chooseBase(): Promise<string> {
  const memory = await statfs(MEMORY_FOLDER).catch(() => undefined);
  const free = Math.min(memory ? memory.bavail * memory.bsize : 0, freemem());
  return free >= ENOUGH_MEMORY ? MEMORY_FOLDER : tmpdir();
}

/** Takes the server down the quick way and deletes the folder. */
export async function discardCluster(folder: string): Promise<void> {
  const home = await realpath(join(folder, 'postgres')).catch(() => folder);
  await quit(join(home, 'data', 'postmaster.pid'));
  await rm(home, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}

/** SIGQUIT is PostgreSQL's immediate shutdown: no checkpoint for data that is deleted next. */
async function quit(pidFile: string): Promise<void> {
  const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  const processId = Number(lines[0]);
  if (!(processId > 0) || !(await readCommand(processId)).includes('postgres')) return;
  process.kill(processId, 'SIGQUIT');
  // Also where somebody had frozen it (test/faults).
  process.kill(processId, 'SIGCONT');
  // A dead process stays visible until its parent buries it, which can take seconds; the file goes at once.
  for (let waited = 0; isAlive(processId) && existsSync(pidFile) && waited < 10_000; waited += 20) await delay(20);
}

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM';
  }
}
