import { setTimeout as delay } from 'node:timers/promises';
import { createUsers, setTitles } from '../directory.js';
import { countAll, countWaiting, findViolations, whenSettled } from '../history.js';
import { type FaultContext, type Findings, type Scenario, until } from '../scenario.js';

/** A process that delivers events is killed after its handler had its effect, and before that was acknowledged. */
export const killConsumer: Scenario = {
  name: 'kill-consumer',
  title: 'SIGKILL of a consumer between effect and acknowledgement leaves every effect exactly once',
  run,
};

async function run({ quick, host, databaseUrl, processes, query, random }: FaultContext): Promise<Findings> {
  const [kills, ahead] = quick ? [2, 1] : [50, 2];
  processes.prepare(ahead);
  const writer = await host();
  const client = await writer.client();
  const ids = await createUsers(client, quick ? 40 : 100, 'user');
  const history: { hung: boolean; begun: number }[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    // A process may deliver dozens before it can be killed.
    if ((await countWaiting(query)) < 80) await setTitles(client, ids, `Title ${kill}`);
    // Half of them hang after the effect, so that the moment is certain; half are met at random, during the commit too.
    const hung = kill % 2 === 1;
    const effects = random.integer(1, 8);
    const process = await processes.start({ databaseUrl, conduct: hung ? { hangsFrom: effects } : { pauseMs: 5 } });
    if (kill < kills) processes.prepare(ahead);
    await until('the consumer is at work', () => process.effectsBegun >= effects);
    await delay(random.next() * (hung ? 4 : 20));
    await process.kill();
    history.push({ hung, begun: process.effectsBegun });
  }
  await host({ options: { deliverEvents: true } });
  await whenSettled(query);
  const begunAndKilled = history.reduce((sum, { begun }) => sum + begun, 0);
  return {
    counts: { kills, 'effects begun in processes that were killed': begunAndKilled, ...(await countAll(query)) },
    times: {},
    violations: await findViolations(query),
    history,
  };
}
