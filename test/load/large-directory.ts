import { startModuleHost } from '../support/module-host.js';
import { ScimClient } from '../support/scim-client.js';
import { fillDirectory, ORGANIZATION } from './fill-directory.js';
import { measure, type MeasureLimits, rate, type Workload } from './measure.js';
import { fillPlainUsers, startPlainHost } from './plain-host.js';
import { notesOf } from './plans.js';
import { compareWithPlain, plainWorkloads } from './ratios.js';
import { read, type Undo, withThrowAwayServer } from './throw-away-server.js';
import { groupWorkloads, largeWorkloads, setActive, userWorkloads } from './workloads.js';

/**
 * `npm run load:directory`: fills a directory and tries every request on it. Counts and times by environment variables:
 * LOAD_USERS, LOAD_ROUNDS (most of one request), LOAD_SECONDS (most for one request), LOAD_MINUTES (then it gives up).
 */
const users = read('LOAD_USERS', 100_000);
const limits: MeasureLimits = { rounds: read('LOAD_ROUNDS', 300), seconds: read('LOAD_SECONDS', 4) };
const groupSizes = [10, 1_000, 10_000, 50_000].filter((size) => size <= users / 2);

await withThrowAwayServer(run);

async function run(databaseUrl: string, undo: Undo): Promise<void> {
  const host = await startModuleHost({ databaseUrl, options: { deliverEvents: false } });
  undo(() => host.stop());
  const plain = await startPlainHost(databaseUrl);
  undo(() => plain.close());
  const client = await host.client(ORGANIZATION);
  await host.client('small');
  const start = performance.now();
  await fillDirectory(databaseUrl, { users, others: Math.floor(users / 5), groupSizes });
  await fillPlainUsers(databaseUrl);
  const filled = ((performance.now() - start) / 1000).toFixed(1);
  console.info(
    `${users} users, groups of ${groupSizes.join(', ')} members and ${Math.floor(users / 50)} of 20: filled by SQL in ${filled} s.\n`,
  );

  console.info('| request | p50 ms | p95 ms | statements | rounds | scans |\n| --- | --- | --- | --- | --- | --- |');
  const show = async (workload: Workload): Promise<void> => {
    const { name, p50, p95, statements, rounds } = await measure(workload, limits);
    const notes = await notesOf(host.dataSource, statements);
    console.info(
      `| ${[name, p50.toFixed(2), p95.toFixed(2), statements.length, rounds, notes.join('; ')].join(' | ')} |`,
    );
  };
  for (const workload of userWorkloads(client, users)) await show(workload);
  for (const size of groupSizes) for (const workload of groupWorkloads(client, size, users)) await show(workload);
  const plainClient = new ScimClient(await plain.getUrl(), '', ORGANIZATION, '/plain');
  for (const workload of plainWorkloads(plainClient, users)) await show(workload);
  await writeAtOnce(client);
  await compareWithPlain(client, plainClient, { users, seconds: limits.seconds });
  const [most = 0] = groupSizes.slice(-1);
  console.info('\n| request | p50 ms | p95 ms | statements | rounds | scans |\n| --- | --- | --- | --- | --- | --- |');
  for (const workload of largeWorkloads(client, Math.min(most, 10_000), most)) await show(workload);
  console.info(`\nThe most memory this process had: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB.`);
}

/** P-341: ten writers of one organization, of users and of one group. */
async function writeAtOnce(client: ScimClient): Promise<void> {
  const [size = 0] = groupSizes.slice(-1);
  const [addOne, removeOne] = groupWorkloads(client, size, users);
  const { perSecond, statuses } = await rate(10, limits.seconds, (round) => {
    if (round % 4 === 0 && addOne) return addOne.send(round);
    if (round % 4 === 1 && removeOne) return removeOne.send(round - 1);
    return setActive(client, 10_000 + (round % 50), round % 3 === 0);
  });
  console.info(
    `\nP-341, 10 writers: ${perSecond.toFixed(0)} requests/s, answers by status ${JSON.stringify(statuses)}`,
  );
}
