import type { ScimAnswer } from '../support/scim-client.js';
import { type LoggedStatement, statementsOf } from './statement-log.js';

export interface Workload {
  readonly name: string;
  /** The request of a round; rounds begin at 0. */
  readonly send: (round: number) => Promise<ScimAnswer>;
  readonly status: number;
  /** At most so many rounds. Default: as many as the time allows. */
  readonly rounds?: number;
}

export interface Measurement {
  readonly name: string;
  readonly rounds: number;
  readonly p50: number;
  readonly p95: number;
  /** Of one request whose token and entitlement are known already. */
  readonly statements: readonly LoggedStatement[];
}

export interface MeasureLimits {
  readonly rounds: number;
  readonly seconds: number;
}

const WARM_UP = 5;

/** One request after the other: their times, and what one of them sends to the database. */
export async function measure(workload: Workload, limits: MeasureLimits): Promise<Measurement> {
  const most = Math.min(workload.rounds ?? Infinity, limits.rounds);
  const warmUp = Math.min(WARM_UP, Math.max(0, most - 4));
  let round = 0;
  const next = async (): Promise<void> => {
    const answer = await workload.send(round);
    round += 1;
    if (answer.status !== workload.status) {
      throw new Error(`${workload.name} answered ${answer.status}: ${answer.text.slice(0, 400)}`);
    }
  };
  while (round < warmUp) await next();
  const times: number[] = [];
  const timed = async (): Promise<void> => {
    const start = performance.now();
    await next();
    times.push(performance.now() - start);
  };
  // The token is looked up anew each second, whatever the request.
  const statements = (await statementsOf(timed)).filter(({ text }) => !text.includes('scim_token'));
  const end = performance.now() + limits.seconds * 1000;
  while (round < most && (times.length < 2 || performance.now() < end)) await timed();
  times.sort((left, right) => left - right);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { name: workload.name, rounds: times.length, p50: at(0.5), p95: at(0.95), statements };
}

export interface Rate {
  readonly perSecond: number;
  /** Processor time of this process for one request, in ms: host and client, not the database. */
  readonly cpu: number;
  readonly statuses: Readonly<Record<number, number>>;
}

/** As many requests as `writers` clients get answered, each waiting for its answer before it sends the next. */
export async function rate(
  writers: number,
  seconds: number,
  send: (round: number) => Promise<ScimAnswer>,
): Promise<Rate> {
  const statuses: Record<number, number> = {};
  const start = performance.now();
  const end = start + seconds * 1000;
  const used = process.cpuUsage();
  let round = 0;
  const write = async (): Promise<void> => {
    while (performance.now() < end) {
      const { status } = await send(round++);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  const { user, system } = process.cpuUsage(used);
  return {
    perSecond: (round * 1000) / (performance.now() - start),
    cpu: (user + system) / 1000 / round,
    statuses,
  };
}
