import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Conduct } from './effects.js';

/** What a process is told. */
export interface ProcessSettings {
  readonly databaseUrl: string;
  readonly conduct?: Conduct;
}

/** What a process says. */
type ProcessMessage =
  { readonly type: 'loaded' } | { readonly type: 'ready'; readonly url: string } | { readonly type: 'effect' };

export interface HostProcess {
  readonly url: string;
  /** Resolves with what ended it. */
  readonly ended: Promise<NodeJS.Signals | number>;
  readonly isAlive: boolean;
  /** Effects that its handler has written so far, whether they were committed or not. */
  readonly effectsBegun: number;
  /** SIGKILL. Resolves when it is dead. */
  kill(): Promise<void>;
}

/** Processes of hosts with the module. Loading takes a process two seconds, so the next one may load ahead. */
export class HostProcesses {
  private readonly all = new Set<ChildProcess>();
  private readonly loading: { readonly child: ChildProcess; readonly loaded: Promise<unknown> }[] = [];

  /** @param script where `host-process.ts` was translated to. */
  constructor(private readonly script: string) {}

  /** Has so many processes load for the next calls of `start`. */
  prepare(count = 1): void {
    while (this.loading.length < count) {
      const child = fork(this.script, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      this.all.add(child);
      child.once('exit', () => this.all.delete(child));
      const loaded = said(child, 'loaded');
      // It may be killed before anybody needs it.
      loaded.catch(() => undefined);
      this.loading.push({ child, loaded });
    }
  }

  async start(settings: ProcessSettings): Promise<HostProcess> {
    this.prepare();
    const next = this.loading.shift();
    if (!next) throw new Error('No process was started.');
    const { child, loaded } = next;
    await loaded;
    let effectsBegun = 0;
    // It delivers before it is ready for requests.
    child.on('message', ({ type }: ProcessMessage) => {
      if (type === 'effect') effectsBegun += 1;
    });
    const ready = said(child, 'ready');
    child.send(settings);
    const { url } = await ready;
    const ended = once(child, 'exit').then(([code, signal]) => signal ?? code);
    return {
      url,
      ended,
      get isAlive() {
        return child.exitCode === null && child.signalCode === null;
      },
      get effectsBegun() {
        return effectsBegun;
      },
      async kill() {
        child.kill('SIGKILL');
        await ended;
      },
    };
  }

  /** Kills those that were started and are left. */
  async end(): Promise<void> {
    const loading = new Set(this.loading.map(({ child }) => child));
    await killAll([...this.all].filter((child) => !loading.has(child)));
  }

  /** Kills all. */
  async discard(): Promise<void> {
    await killAll([...this.all]);
  }
}

async function killAll(children: readonly ChildProcess[]): Promise<void> {
  const ended = children.map((child) => once(child, 'exit'));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(ended);
}

/** @throws Error where it ends before. */
function said<T extends ProcessMessage['type']>(
  child: ChildProcess,
  type: T,
): Promise<Extract<ProcessMessage, { type: T }>> {
  return new Promise((resolve, reject) => {
    const hear = (message: ProcessMessage): void => {
      if (message.type !== type) return;
      child.off('message', hear);
      resolve(message as Extract<ProcessMessage, { type: T }>);
    };
    child.on('message', hear);
    child.once('exit', () => reject(new Error('The process of a host ended while it started.')));
  });
}
