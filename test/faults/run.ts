import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { removeLeftovers } from '../support/throw-away-cluster.js';
import { startFaultServer } from './fault-server.js';
import { HostProcesses } from './host-processes.js';
import { translateProgram } from './program.js';
import { type FaultRun, type Findings, runScenario, type Scenario } from './scenario.js';
import { scenarios } from './scenarios.js';

/**
 * `npm run faults`: breaks things on purpose and checks what must hold all the same; docs/reliability.md says what.
 *
 * `npm run faults -- <name> … [--quick] [--seed <number>]`. Everything runs on 127.0.0.1, on a PostgreSQL of its own whose
 * data is deleted, and ends after at most a quarter of an hour. Exit code 1: something did not hold; 2: it did not come to
 * an end. The report, with every fault, goes to a file in `.data/faults/`.
 */
const MOST_MINUTES = 15;
const REPORTS = fileURLToPath(new URL('../../.data/faults/', import.meta.url));

interface Result extends Findings {
  readonly name: string;
  readonly title: string;
  readonly seconds: number;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000_000));
const unknown = positionals.filter((name) => !scenarios.some((scenario) => scenario.name === name));
if (unknown.length > 0 || !Number.isSafeInteger(seed)) {
  console.error(
    `There is no ${unknown.join(', ') || 'such seed'}. Scenarios: ${scenarios.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}

const cleanUp: (() => Promise<unknown>)[] = [];
const stop = async (): Promise<void> => {
  for (let step = cleanUp.pop(); step; step = cleanUp.pop()) await step();
};
const giveUp = (reason: string): void => {
  console.error(reason);
  setTimeout(() => process.exit(2), 20_000).unref();
  void stop().finally(() => process.exit(2));
};
setTimeout(() => giveUp(`It is not done after ${MOST_MINUTES} minutes.`), MOST_MINUTES * 60_000).unref();
process.once('SIGINT', () => giveUp('Interrupted.'));
process.once('SIGTERM', () => giveUp('Terminated.'));
process.once('uncaughtException', (error) => giveUp(String(error.stack)));

await main();

async function main(): Promise<void> {
  await removeLeftovers();
  const program = await translateProgram();
  cleanUp.push(() => program.discard());
  const processes = new HostProcesses(program.script);
  cleanUp.push(() => processes.discard());
  const server = await startFaultServer(values.quick);
  cleanUp.push(() => server.discard());
  const wanted = scenarios.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  console.log(
    `Seed ${seed}, ${values.quick ? 'quick' : 'full'}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
  );
  const results: Result[] = [];
  try {
    for (const scenario of wanted) {
      const result = await measure(scenario, { server, processes, seed, quick: values.quick });
      results.push(result);
      show(result);
    }
  } finally {
    await stop();
  }
  const failed = results.filter(({ violations }) => violations.length > 0);
  console.log(`\nReport: ${await report(results)}`);
  console.log(failed.length === 0 ? 'All of it held.' : `Did not hold: ${failed.map(({ name }) => name).join(', ')}`);
  process.exit(failed.length === 0 ? 0 : 1);
}

/** A scenario that breaks off counts as one that did not hold. */
async function measure(scenario: Scenario, run: FaultRun): Promise<Result> {
  const { name, title } = scenario;
  const start = performance.now();
  let findings: Findings;
  try {
    findings = await runScenario(scenario, run);
  } catch (error) {
    findings = { counts: {}, times: {}, violations: [error instanceof Error ? String(error.stack) : String(error)] };
  }
  return { name, title, seconds: Math.round((performance.now() - start) / 1000), ...findings };
}

function show({ name, title, seconds, counts, times, violations }: Result): void {
  console.log(`\n${violations.length === 0 ? 'held' : 'VIOLATED'}  ${name} (${seconds} s): ${title}`);
  for (const [what, count] of Object.entries(counts)) console.log(`    ${String(count).padStart(8)}  ${what}`);
  for (const [what, ms] of Object.entries(times)) console.log(`    ${String(ms).padStart(8)}  ms ${what}`);
  for (const violation of violations.slice(0, 10)) console.log(`    ${violation}`);
  if (violations.length > 10) console.log(`    and ${violations.length - 10} more in the report`);
}

async function report(results: readonly Result[]): Promise<string> {
  await mkdir(REPORTS, { recursive: true });
  const at = new Date().toISOString();
  const file = join(REPORTS, `${at.replaceAll(':', '-')}.json`);
  const machine = { cores: cpus().length, processor: cpus()[0]?.model, node: process.version, load: loadavg() };
  await writeFile(file, JSON.stringify({ at, seed, quick: values.quick, machine, results }, null, 2));
  return file;
}
