import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ScimClient } from '../../support/scim-client.js';
import { countAll, findViolations, whenSettled } from '../history.js';
import type { HostProcess } from '../host-processes.js';
import type { FaultContext, Findings, Scenario } from '../scenario.js';
import { type Step, Sync } from '../sync.js';

const WORKERS = 8;

/** The process that serves an identity provider's synchronisation is killed, again and again, wherever it just is. */
export const killApp: Scenario = {
  name: 'kill-app',
  title: 'SIGKILL of the app during a synchronisation loses nothing that was acknowledged, and doubles nothing',
  run,
};

async function run({ quick, host, databaseUrl, processes, query, random }: FaultContext): Promise<Findings> {
  const [kills, users, ahead] = quick ? [2, 120, 1] : [100, 10_000, 2];
  const organizationId = randomUUID();
  const { token } = await (await host()).client(organizationId);
  const plans = Array.from({ length: users }, (_, number) => stepsOf(number));
  const steps = plans.flat().length;
  const start = (): Promise<HostProcess> => processes.start({ databaseUrl, conduct: { pauseMs: 4 } });
  processes.prepare(ahead);
  let victim = start();
  let url = victim.then((process) => process.url);
  const history: { done: number; replacedAfterMs: number }[] = [];
  // Steps that are done by then. On average each kill gets less than its share of what is left, so that none is left over.
  const nextTarget = (done: number): number =>
    done + Math.floor(((steps - done) / (kills - history.length + 1)) * (0.2 + 1.4 * random.next()));
  let done = 0;
  let target = nextTarget(0);

  const kill = async (): Promise<void> => {
    const process = await victim;
    await delay(random.next() * 8);
    const at = performance.now();
    history.push({ done, replacedAfterMs: 0 });
    const last = history.length === kills;
    // The last one is followed by a host that stays.
    if (last) url = host({ options: { deliverEvents: true } }).then((each) => each.url);
    else url = (victim = start()).then((process) => process.url);
    if (!last) processes.prepare(ahead);
    await process.kill();
    await url;
    history[history.length - 1] = { done, replacedAfterMs: Math.round(performance.now() - at) };
    target = last ? Infinity : nextTarget(done);
  };
  let killing = Promise.resolve();
  const sync = new Sync({
    client: async () => new ScimClient(await url, token, organizationId),
    next: (number) => plans[number],
    onStep: (now) => {
      done = now;
      if (done < target) return;
      target = Infinity;
      killing = kill();
    },
  });
  await sync.work(WORKERS);
  await killing;
  await whenSettled(query);
  return {
    counts: {
      kills: history.length,
      users,
      acknowledged: sync.acknowledged,
      'answers lost': sync.count(0),
      'found again after a lost answer': sync.recovered,
      ...(await countAll(query)),
    },
    times: { 'longest replacement': Math.max(...history.map(({ replacedAfterMs }) => replacedAfterMs)) },
    violations: [
      ...sync.violations,
      ...(history.length === kills ? [] : [`only ${history.length} kills of ${kills}`]),
      ...(await sync.findLosses(query, organizationId)),
      ...(await findViolations(query)),
    ],
    history,
  };
}

/** Most users are created and left alone; some are changed, suspended and removed at once. */
function stepsOf(number: number): readonly Step[] {
  return [
    'create',
    ...(number % 5 === 0 ? (['title'] as const) : []),
    ...(number % 10 === 0 ? (['deactivate'] as const) : []),
    ...(number % 20 === 0 ? (['reactivate'] as const) : []),
    ...(number % 25 === 0 ? (['delete'] as const) : []),
  ];
}
