import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import { createApp } from '../../src/host/create-app.js';
import type { HostSettings } from '../../src/host/host-settings.js';
import { createTestDatabase } from './database.js';
import { freePort } from './free-port.js';
import { CANARY_PEPPER } from './secrets.js';
import { watchForSecrets } from './watch-for-secrets.js';

export interface TestHost {
  /** Origin of the running host, without a slash at the end. */
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly databaseUrl: string;
  readonly dataSource: DataSource;
  stop(): Promise<void>;
}

/**
 * Starts the complete reference host in this process, with its demo data, on a database of its own.
 * @param overrides settings that matter to the test, e.g. the `databaseUrl` of a host that was stopped before.
 */
export async function startHost(overrides: Partial<HostSettings> = {}): Promise<TestHost> {
  watchForSecrets();
  const port = overrides.port ?? (await freePort());
  const url = overrides.publicUrl ?? `http://127.0.0.1:${port}`;
  const databaseUrl = overrides.databaseUrl ?? (await createTestDatabase()).url;
  const settings = {
    port,
    host: '127.0.0.1',
    publicUrl: url,
    databaseUrl,
    // Long, because a test machine may be busy.
    databaseTimeoutMs: 20_000,
    dataDirectory: '.data',
    peppers: CANARY_PEPPER,
    scimRateLimit: 0,
    demo: true,
    production: false,
    ...overrides,
  };
  // TEST_LOG=1 shows what the host logs.
  const app = await createApp(settings, process.env.TEST_LOG ? {} : { logger: false });
  await app.listen(port, '127.0.0.1');
  return { url, app, databaseUrl, dataSource: app.get(DataSource), stop: () => app.close() };
}
