import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
// @ts-expect-error -- plain JavaScript, which Node loads before there is TypeScript
import { load } from '../support/typescript-hooks.js';
import { discardCluster, makeClusterFolder } from '../support/throw-away-cluster.js';

/** What a host process is made of, translated once: translating at each start takes as long as all the rest of it. */
export interface Program {
  /** The file to run. */
  readonly script: string;
  discard(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PARTS = ['src/scim', 'test/support', 'test/faults'];

export async function translateProgram(): Promise<Program> {
  const folder = await makeClusterFolder(tmpdir());
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const part of PARTS) {
    const files = (await readdir(join(ROOT, part), { recursive: true })).filter((file) => file.endsWith('.ts'));
    await Promise.all(files.map((file) => translate(join(part, file), folder)));
  }
  return { script: join(folder, 'test/faults/host-process.js'), discard: () => discardCluster(folder) };
}

async function translate(file: string, folder: string): Promise<void> {
  const target = join(folder, file.replace(/\.ts$/, '.js'));
  await mkdir(dirname(target), { recursive: true });
  const { source } = await load(pathToFileURL(join(ROOT, file)).href);
  await writeFile(target, source);
}
