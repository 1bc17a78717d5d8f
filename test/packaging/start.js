import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { register } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs the README's first command as a new user does, on an empty data folder: it starts, shows the settings page, comes
 * back after a kill -9 with its data, and ends in peace on Ctrl+C.
 */
register('../support/typescript-hooks.js', import.meta.url);
const { freePort } = await import('../support/free-port.ts');

const folder = mkdtempSync(join(tmpdir(), 'nestjs-scim-start-'));
const port = await freePort();
const env = { ...process.env, PORT: String(port), DATA_DIR: join(folder, 'data') };
for (const name of ['DATABASE_URL', 'PUBLIC_URL', 'HOST', 'NODE_ENV', 'SCIM_TOKEN_PEPPERS']) delete env[name];

/** @returns the process group of `npm start` once the host says that it is up. */
async function start() {
  const began = Date.now();
  const child = spawn('npm', ['start'], { env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8');
  for await (const text of child.stdout.iterator({ destroyOnReturn: false })) {
    output += text;
    if (output.includes(`http://127.0.0.1:${port}`)) {
      child.stdout.resume();
      console.log(`ok      npm start: up after ${((Date.now() - began) / 1000).toFixed(1)} s`);
      return child;
    }
  }
  throw new Error(`npm start ended without a word of welcome:\n${output}`);
}

async function checkPage() {
  const response = await fetch(`http://127.0.0.1:${port}/orgs/acme/settings/saml`);
  if (response.status !== 200) throw new Error(`The settings page answered ${response.status}.`);
}

async function end(child, signal) {
  const exited = once(child, 'exit');
  process.kill(-child.pid, signal);
  await exited;
}

/** npm itself ends at once on Ctrl+C; the host ends a little later, and its database with it. */
async function checkDatabaseEnds() {
  const pidFile = join(env.DATA_DIR, 'postgres', 'data', 'postmaster.pid');
  for (let waited = 0; existsSync(pidFile); waited += 100) {
    if (waited > 20_000) throw new Error('The database still runs 20 s after Ctrl+C.');
    await delay(100);
  }
}

try {
  const killed = await start();
  await checkPage();
  await end(killed, 'SIGKILL');
  const stopped = await start();
  await checkPage();
  await end(stopped, 'SIGINT');
  await checkDatabaseEnds();
  console.log('ok      npm start: came back after kill -9, and Ctrl+C ended it and its database');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log('Starting: 1 passed, 0 failed');
