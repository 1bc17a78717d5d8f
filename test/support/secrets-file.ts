import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeClusterFolder } from './throw-away-cluster.js';

/** Where the processes of a run note that an answer or a line of a log held a secret. */
export interface SecretsFile {
  readonly path: string;
  /** What was noted, each place once. */
  take(): Promise<string[]>;
}

export async function makeSecretsFile(): Promise<SecretsFile> {
  const path = join(await makeClusterFolder(tmpdir()), 'places');
  return {
    path,
    async take() {
      const text = await readFile(path, 'utf8').catch(() => '');
      await rm(dirname(path), { recursive: true, force: true });
      return [...new Set(text.split('\n').filter((line) => line !== ''))];
    },
  };
}
