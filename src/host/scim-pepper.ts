import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostSettings } from './host-settings.js';

/**
 * The settings with token peppers: outside production mode a missing one is made and kept in the data folder, readable by
 * its owner alone, so that tokens outlive a restart. In production nobody should have to look for a key in a folder.
 */
export async function withPeppers(settings: HostSettings): Promise<HostSettings> {
  if (settings.peppers !== undefined || settings.production) return settings;
  await mkdir(settings.dataDirectory, { recursive: true });
  return { ...settings, peppers: await readOrMake(fileIn(settings.dataDirectory)) };
}

/** Those that a host made and kept in the data folder; undefined where none did. */
export async function findPeppers(dataDirectory: string): Promise<string | undefined> {
  const text = await readFile(fileIn(dataDirectory), 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}

const fileIn = (dataDirectory: string): string => join(dataDirectory, 'scim-token-pepper');

async function readOrMake(file: string): Promise<string> {
  await makeOnce(file, `demo:${randomBytes(32).toString('base64url')}\n`);
  const pepper = (await readFile(file, 'utf8')).trim();
  if (pepper !== '') return pepper;
  throw new Error(`${file} is empty. Delete it to have a new one made, or set SCIM_TOKEN_PEPPERS.`);
}

/** Whole under its name, or not there: of two hosts that start at once on one folder, one makes it and both read that. */
async function makeOnce(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, text, { flag: 'wx', mode: 0o600, flush: true });
    await link(draft, file);
  } catch (error) {
    if (!isFileExists(error)) throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

const isFileExists = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';
