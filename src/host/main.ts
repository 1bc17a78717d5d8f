import { once } from 'node:events';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from './create-app.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './database/embedded-postgres.js';
import { migrate } from './database/migrate.js';
import { type HostSettings, readSettings } from './host-settings.js';
import { withPeppers } from './scim-pepper.js';
import { welcome } from './welcome.js';

/** How long a stop may take before the process ends anyway. */
const STOP_TIMEOUT_MS = 15_000;

/** `npm start`: the database, its migrations, the host, and a word of welcome. */
async function main(): Promise<void> {
  const settings = await withPeppers(readSettings(process.env));
  const stopping = new AbortController();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, () => stopping.abort());
  const postgres = settings.databaseUrl === undefined ? await startDatabase(settings) : undefined;
  try {
    const databaseUrl = settings.databaseUrl ?? postgres?.url ?? '';
    await migrate(databaseUrl);
    const app = await createApp({ ...settings, databaseUrl });
    await serve(app, settings, stopping.signal);
  } finally {
    await postgres?.stop();
  }
}

async function startDatabase({ dataDirectory }: HostSettings): Promise<EmbeddedPostgres> {
  console.log(`Starting the embedded PostgreSQL (data in ${dataDirectory}) …`);
  return startEmbeddedPostgres({ dataDirectory, durable: true });
}

/** Until a signal comes. */
async function serve(app: NestExpressApplication, settings: HostSettings, stopped: AbortSignal): Promise<void> {
  try {
    await listen(app, settings);
    console.log(welcome(settings));
    if (!stopped.aborted) await new Promise((resolve) => stopped.addEventListener('abort', resolve, { once: true }));
    console.log('Stopping …');
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
  } finally {
    await app.close();
  }
}

/** Not `app.listen`: that logs a port in use in words of its own, before it is explained here. */
async function listen(app: NestExpressApplication, { port, host }: HostSettings): Promise<void> {
  await app.init();
  const server = app.getHttpServer();
  server.listen(port, host);
  // Rejects when the server emits `error` first.
  await once(server, 'listening');
}

function explain(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return 'Its port is in use. Choose another one, e.g. PORT=3001 npm start.';
  if (code === 'EACCES') return `It lacks a permission (${String(error)}).`;
  if (code === 'ECONNREFUSED') return 'Nothing answers at DATABASE_URL.';
  return error instanceof Error ? error.message : String(error);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`The host did not start: ${explain(error)}`);
    process.exit(1);
  },
);
