import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { startEmbeddedPostgres } from '../database/embedded-postgres.js';
import { type HostSettings, readSettings } from '../host-settings.js';
import type { Organization } from '../organizations/organization.entity.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { findPeppers } from '../scim-pepper.js';
import { CliModule } from './cli.module.js';
import { StderrLogger } from './stderr-logger.js';

/** The host without its server, for one command. */
export interface HostContext {
  readonly app: INestApplicationContext;
  readonly settings: HostSettings;
}

/** The same, for one organization of it. */
export interface OrganizationContext extends HostContext {
  readonly organization: Organization;
}

/**
 * Runs a command on the host's database: that of DATABASE_URL, else the embedded one, which is joined where a host runs on it
 * and else started for as long as the command takes.
 * @throws Error where there is no database that a host has made; what `work` throws.
 */
export async function withHost(work: (context: HostContext) => Promise<void>): Promise<void> {
  const settings = await withKnownPeppers(readSettings(process.env));
  const postgres = settings.databaseUrl === undefined ? await joinDatabase(settings) : undefined;
  try {
    const databaseUrl = settings.databaseUrl ?? postgres?.url ?? '';
    // The host delivers events: a command's handlers would be those of another release while one is rolled out.
    const module = CliModule.forRoot({ ...settings, databaseUrl, deliverEvents: false });
    const app = await NestFactory.createApplicationContext(module, { logger: new StderrLogger(), abortOnError: false });
    try {
      await work({ app, settings });
    } finally {
      await app.close();
    }
  } finally {
    await postgres?.stop();
  }
}

/** @throws NotFoundException for a slug that no organization has. */
export const withOrganization = (slug: string, work: (context: OrganizationContext) => Promise<void>): Promise<void> =>
  withHost(async (context) => {
    const organization = await context.app.get(OrganizationsService, { strict: false }).getBySlug(slug);
    await work({ ...context, organization });
  });

/** Never makes one: a token of a pepper that the host does not have would open nothing. */
async function withKnownPeppers(settings: HostSettings): Promise<HostSettings> {
  const peppers = settings.peppers ?? (await findPeppers(settings.dataDirectory));
  return { ...settings, peppers };
}

async function joinDatabase({ dataDirectory }: HostSettings): Promise<{ url: string; stop(): Promise<void> }> {
  const isMade = await access(join(dataDirectory, 'postgres')).then(
    () => true,
    () => false,
  );
  if (isMade) return startEmbeddedPostgres({ dataDirectory, durable: true });
  throw new Error(
    `There is no database in ${dataDirectory}. Start the host once (npm start), or set DATABASE_URL or DATA_DIR to what it has.`,
  );
}
