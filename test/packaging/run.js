import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';

/**
 * Installs the packed package, as npm would publish it, into empty hosts outside the project and lets each tell the
 * users story: Nest 11 and 12, compiled to ES modules and to CommonJS. Needs `npm run build` beforehand.
 */
register('../support/typescript-hooks.js', import.meta.url);
const { startThrowAwayCluster } = await import('../support/throw-away-cluster.ts');
const { freePort } = await import('../support/free-port.ts');

const here = fileURLToPath(new URL('.', import.meta.url));
const project = join(here, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'nestjs-scim-packaging-'));
const cluster = await startThrowAwayCluster();
let passed = 0;
let failed = 0;

checkReadme();
try {
  const tarball = pack();
  for (const nest of ['nest-11', 'nest-12']) {
    const host = install(nest, tarball);
    for (const type of ['module', 'commonjs']) await runHost(host, type, `${nest}, ${type}`);
  }
} finally {
  await cluster.discard();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`Packaging: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

/** What the README tells a developer to write is what the host below compiles, to the letter but for the indentation. */
function checkReadme() {
  const flat = (text) => text.replaceAll(/\s+/g, ' ').trim();
  const source = readFileSync(join(here, 'host', 'main.ts'), 'utf8');
  const [, compiled = ''] = /README:begin\nconst scim = (.*?)\/\/ README:end/s.exec(source) ?? [];
  assert.ok(compiled !== '' && flat(readFileSync(join(project, 'README.md'), 'utf8')).includes(flat(compiled)));
}

/** @returns the tarball, after a look at what stands in it. */
function pack() {
  const output = run('npm', ['pack', '--json', '--pack-destination', folder], project);
  const [{ filename, files, unpackedSize }] = JSON.parse(output);
  const strange = files
    .map((file) => file.path)
    .filter((path) => !/^(dist\/|[A-Z]+(\.md)?$|package\.json$)/.test(path));
  if (strange.length > 0) throw new Error(`The package has files it should not have: ${strange.join(', ')}`);
  console.log(`${filename}: ${files.length} files, ${Math.round(unpackedSize / 1024)} KiB unpacked`);
  return join(folder, filename);
}

/** An empty host with the peers alone; what else the package needs it has to bring itself. */
function install(nest, tarball) {
  const host = join(folder, nest);
  mkdirSync(host);
  cpSync(join(here, nest), host, { recursive: true });
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], host);
  run(
    'npm',
    ['install', tarball, '--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'],
    host,
  );
  return host;
}

async function runHost(host, type, name) {
  const source = join(host, type);
  cpSync(join(here, 'host'), source, { recursive: true });
  writeFileSync(join(source, 'package.json'), JSON.stringify({ private: true, type }));
  try {
    run(process.execPath, [join(host, 'node_modules/typescript/bin/tsc'), '-p', source], source);
    const env = { ...process.env, DATABASE_URL: await createDatabase(), PORT: String(await freePort()) };
    const options = { cwd: source, env, timeout: 60_000 };
    await promisify(execFile)(process.execPath, ['build/main.js'], options);
    passed += 1;
    console.log(`ok      ${name}: installed, compiled, started, and a user came and went`);
  } catch (error) {
    failed += 1;
    console.error(`failed  ${name}\n${error.stdout ?? ''}${error.stderr ?? error}`);
  }
}

async function createDatabase() {
  const name = `packaging_${passed + failed}`;
  const client = new pg.Client({ connectionString: cluster.url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(cluster.url);
  url.pathname = `/${name}`;
  return url.href;
}

function run(file, args, cwd) {
  return execFileSync(file, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
