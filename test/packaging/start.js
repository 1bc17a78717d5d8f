import assert from 'node:assert/strict';
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
const origin = `http://127.0.0.1:${port}`;
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
    if (output.includes(origin)) {
      child.stdout.resume();
      console.log(`ok      npm start: up after ${((Date.now() - began) / 1000).toFixed(1)} s`);
      return child;
    }
  }
  throw new Error(`npm start ended without a word of welcome:\n${output}`);
}

async function checkPage() {
  const response = await fetch(`${origin}/orgs/acme/settings/saml`);
  if (response.status !== 200) throw new Error(`The settings page answered ${response.status}.`);
}

/** What a person does on the page: signs in, generates a token, and the identity provider adds somebody with it. */
async function addUser() {
  const signedIn = await post('/api/login', { email: 'owner@acme.example', password: 'demo' });
  const cookie = signedIn.response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const { body: generated } = await post('/api/organizations/acme/scim/tokens', { label: 'start' }, { cookie });
  const authorization = `Bearer ${generated.token}`;
  const user = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada', externalId: 'a-1' };
  const { body: created } = await post('/scim/v2/Users', user, { authorization });
  return { authorization, created };
}

/** The token still opens, and the person is still there, to the letter. */
async function checkUser({ authorization, created }) {
  const response = await fetch(`${origin}/scim/v2/Users/${created.id}`, { headers: { authorization } });
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), created);
}

async function post(path, body, headers = {}) {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
  const response = await fetch(origin + path, { ...init, body: JSON.stringify(body) });
  const text = await response.text();
  assert.ok(response.ok, `POST ${path} answered ${response.status}: ${text}`);
  return { response, body: JSON.parse(text) };
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
  const added = await addUser();
  await end(killed, 'SIGKILL');
  const stopped = await start();
  await checkPage();
  await checkUser(added);
  await end(stopped, 'SIGINT');
  await checkDatabaseEnds();
  console.log(
    'ok      npm start: came back after kill -9 with its token and user, and Ctrl+C ended it and its database',
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log('Starting: 1 passed, 0 failed');
