import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import {
  findServerProcess,
  prepareCluster,
  readLogTail,
  startServer,
  stopServer,
  superuser,
  type PostgresCluster,
} from './postgres-cluster.js';

export interface EmbeddedPostgresOptions {
  /** The folder that keeps the data; made when missing. One folder is one database cluster. */
  readonly dataDirectory: string;
  /** false switches off what survives a power cut (fsync and the like), for data that is thrown away. */
  readonly durable: boolean;
}

export interface EmbeddedPostgres {
  /** Connection URL of the superuser, on 127.0.0.1 only. */
  readonly url: string;
  /** Leaves the server; the last process that leaves stops it. */
  stop(): Promise<void>;
}

/** Any number; every process that uses an embedded server holds a shared advisory lock on it there. */
const LEASE_LOCK = 76_437_644;
/** A server that replays a long log after a crash needs its time. */
const START_TIMEOUT_MS = 60_000;
const MAX_FAILED_STARTS = 5;

/**
 * Runs the PostgreSQL server that npm installed, on a data folder of one's own.
 *
 * A server that already runs on that folder is joined, whoever started it: another process, or an earlier run that was
 * killed. Each process holds a lease (a session with an advisory lock), so that `stop` knows whether it is the last.
 * Works as root too (the server then runs as "postgres" or "nobody") and after `npm ci --ignore-scripts`.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await prepareCluster(resolve(options.dataDirectory), options.durable);
  const lease = await joinOrStart(cluster, options.durable);
  let stopping: Promise<void> | undefined;
  return {
    url: lease.url,
    stop() {
      stopping ??= leave(cluster, lease);
      return stopping;
    },
  };
}

interface Lease {
  readonly url: string;
  readonly session: pg.Client;
  isLost(): boolean;
}

async function joinOrStart(cluster: PostgresCluster, durable: boolean): Promise<Lease> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let failedStarts = 0;
  let lastOutput = '';
  while (Date.now() < deadline && failedStarts < MAX_FAILED_STARTS) {
    const lease = await takeLease(cluster);
    if (lease) return lease;
    if (await findServerProcess(cluster)) {
      // It is starting, recovering or stopping, perhaps in the hands of another process.
      await delay(100);
      continue;
    }
    const { succeeded, output } = await startServer(cluster, durable);
    if (succeeded) continue;
    // Somebody took the port, somebody else starts the same cluster, or the memory of a killed server is still in use.
    failedStarts += 1;
    lastOutput = output;
    await delay(200);
  }
  throw new Error(
    `The embedded PostgreSQL in ${cluster.data} did not start.\n${lastOutput}` +
      `The end of ${cluster.log}:\n${await readLogTail(cluster)}`,
  );
}

/** @returns undefined when no server runs there, when it accepts nobody yet, and when it is being stopped. */
async function takeLease(cluster: PostgresCluster): Promise<Lease | undefined> {
  const server = await findServerProcess(cluster);
  if (!server?.port) return undefined;
  const url = `postgres://${superuser}:${cluster.password}@127.0.0.1:${server.port}/postgres`;
  const session = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, keepAlive: true });
  let lost = false;
  session.on('error', () => {
    lost = true;
  });
  try {
    await session.connect();
    const { rows } = await session.query<{ shared: boolean }>('select pg_try_advisory_lock_shared($1) as shared', [
      LEASE_LOCK,
    ]);
    if (rows[0]?.shared) return { url, session, isLost: () => lost };
  } catch {
    // Not ready, or a stranger on a port that is no longer ours; the caller tries again until its deadline.
  }
  await session.end().catch(() => undefined);
  return undefined;
}

async function leave(cluster: PostgresCluster, lease: Lease): Promise<void> {
  const current = lease.isLost() ? await takeLease(cluster) : lease;
  if (!current) return;
  const { session } = current;
  try {
    await session.query('select pg_advisory_unlock_shared($1)', [LEASE_LOCK]);
    const { rows } = await session.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [LEASE_LOCK]);
    // Held while the server goes down, the exclusive lock keeps others from joining a server that is about to end.
    if (rows[0]?.last) await stopServer(cluster);
  } finally {
    await session.end().catch(() => undefined);
  }
}
