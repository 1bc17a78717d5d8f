import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Builds the host where its sources are newer than what was built last, so that a command of its command line is as quick as
 * it can be. Says nothing on stdout, which belongs to the command.
 */
process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const STAMP = 'build/built';
const SETTINGS = ['nest-cli.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.host.json'];

const sources = readdirSync('src', { recursive: true, withFileTypes: true });
// Folders, too: theirs is the time of a removal.
const files = [...SETTINGS, 'src', ...sources.map(({ parentPath, name }) => `${parentPath}/${name}`)];
const isBuilt = existsSync(STAMP) && existsSync('build/host/cli/main.js');
const builtAt = isBuilt ? statSync(STAMP).mtimeMs : 0;

if (files.some((file) => statSync(file).mtimeMs >= builtAt)) {
  const began = new Date();
  // The compiler believes this file, which outlives the folder that it tells of.
  if (!existsSync('build')) rmSync('tsconfig.host.tsbuildinfo', { force: true });
  const nest = ['node_modules/@nestjs/cli/bin/nest.js', 'build'];
  const { status } = spawnSync(process.execPath, nest, { stdio: ['ignore', process.stderr, 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(STAMP, '');
  // What was saved meanwhile is newer.
  utimesSync(STAMP, began, began);
}
