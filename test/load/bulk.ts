import { startModuleHost } from '../support/module-host.js';
import type { ScimClient } from '../support/scim-client.js';
import { statementsOf } from './statement-log.js';
import { read, type Undo, withThrowAwayServer } from './throw-away-server.js';
import { aUser } from './workloads.js';

/**
 * `npm run load:bulk`: the same writes as single requests, one after the other, and as one bulk request, in turns, so that
 * both meet the same machine. LOAD_OPERATIONS (1,000, the most), LOAD_ROUNDS (3), LOAD_MINUTES (then it gives up).
 */
const count = Math.min(read('LOAD_OPERATIONS', 1000), 1000);
const rounds = read('LOAD_ROUNDS', 3);

interface Write {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly data?: unknown;
}

async function run(databaseUrl: string, undo: Undo): Promise<void> {
  const host = await startModuleHost({ databaseUrl, options: { deliverEvents: false } });
  undo(() => host.stop());
  const client = await host.client();
  // Both ways know the code by then.
  await compare(client, 'warm-up');
  console.info(
    `${count} writes, median of ${rounds} (all)\n\n| write | single, a second | bulk, a second | ratio | CPU ms: single, bulk | statements |\n| --- | --- | --- | --- | --- | --- |`,
  );
  const all = [];
  for (let round = 0; round < rounds; round += 1) all.push(await compare(client, `round-${round}`));
  for (const [index, { name }] of (all[0] ?? []).entries()) {
    const results = all.flatMap((each) => each[index] ?? []);
    const single = results.map((each) => each.single);
    const bulk = results.map((each) => each.bulk);
    const ratios = results.map((each) => each.bulk / each.single);
    const cpu = results.map((each) => each.cpu);
    const cpus = `${median(cpu.map((each) => each.single)).toFixed(2)}, ${median(cpu.map((each) => each.bulk)).toFixed(2)}`;
    const columns = [name, show(single, 0), show(bulk, 0), show(ratios, 1), cpus, results[0]?.statements];
    console.info(`| ${columns.join(' | ')} |`);
  }
  console.info(`\nThe most memory this process had: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB.`);
}

interface Result {
  readonly name: string;
  /** Writes a second. */
  readonly single: number;
  readonly bulk: number;
  readonly cpu: { readonly single: number; readonly bulk: number };
  /** Of the bulk request. */
  readonly statements: number;
}

async function compare(client: ScimClient, round: string): Promise<Result[]> {
  const creations = (kind: string): Write[] =>
    Array.from({ length: count }, (_, index) => ({
      method: 'POST',
      path: '/Users',
      data: aUser(`${round}-${kind}-${index}`),
    }));
  const single = await singly(client, creations('single'));
  const bulk = await together(client, creations('bulk'));
  const results = [{ name: 'W11 POST a user', ...rates(single, bulk) }];
  const ids = bulk.ids;
  const patches = (title: string): Write[] =>
    ids.map((id) => ({
      method: 'PATCH',
      path: `/Users/${id}`,
      data: { Operations: [{ op: 'replace', path: 'title', value: title }] },
    }));
  const patched = await singly(client, patches('one'));
  results.push({ name: 'PATCH a user', ...rates(patched, await together(client, patches('two'))) });
  const half = ids.length >> 1;
  const deletions = ids.map((id): Write => ({ method: 'DELETE', path: `/Users/${id}` }));
  const deleted = await singly(client, deletions.slice(0, half));
  results.push({ name: 'DELETE a user', ...rates(deleted, await together(client, deletions.slice(half))) });
  return results;
}

interface Timed {
  readonly perSecond: number;
  /** Processor time of this process for one write, in ms: host and client, not the database. */
  readonly cpu: number;
  readonly statements: number;
  readonly ids: readonly string[];
}

const rates = (single: Timed, bulk: Timed): Omit<Result, 'name'> => ({
  single: single.perSecond,
  bulk: bulk.perSecond,
  cpu: { single: single.cpu, bulk: bulk.cpu },
  statements: bulk.statements,
});

async function timed(writes: number, work: () => Promise<unknown>): Promise<Pick<Timed, 'perSecond' | 'cpu'>> {
  const start = performance.now();
  const used = process.cpuUsage();
  await work();
  const took = performance.now() - start;
  const { user, system } = process.cpuUsage(used);
  return { perSecond: (writes * 1000) / took, cpu: (user + system) / 1000 / writes };
}

async function singly(client: ScimClient, writes: readonly Write[]): Promise<Timed> {
  const times = await timed(writes.length, async () => {
    for (const { method, path, data } of writes) {
      const answer = await client.send(method, path, data);
      if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    }
  });
  return { ...times, statements: 0, ids: [] };
}

async function together(client: ScimClient, writes: readonly Write[]): Promise<Timed> {
  const Operations = writes.map((write, index) => ({ ...write, bulkId: `${index}` }));
  let entries: readonly { status: string; location: string }[] = [];
  let times = { perSecond: 0, cpu: 0 };
  const statements = await statementsOf(async () => {
    times = await timed(writes.length, async () => {
      entries = (await client.post('/Bulk', { Operations })).body.Operations;
    });
  });
  const failed = entries.find(({ status }) => Number(status) >= 300);
  if (failed || entries.length !== writes.length) throw new Error(`It failed: ${JSON.stringify(failed)}`);
  const own = statements.filter(({ text }) => !text.includes('scim_token'));
  const ids = entries.map(({ location }) => location.split('/').at(-1) ?? '');
  return { ...times, statements: own.length, ids };
}

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;

const show = (values: readonly number[], digits: number): string =>
  `${median(values).toFixed(digits)} (${values.map((value) => value.toFixed(digits)).join(', ')})`;

await withThrowAwayServer(run);
