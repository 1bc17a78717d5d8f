import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostSettings } from './host-settings.js';

/**
 * The settings with token peppers: outside production mode a missing one is made and kept in the data folder, readable by
 * its owner alone, so that tokens outlive a restart. In production nobody should have to look for a key in a folder.
 */
export async function withPeppers(settings: HostSettings): Promise<HostSettings> {
  if (settings.peppers !== undefined || settings.production) return settings;
  await mkdir(settings.dataDirectory, { recursive: true });
  const file = join(settings.dataDirectory, 'scim-token-pepper');
  return { ...settings, peppers: await readOrMake(file) };
}

async function readOrMake(file: string): Promise<string> {
  const made = `demo:${randomBytes(32).toString('base64url')}`;
  try {
    // `wx`: of two hosts that start at once on one folder, one writes and both read.
    await writeFile(file, `${made}\n`, { flag: 'wx', mode: 0o600 });
    return made;
  } catch (error) {
    if (!isFileExists(error)) throw error;
    return (await readFile(file, 'utf8')).trim();
  }
}

const isFileExists = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';
