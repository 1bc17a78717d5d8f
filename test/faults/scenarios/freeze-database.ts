import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { countAll, findViolations, whenSettled } from '../history.js';
import { type FaultContext, type Findings, percentile, type Scenario, until } from '../scenario.js';
import { type Sent, Sync } from '../sync.js';

const WORKERS = 16;

/** PostgreSQL stops to answer, with its connections open: all its processes are stopped by SIGSTOP, and go on later. */
export const freezeDatabase: Scenario = {
  name: 'freeze-database',
  title: 'PostgreSQL frozen: every request is answered, with 503, and all goes on when it does',
  run,
};

async function run({ quick, host, query, random, server }: FaultContext): Promise<Findings> {
  const frozenMs = quick ? 0 : 15_000;
  const limits = quick ? { statementTimeoutMs: 700 } : {};
  const app = await host({ options: { deliverEvents: true, limits } });
  const organizationId = randomUUID();
  const client = await app.client(organizationId);
  let ending = false;
  const sync = new Sync({
    client: async () => client,
    next: () => (ending ? undefined : random.pick(PLANS)),
    pauseMs: () => random.integer(0, quick ? 5 : 50),
  });
  const working = sync.work(WORKERS);
  await delay(quick ? 100 : 2000);
  await until('requests succeed', () => sync.acknowledged >= 50);
  const begin = performance.now();
  await server.freeze();
  const frozen = performance.now();
  const refused = (): number => sync.sent.filter(({ start, status }) => start > frozen && status === 503).length;
  await until('each worker is refused', () => sync.violations.length > 0 || refused() >= WORKERS);
  await delay(Math.max(0, frozenMs - (performance.now() - frozen)));
  const end = performance.now();
  await server.thaw();
  const first = (): Sent | undefined => sync.sent.find((sent) => sent.start > end && isSuccess(sent));
  await until('requests succeed again', () => sync.violations.length > 0 || first() !== undefined);
  await delay(quick ? 0 : 3000);
  ending = true;
  await working;
  await whenSettled(query);
  const met = sync.sent.filter((sent) => sent.end > begin && sent.start < end);
  const within = sync.sent.filter((sent) => sent.start > frozen && sent.end < end);
  const failures = sync.sent.filter(({ status, end: at }) => status === 503 && at > end);
  return {
    counts: {
      'requests that met it frozen': met.length,
      'of these answered': met.filter(({ status }) => status !== 0).length,
      'sent and answered while it was frozen': within.length,
      'of these 503': within.filter(({ status }) => status === 503).length,
      'requests altogether': sync.sent.length,
      acknowledged: sync.acknowledged,
      ...(await countAll(query)),
    },
    times: {
      frozen: Math.round(end - frozen),
      'longest answer': percentile(
        met.map((sent) => sent.end - sent.start),
        1,
      ),
      'from its going on to the first success': Math.round((first()?.end ?? Infinity) - end),
      'from its going on to the last 503': Math.round(Math.max(end, ...failures.map((sent) => sent.end)) - end),
    },
    violations: [
      ...sync.violations,
      ...met.filter(({ status }) => status === 0).map(({ step }) => `no answer: ${step}`),
      ...within
        .filter(({ status }) => status !== 503)
        .map(({ step, status }) => `answered ${status} by a frozen database: ${step}`),
      ...(await sync.findLosses(query, organizationId)),
      ...(await findViolations(query)),
    ],
  };
}

const PLANS = [
  ['create'],
  ['create', 'title'],
  ['create', 'deactivate', 'reactivate'],
  ['create', 'title', 'delete'],
] as const;

const isSuccess = ({ status }: Sent): boolean => status >= 200 && status < 300;
