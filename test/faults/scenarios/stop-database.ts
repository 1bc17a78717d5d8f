import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ScimClient } from '../../support/scim-client.js';
import type { HardStop } from '../fault-server.js';
import { countAll, findViolations, whenSettled } from '../history.js';
import { type FaultContext, type Findings, percentile, type Scenario, until } from '../scenario.js';
import { type Sent, type Step, Sync } from '../sync.js';

const WORKERS = 10;

/** PostgreSQL goes down hard under load and comes back: in turns by an immediate shutdown, and by SIGKILL to all of it. */
export const stopDatabase: Scenario = {
  name: 'stop-database',
  title:
    'PostgreSQL stopped hard and started again: nothing acknowledged is lost, and only 503 is said while it is down',
  run,
};

/** Times of `performance.now()`. */
interface Outage {
  readonly how: HardStop;
  /** The stop began. */
  readonly begin: number;
  /** It was down. */
  readonly down: number;
  /** Its start began. */
  readonly start: number;
  /** It took connections. */
  readonly up: number;
  /** The first success of a request that was sent after that. */
  readonly working: number;
}

async function run({ quick, host, databaseUrl, processes, query, random, server }: FaultContext): Promise<Findings> {
  const rounds = quick ? 2 : 20;
  processes.prepare();
  const organizationId = randomUUID();
  const { token } = await (await host()).client(organizationId);
  const app = await processes.start({ databaseUrl, conduct: { pauseMs: 2 } });
  const client = new ScimClient(app.url, token, organizationId);
  let ending = false;
  const sync = new Sync({
    client: async () => client,
    next: () => (ending ? undefined : random.pick(PLANS)),
    pauseMs: () => (quick ? random.integer(0, 10) : random.integer(40, 120)),
  });
  const working = sync.work(WORKERS);
  const outages: Outage[] = [];
  const isBroken = (): boolean => sync.violations.length > 0 || !app.isAlive;
  for (let round = 1; round <= rounds && !isBroken(); round += 1) {
    const before = sync.acknowledged;
    await until('requests succeed', () => isBroken() || sync.acknowledged >= before + 30);
    await delay(random.integer(0, 200) + (quick ? 0 : 1800));
    const how = round % 2 === 1 ? 'immediate' : 'kill';
    const begin = performance.now();
    await server.stopHard(how);
    const down = performance.now();
    // Some of those who are waiting notice, and some who come now.
    await until('requests are refused', () => isBroken() || sync.sent.filter((sent) => sent.start > down).length >= 5);
    await delay(quick ? 0 : random.integer(0, 1000));
    const start = performance.now();
    await server.startAgain();
    const up = performance.now();
    const first = (): Sent | undefined => sync.sent.find((sent) => sent.start > up && isSuccess(sent));
    await until('requests succeed again', () => isBroken() || first() !== undefined);
    outages.push({ how, begin, down, start, up, working: first()?.end ?? Infinity });
  }
  ending = true;
  await working;
  await whenSettled(query);
  const recoveries = outages.map(({ up }) => lastFailureAfter(up, outages, sync.sent) - up);
  return {
    counts: {
      stops: outages.length,
      requests: sync.sent.length,
      acknowledged: sync.acknowledged,
      'answered 503': sync.count(503),
      'without answer': sync.count(0),
      'sent and answered while it was down': sync.sent.filter((sent) => isWithin(sent, outages)).length,
      ...(await countAll(query)),
    },
    times: {
      'until it took connections, median': percentile(
        outages.map(({ start, up }) => up - start),
        0.5,
      ),
      'from then to the first success, median': percentile(
        outages.map(({ up, working: at }) => at - up),
        0.5,
      ),
      'from then to the first success, longest': percentile(
        outages.map(({ up, working: at }) => at - up),
        1,
      ),
      'from then to the last 503, longest': percentile(recoveries, 1),
      'longest answer': percentile(
        sync.sent.map(({ start, end }) => end - start),
        1,
      ),
    },
    violations: [
      ...sync.violations,
      ...(app.isAlive ? [] : [`the app ended: ${await app.ended}`]),
      ...(outages.length === rounds ? [] : [`only ${outages.length} stops of ${rounds}`]),
      ...wrongAnswers(sync.sent, outages),
      ...(await sync.findLosses(query, organizationId)),
      ...(await findViolations(query)),
    ],
    history: outages.map(({ how, begin, down, start, up, working: at }) => ({
      how,
      stopMs: Math.round(down - begin),
      downMs: Math.round(start - down),
      startMs: Math.round(up - start),
      firstSuccessMs: Math.round(at - up),
    })),
  };
}

const PLANS: readonly (readonly Step[])[] = [
  ['create'],
  ['create', 'title'],
  ['create', 'title', 'deactivate'],
  ['create', 'deactivate', 'reactivate'],
  ['create', 'delete'],
];

const isSuccess = ({ status }: Sent): boolean => status >= 200 && status < 300;

const isWithin = ({ start, end }: Sent, outages: readonly Outage[]): boolean =>
  outages.some((outage) => start > outage.down && end < outage.start);

/** When the last failure of this outage was answered. */
function lastFailureAfter(up: number, outages: readonly Outage[], sent: readonly Sent[]): number {
  const next = Math.min(...outages.map(({ begin }) => begin).filter((begin) => begin > up));
  const failures = sent.filter(({ status, end }) => (status === 503 || status === 0) && end > up && end < next);
  return Math.max(up, ...failures.map(({ end }) => end));
}

/** Successes while there is no database, and broken connections while there is one. */
function wrongAnswers(sent: readonly Sent[], outages: readonly Outage[]): string[] {
  return sent.flatMap((each) => {
    if (isWithin(each, outages) && each.status !== 503 && each.status !== 0) {
      return [`answered ${each.status} while the database was down: ${each.step}`];
    }
    const concerned = outages.some(({ begin, working }) => each.end > begin && each.start < working);
    return each.status === 0 && !concerned ? [`no answer although the database was there: ${each.step}`] : [];
  });
}
