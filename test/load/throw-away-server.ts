import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/host/database/embedded-postgres.js';
import { migrate } from '../../src/host/database/migrate.js';

/** A number from the environment. */
export const read = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** To be called for whatever `work` starts; undone in reverse, also when the time is up. */
export type Undo = (step: () => Promise<unknown>) => void;

/** Runs `work` with a durable server of its own, whose data is deleted at the end; gives up after LOAD_MINUTES. */
export async function withThrowAwayServer(
  work: (databaseUrl: string, undo: Undo) => Promise<void>,
  minutes = read('LOAD_MINUTES', 12),
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), `nestjs-scim-load-${process.pid}-`));
  // The server has an account of its own under root.
  await chmod(folder, 0o755);
  const steps: (() => Promise<unknown>)[] = [
    async () => {
      const home = await realpath(join(folder, 'postgres')).catch(() => folder);
      await rm(home, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    },
  ];
  const cleanUp = async (): Promise<void> => {
    for (let step = steps.pop(); step; step = steps.pop()) await step();
  };
  const giveUp = (reason: string): void => {
    console.error(reason);
    void cleanUp().finally(() => process.exit(1));
  };
  setTimeout(() => giveUp('The time is up.'), minutes * 60_000).unref();
  process.once('SIGINT', () => giveUp('Interrupted.'));
  process.once('SIGTERM', () => giveUp('Terminated.'));
  try {
    const server = await startEmbeddedPostgres({ dataDirectory: folder, durable: true });
    steps.push(() => server.stop());
    await migrate(server.url);
    await work(server.url, (step) => steps.push(step));
  } finally {
    await cleanUp();
  }
}
