import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../../src/host/database/embedded-postgres.js';
import { findBinaryPackage, prepareBinaries } from '../../../src/host/database/postgres-binaries.js';
import { runProgram } from '../../../src/host/database/server-account.js';

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? it : it.skip;

let folder: string;

beforeAll(async () => {
  folder = await makeFolder();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('startEmbeddedPostgres', () => {
  it('runs a UTF-8 server that only this machine reaches, and only with the password', async () => {
    const server = await startEmbeddedPostgres({ dataDirectory: folder, durable: true });
    const [settings] = await query(
      server.url,
      `select current_setting('server_encoding') as encoding, current_setting('lc_messages') as locale,
              current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
              current_setting('fsync') as fsync`,
    );
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    const { mode } = await stat(join(folder, 'postgres', 'password'));
    await server.stop();

    expect(settings).toEqual({ encoding: 'UTF8', locale: 'C', addresses: '127.0.0.1', sockets: '', fsync: 'on' });
    expect(mode & 0o777).toBe(0o600);
    await expect(query(server.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is shared by those who start it on one folder at once, and runs until the last one stops', async () => {
    const starts = [1, 2, 3].map(() => startEmbeddedPostgres({ dataDirectory: folder, durable: true }));
    const [first, second, third] = await Promise.all(starts);
    if (!first || !second || !third) throw new Error('three servers were started');
    expect(new Set([first.url, second.url, third.url]).size).toBe(1);

    await Promise.all([first.stop(), first.stop(), second.stop()]);
    expect(await query(third.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await third.stop();
    await expect(query(third.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('makes one cluster when two processes start on a new folder at once', async () => {
    const fresh = await makeFolder();
    const starts = [1, 2].map(() => startEmbeddedPostgres({ dataDirectory: fresh, durable: false }));
    const [first, second] = await Promise.all(starts);
    expect(first?.url).toBe(second?.url);
    await Promise.all([first?.stop(), second?.stop()]);
    await rm(fresh, { recursive: true });
  });

  it('recovers what was committed before the server was killed', async () => {
    const killed = await startEmbeddedPostgres({ dataDirectory: folder, durable: true });
    await query(killed.url, 'create table kept as select 42 as answer');
    process.kill(await readServerId(), 'SIGKILL');

    const server = await startEmbeddedPostgres({ dataDirectory: folder, durable: true });
    expect(await query(server.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await killed.stop();
    expect(await query(server.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await server.stop();
  });

  it('starts in spite of a postmaster.pid whose process id belongs to another program by now', async () => {
    const stale = [process.pid, join(folder, 'postgres', 'data'), 1764000000, 5432, '', '127.0.0.1', ''];
    await writeFile(join(folder, 'postgres', 'data', 'postmaster.pid'), `${stale.join('\n')}\n`);
    const server = await startEmbeddedPostgres({ dataDirectory: folder, durable: true });
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  it('joins the server that a killed process left running, and stops it in the end', async () => {
    const child = startInChild(folder);
    const [line] = await once(child.stdout, 'data');
    const left = String(line).trim();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await query(left, 'select 1 as one')).toEqual([{ one: 1 }]);

    const server = await startEmbeddedPostgres({ dataDirectory: folder, durable: true });
    expect(server.url).toBe(left);
    await server.stop();
    await expect(query(left, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('does not take the server of the folder it was copied from for its own', async () => {
    const original = await startEmbeddedPostgres({ dataDirectory: folder, durable: true });
    const copy = await makeFolder();
    await runProgram('/bin/cp', ['-a', join(folder, 'postgres'), copy], undefined);
    const server = await startEmbeddedPostgres({ dataDirectory: copy, durable: false });
    expect(server.url).not.toBe(original.url);
    await Promise.all([original.stop(), server.stop()]);
    await rm(copy, { recursive: true });
  });

  it('says what the server said when it cannot start', async () => {
    const settings = join(folder, 'postgres', 'data', 'postgresql.conf');
    const before = await readFile(settings, 'utf8');
    await appendFile(settings, 'shared_buffers = nonsense\n');
    const start = startEmbeddedPostgres({ dataDirectory: folder, durable: true });
    await expect(start).rejects.toThrow(/did not start[^]*server\.log[^]*shared_buffers/);
    await writeFile(settings, before);
  });

  asRoot('keeps the data where its account can reach it when the folder is closed to others', async () => {
    const closed = await makeFolder();
    await chmod(closed, 0o700);
    const server = await startEmbeddedPostgres({ dataDirectory: closed, durable: false });
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
    const elsewhere = await realpath(join(closed, 'postgres'));
    expect(elsewhere).not.toBe(join(closed, 'postgres'));
    await Promise.all([elsewhere, closed].map((path) => rm(path, { recursive: true })));
  });
});

describe('prepareBinaries', () => {
  it('makes the library links that npm ci --ignore-scripts leaves out', async () => {
    const source = await copyPackage();
    const links: { target: string }[] = JSON.parse(
      await readFile(join(source.folder, 'native', 'pg-symlinks.json'), 'utf8'),
    );
    await Promise.all(links.map(({ target }) => rm(join(source.folder, target))));
    const before = await runProgram(join(source.folder, 'native', 'bin', 'initdb'), ['--version'], undefined);
    const binaries = await prepareBinaries(source, undefined);
    const after = await runProgram(join(binaries, 'initdb'), ['--version'], undefined);
    await rm(source.folder, { recursive: true });

    expect(before.succeeded).toBe(false);
    expect(binaries).toBe(join(source.folder, 'native', 'bin'));
    expect(after).toEqual({ succeeded: true, output: expect.stringContaining('PostgreSQL') });
  });

  asRoot('copies the programs out of a folder that the account cannot enter, once', async () => {
    const source = await copyPackage();
    await chmod(source.folder, 0o700);
    const account = { uid: 65_534, gid: 65_534 };
    const binaries = await prepareBinaries(source, account);
    const again = await prepareBinaries(source, account);
    const result = await runProgram(join(binaries, 'postgres'), ['--version'], account);
    await Promise.all([source.folder, join(binaries, '..', '..')].map((path) => rm(path, { recursive: true })));

    expect(binaries.startsWith(source.folder)).toBe(false);
    expect(again).toBe(binaries);
    expect(result.succeeded).toBe(true);
  });
});

/** A new folder that any account may enter. */
async function makeFolder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'embedded-postgres-spec-'));
  await chmod(made, 0o755);
  return made;
}

async function copyPackage(): Promise<{ folder: string; version: string }> {
  const { folder: original } = await findBinaryPackage();
  const copy = await makeFolder();
  await mkdir(join(copy, 'native'));
  await cp(join(original, 'native'), join(copy, 'native'), { recursive: true, verbatimSymlinks: true });
  return { folder: copy, version: `spec-${process.pid}` };
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

async function readServerId(): Promise<number> {
  return parseInt(await readFile(join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8'), 10);
}

/** A process of its own that starts the server, prints the URL and stays. */
function startInChild(dataDirectory: string) {
  const hooks = new URL('../../support/typescript-hooks.js', import.meta.url).href;
  const product = new URL('../../../src/host/database/embedded-postgres.ts', import.meta.url).href;
  const script = `
    import { register } from 'node:module';
    register(${JSON.stringify(hooks)});
    const { startEmbeddedPostgres } = await import(${JSON.stringify(product)});
    const { url } = await startEmbeddedPostgres({ dataDirectory: ${JSON.stringify(dataDirectory)}, durable: true });
    console.log(url);
    setInterval(() => {}, 1000);
  `;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}
