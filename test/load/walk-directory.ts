import { startModuleHost } from '../support/module-host.js';
import type { ScimClient } from '../support/scim-client.js';
import { fillDirectory, ORGANIZATION, userId } from './fill-directory.js';
import { read, type Undo, withThrowAwayServer } from './throw-away-server.js';

/**
 * `npm run load:walk`: walks a directory by cursor while others join it and leave it, checks that everybody who stays is
 * seen exactly once, and compares the first pages of a walk with the last ones. LOAD_USERS (100,000), LOAD_COUNT (500).
 */
const users = read('LOAD_USERS', 100_000);
const count = read('LOAD_COUNT', 500);

const walks = [
  ['/Users', ''],
  ['/Users', '&sortBy=userName&sortOrder=descending'],
  ['/', ''],
] as const;

/** Each walk has leavers of its own. */
const leaves = (number: number, walk: number): boolean => number % 97 === walk;

interface Walked {
  readonly seen: readonly string[];
  /** Of each page. */
  readonly milliseconds: readonly number[];
}

await withThrowAwayServer(run);

async function run(databaseUrl: string, undo: Undo): Promise<void> {
  const host = await startModuleHost({ databaseUrl, options: { deliverEvents: false } });
  undo(() => host.stop());
  const client = await host.client(ORGANIZATION);
  await host.client('small');
  await fillDirectory(databaseUrl, { users, others: Math.floor(users / 5), groupSizes: [10, 1000] });
  console.info(`${users} users, pages of ${count}\n`);
  console.info('| walk | pages | joined | left | missed | twice | first pages ms | last pages ms |');
  console.info('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const [index, [path, sort]] of walks.entries()) await show(client, path + sort, index);
  await compareDepths(client);
}

async function show(client: ScimClient, name: string, index: number): Promise<void> {
  const [path = '', sort = ''] = name.split('&');
  const changes = { joined: 0, left: 0, walking: true };
  const others = [join(client, changes, index), leave(client, changes, index)];
  const { seen, milliseconds } = await walk(client, path, sort);
  changes.walking = false;
  await Promise.all(others);
  const times = new Map<string, number>();
  for (const id of seen) times.set(id, (times.get(id) ?? 0) + 1);
  let missed = 0;
  // Those who left during an earlier walk are gone.
  for (let number = 1; number <= users; number += 1)
    if (!walks.some((_walk, each) => leaves(number, each)) && !times.has(userId(number))) missed += 1;
  const twice = [...times.values()].filter((each) => each > 1).length;
  const [first, last] = [milliseconds.slice(1, 11), milliseconds.slice(-11, -1)].map(median);
  console.info(
    `| ${[name, milliseconds.length, changes.joined, changes.left, missed, twice, first, last].join(' | ')} |`,
  );
  if (missed > 0 || twice > 0) process.exitCode = 1;
}

async function walk(client: ScimClient, path: string, sort: string): Promise<Walked> {
  const seen: string[] = [];
  const milliseconds: number[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const start = performance.now();
    const answer = await client.get(`${path}?count=${count}&attributes=userName&cursor=${cursor}&${sort}`);
    milliseconds.push(performance.now() - start);
    if (answer.status !== 200) throw new Error(answer.text);
    seen.push(...answer.body.Resources.map(({ id }: { id: string }) => id));
    cursor = answer.body.nextCursor;
  }
  return { seen, milliseconds };
}

interface Changes {
  joined: number;
  left: number;
  readonly walking: boolean;
}

async function join(client: ScimClient, changes: Changes, index: number): Promise<void> {
  for (; changes.walking; changes.joined += 1)
    await client.createUser({ userName: `person-${(changes.joined * 7919) % users}-new-${index}@acme.example` });
}

async function leave(client: ScimClient, changes: Changes, index: number): Promise<void> {
  for (let number = users; changes.walking && number > 0; number -= 1) {
    if (!leaves(number, index)) continue;
    await client.delete(`/Users/${userId(number)}`);
    changes.left += 1;
  }
}

/** Nobody else writes meanwhile. */
async function compareDepths(client: ScimClient): Promise<void> {
  const { milliseconds } = await walk(client, '/Users', '');
  const half = Math.floor(milliseconds.length / 2);
  const byIndex: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    const start = performance.now();
    await client.get(`/Users?count=${count}&attributes=userName&startIndex=${users - 2 * count - round}`);
    byIndex.push(performance.now() - start);
  }
  const describe = (values: readonly number[]): string => `${Math.min(...values).toFixed(1)} (${median(values)})`;
  console.info(`
Quiet, the fastest (and the median) of ten pages of ${count} in ms:
by cursor ${describe(milliseconds.slice(1, 11))} at the beginning, ${describe(milliseconds.slice(half, half + 10))} in the middle, ${describe(milliseconds.slice(-11, -1))} at the end;
by index ${describe(byIndex)} at the end; the first page by cursor, which counts: ${describe(milliseconds.slice(0, 1))}.`);
}

function median(values: readonly number[]): string {
  const sorted = [...values].sort((left, right) => left - right);
  return (sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(1);
}
