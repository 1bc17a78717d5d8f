import { setTimeout as delay } from 'node:timers/promises';
import { ScimClient } from '../../support/scim-client.js';
import { createUsers } from '../directory.js';
import { countAll, findViolations, whenSettled } from '../history.js';
import { type FaultContext, type Findings, percentile, type Query, type Scenario, until } from '../scenario.js';

const POISON = 'poison';
const MOST_IN_FLIGHT = 16;

/** The handler always fails for one identity in a hundred. */
export const poison: Scenario = {
  name: 'poison',
  title: 'Identities whose handler always fails hold up nobody but themselves, and lose nothing',
  run,
};

async function run({ quick, host, processes, query, random, serve }: FaultContext): Promise<Findings> {
  const [identities, changes, everyMs] = quick ? [100, 100, 0] : [1000, 800, 25];
  if (!quick) processes.prepare();
  const idp = await (await host()).client();
  const ids = await createUsers(idp, identities - identities / 100, 'user');
  const app = await serve({ failsFor: POISON });
  const client = new ScimClient(app.url, idp.token, idp.organizationId);
  await whenSettled(query);
  const before = await change({ client, query, changes, everyMs, pick: () => random.pick(ids) });
  const poisoned = await createUsers(client, identities / 100, POISON);
  const all = [...ids, ...poisoned];
  // Each poisoned one once for certain.
  const first = [...poisoned];
  const during = await change({ client, query, changes, everyMs, pick: () => first.pop() ?? random.pick(all) });
  await until('each poisoned one was tried', async () => (await stateOf(query)).tried === poisoned.length);
  const state = await stateOf(query);
  await app.stop();
  // Somebody mends the handler.
  await host({ options: { deliverEvents: true } });
  await whenSettled(query);
  const counts = await countAll(query);
  return {
    counts: {
      identities,
      poisoned: poisoned.length,
      'events of the others': before.latencies.length + during.latencies.length,
      'events of the poisoned that waited': state.waiting,
      ...counts,
    },
    times: { ...describe('without poison', before.latencies), ...describe('with poison', during.latencies) },
    violations: [
      ...before.violations,
      ...during.violations,
      ...(state.delivered === 0 ? [] : [`${state.delivered} events were delivered past one that failed`]),
      ...(counts['effects'] === counts['events'] ? [] : ['not every event had an effect in the end']),
      ...(await findViolations(query)),
    ],
  };
}

interface Load {
  readonly client: ScimClient;
  readonly query: Query;
  readonly changes: number;
  readonly everyMs: number;
  /** The user of the next change. */
  readonly pick: () => string;
}

interface Loaded {
  /** Ms from each event of somebody who is not poisoned to its effect. */
  readonly latencies: readonly number[];
  readonly violations: readonly string[];
}

async function change({ client, query, changes, everyMs, pick }: Load): Promise<Loaded> {
  const [last] = await query<{ seq: string }>('select coalesce(max(seq), 0) as seq from scim_outbox');
  const violations: string[] = [];
  const begin = performance.now();
  let number = 0;
  const work = async (): Promise<void> => {
    while (number < changes) {
      number += 1;
      const value = `Title ${number}`;
      const id = pick();
      await delay(Math.max(0, begin + number * everyMs - performance.now()));
      const answer = await client.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value }]);
      if (answer.status !== 200) violations.push(`answered ${answer.status}: ${answer.text.slice(0, 200)}`);
    }
  };
  await Promise.all(Array.from({ length: MOST_IN_FLIGHT }, work));
  await until('the events of the others were delivered', async () => (await stateOf(query)).others === 0);
  const rows = await query<{ ms: number }>(
    `select (extract(epoch from e.at - o.created_at) * 1000)::float as ms from scim_outbox o join effect e on e.event_id = o.id
     where o.seq > $1`,
    [last?.seq],
  );
  return { latencies: rows.map(({ ms }) => ms), violations };
}

interface State {
  /** Poisoned identities whose handler failed. */
  readonly tried: number;
  /** Events of poisoned ones that were not tried, because an older one has to come first. */
  readonly waiting: number;
  readonly delivered: number;
  /** Open events of the others. */
  readonly others: number;
}

async function stateOf(query: Query): Promise<State> {
  const [state] = await query<State>(`
    select (count(distinct i.id) filter (where poisoned and d.attempts > 0 and d.status = 'pending'))::int as tried,
      (count(*) filter (where poisoned and d.attempts = 0))::int as waiting,
      (count(*) filter (where poisoned and d.status = 'delivered'))::int as delivered,
      (count(*) filter (where not poisoned and d.status = 'pending'))::int as others
    from scim_outbox_delivery d join scim_identity i on i.id = d.aggregate_id, lateral (select i.user_name like '${POISON}%' as poisoned) p`);
  return state ?? { tried: 0, waiting: 0, delivered: 0, others: 0 };
}

const describe = (which: string, latencies: readonly number[]): Record<string, number> => ({
  [`from the change to the effect, ${which}, median`]: percentile(latencies, 0.5),
  [`${which}, 99 %`]: percentile(latencies, 0.99),
  [`${which}, longest`]: percentile(latencies, 1),
});
