import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { ModuleHost, ModuleHostSettings } from '../support/module-host.js';
import { startModuleHost } from '../support/module-host.js';
import { type Conduct, EFFECT_TABLE, Effects, effectsWith } from './effects.js';
import type { FaultServer } from './fault-server.js';
import type { HostProcesses } from './host-processes.js';
import { type Random, seededRandom } from './random.js';

/** What a scenario found. */
export interface Findings {
  /** How often what happened. */
  readonly counts: Readonly<Record<string, number>>;
  /** In ms; reported, never judged: a busy machine may take its time. */
  readonly times: Readonly<Record<string, number>>;
  /** Properties that did not hold, in words. None: it passed. */
  readonly violations: readonly string[];
  /** One item for each fault, for the report. */
  readonly history?: readonly unknown[];
}

/** What a scenario works with: nobody else uses its database. */
export interface FaultContext {
  readonly databaseUrl: string;
  readonly server: FaultServer;
  readonly processes: HostProcesses;
  readonly random: Random;
  /** Small counts, for `npm test`. */
  readonly quick: boolean;
  readonly query: Query;
  /** A host in this process, with `Effects`; stopped at the end. It delivers nothing unless `deliverEvents` says so. */
  readonly host: (settings?: ModuleHostSettings) => Promise<ModuleHost>;
  /** One that delivers: a process of its own, in the quick form one in this process, which starts sooner. */
  readonly serve: (conduct: Conduct) => Promise<Served>;
}

interface Served {
  readonly url: string;
  stop(): Promise<void>;
}

export type Query = <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

export interface Scenario {
  readonly name: string;
  /** A sentence about behaviour. */
  readonly title: string;
  run(context: FaultContext): Promise<Findings>;
}

/** What all scenarios of a run share. */
export interface FaultRun {
  readonly server: FaultServer;
  readonly processes: HostProcesses;
  readonly seed: number;
  readonly quick: boolean;
}

/** Runs a scenario on a database of its own, and stops what it started in this process. */
export async function runScenario(scenario: Scenario, { seed, ...run }: FaultRun): Promise<Findings> {
  const databaseUrl = await run.server.createDatabase();
  const { query, end } = connectLazily(databaseUrl);
  await query(EFFECT_TABLE);
  const hosts = new Set<ModuleHost>();
  const host = async (settings: ModuleHostSettings = {}): Promise<ModuleHost> => {
    const options = { deliverEvents: false, ...settings.options };
    const started = await startModuleHost({ providers: [Effects], databaseUrl, ...settings, options });
    hosts.add(started);
    return started;
  };
  const serveHere = async (conduct: Conduct): Promise<Served> => {
    const served = await host({ providers: [effectsWith(conduct)], options: { deliverEvents: true } });
    return { url: served.url, stop: () => (hosts.delete(served), served.stop()) };
  };
  const serveApart = async (conduct: Conduct): Promise<Served> => {
    const served = await run.processes.start({ databaseUrl, conduct });
    return { url: served.url, stop: () => served.kill() };
  };
  const random = seededRandom(seed, scenario.name);
  const serve = run.quick ? serveHere : serveApart;
  const context: FaultContext = { ...run, databaseUrl, query, random, host, serve };
  try {
    return await scenario.run(context);
  } finally {
    await run.server.thaw();
    await run.processes.end();
    for (const started of hosts) await started.stop();
    await end();
  }
}

/** Asks on one connection, and on a new one where that was broken by a fault meanwhile. */
function connectLazily(url: string): { readonly query: Query; readonly end: () => Promise<void> } {
  let client: pg.Client | undefined;
  const connect = async (): Promise<pg.Client> => {
    const next = new pg.Client({ connectionString: url });
    const forget = (): void => {
      if (client === next) client = undefined;
    };
    next.on('error', forget);
    next.on('end', forget);
    await next.connect();
    return next;
  };
  return {
    async query<Row>(text: string, values: readonly unknown[] = []) {
      client ??= await connect();
      return (await client.query<Row & pg.QueryResultRow>(text, [...values])).rows;
    },
    end: async () => client?.end(),
  };
}

/** Asks until the answer is yes; what takes two minutes does not come any more. */
export async function until(what: string, ask: () => Promise<boolean> | boolean, limitMs = 120_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await ask())) {
    if (performance.now() > deadline) throw new Error(`It never came to this: ${what}.`);
    await delay(20);
  }
}

/** The value that `share` of the values are not above. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}
