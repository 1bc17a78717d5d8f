import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Of a test: a broker on a busy machine takes a minute to start. */
export const LIMIT_MS = 240_000;
/** Under load; a second on a quiet machine. */
const START_MS = 120_000;
const STOP_MS = 30_000;

/** How to run a server. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Listens on this port of 127.0.0.1 when it is up. */
  readonly port: number;
}

/** A server in a process group of its own, which is ended by its id. */
export class ServerProcess {
  private child: ChildProcess | undefined;

  constructor(
    private readonly command: Command,
    private readonly folder: string,
  ) {}

  async start(): Promise<void> {
    const { file, args, env, port } = this.command;
    const output = openSync(join(this.folder, 'output.txt'), 'a');
    const child = spawn(file, args, {
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    child.on('error', () => undefined);
    this.child = child;
    process.once('exit', this.killNow);
    for (let waited = 0; waited < START_MS && child.exitCode === null; waited += 100) {
      if (await accepts(port)) return;
      await delay(100);
    }
    await this.end('SIGKILL');
    throw new Error(`${file} did not start:\n${readFileSync(join(this.folder, 'output.txt'), 'utf8').slice(-2000)}`);
  }

  /** SIGSTOP freezes it, SIGCONT wakes it up. */
  signal(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.child ?? {};
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
  }

  /** Resolves when it is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (!child) return;
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    this.signal(signal);
    const timer = setTimeout(() => this.signal('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(timer);
    // The shell that was started may go before the server does.
    for (let waited = 0; (await accepts(this.command.port)) && waited < STOP_MS; waited += 100) await delay(100);
    process.removeListener('exit', this.killNow);
    this.child = undefined;
  }

  private readonly killNow = (): void => this.signal('SIGKILL');
}

/** A folder that is deleted at the end. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'nestjs-scim-broker-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** `describe` where the program can be run, else one that skips and says why. */
export function describeWith(file: string, debianPackage: string): jest.Describe {
  if (spawnSync('sh', ['-c', `command -v ${file}`]).status === 0) return describe;
  console.warn(`Skipped: ${file} is missing; on Debian: apt-get install ${debianPackage}`);
  return describe.skip;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1000 });
    const answer = (up: boolean) => (): void => {
      socket.destroy();
      resolve(up);
    };
    socket.on('connect', answer(true)).on('error', answer(false)).on('timeout', answer(false));
  });
}
