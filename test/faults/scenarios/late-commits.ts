import { randomUUID } from 'node:crypto';
import { UsersService } from '../../../src/scim/index.js';
import { FeedReader, openAdmin } from '../feed-reader.js';
import { countAll, findViolations, whenSettled } from '../history.js';
import type { FaultContext, Findings, Query, Scenario } from '../scenario.js';

/** As many connections as a host's pool has. */
const WRITERS_OF_A_HOST = 10;

/** Events are numbered before they are committed: who reads by number alone misses those that commit late. */
export const lateCommits: Scenario = {
  name: 'late-commits',
  title: 'Several relays and a feed have every event once and in order, though every fifth commit comes late',
  run,
};

async function run({ quick, host, databaseUrl, processes, query, random }: FaultContext): Promise<Findings> {
  const [identities, changes, lateMs] = quick ? [20, 5, 100] : [2000, 10, 500];
  const relays = 4;
  if (!quick) processes.prepare(relays);
  const writers = await Promise.all(Array.from({ length: quick ? 1 : 4 }, () => host()));
  await delayCommits(query, lateMs);
  for (let relay = 0; relay < relays; relay += 1) {
    await (quick ? host({ options: { deliverEvents: true } }) : processes.start({ databaseUrl }));
  }
  const organizationId = randomUUID();
  const feed = await host({ providers: [], extras: { admin: openAdmin } });
  await feed.client(organizationId);
  const readers = [100, 7].map((limit) => new FeedReader(feed.url, organizationId, limit));
  let isOver = false;
  const reading = Promise.allSettled(readers.map((reader) => reader.read(() => isOver)));
  const begin = performance.now();
  const write = async (service: UsersService, worker: number): Promise<void> => {
    const workers = writers.length * WRITERS_OF_A_HOST;
    const ids: string[] = [];
    for (let number = worker; number < identities; number += workers) {
      const { id } = await service.create(organizationId, { userName: `user-${number}` });
      if (typeof id === 'string') ids.push(id);
    }
    for (let change = 1; change < changes; change += 1) {
      // Each once, from another one on each time.
      const from = random.integer(0, ids.length - 1);
      for (const id of [...ids.slice(from), ...ids.slice(0, from)]) {
        const Operations = [{ op: 'replace', path: 'title', value: `Title ${change}` }];
        await service.patch(organizationId, id, { Operations });
      }
    }
  };
  const services = writers.map(({ app }) => app.get<UsersService>(UsersService, { strict: false }));
  await Promise.all(
    services.flatMap((service, index) =>
      Array.from({ length: WRITERS_OF_A_HOST }, (_, worker) => write(service, index * WRITERS_OF_A_HOST + worker)),
    ),
  );
  const written = performance.now();
  await whenSettled(query);
  const settled = performance.now();
  isOver = true;
  const failures = (await reading).filter((end) => end.status === 'rejected').map(({ reason }) => String(reason));
  const stored = await query<{ id: string }>('select id from scim_outbox where organization_id = $1', [organizationId]);
  const ids = stored.map(({ id }) => id);
  const [one = [], other = []] = readers.map(({ events }) => events.map(({ id }) => id));
  const counts = await countAll(query);
  const [late] = await query<{ commits: number }>(LATE);
  const events = identities * changes;
  return {
    counts: {
      relays,
      writers: services.length * WRITERS_OF_A_HOST,
      ...counts,
      'late commits': late?.commits ?? 0,
      'events in the feed': one.length,
    },
    times: {
      writing: Math.round(written - begin),
      'from the last write to the last delivery': Math.round(settled - written),
    },
    violations: [
      ...(counts['effects'] === events ? [] : [`${counts['effects']} effects of ${events} events`]),
      ...(await findViolations(query)),
      ...failures,
      ...readers.flatMap((reader) => reader.findViolations(ids)),
      ...(one.join() === other.join() ? [] : ['two readers saw the feed in different orders']),
    ],
  };
}

const LATE = `select count(*)::int as commits from scim_outbox where seq % 5 = 0 and aggregate_type = 'user'`;

/** Every fifth event's transaction waits up to so long in its COMMIT, when all its numbers are given and all its rows written. */
async function delayCommits(query: Query, mostMs: number): Promise<void> {
  await query(`
    create function commit_late() returns trigger language plpgsql as $$
    begin
      if new.seq % 5 = 0 then perform pg_sleep(random() * ${mostMs} / 1000); end if;
      return null;
    end $$`);
  await query(`
    create constraint trigger commit_late after insert on scim_outbox deferrable initially deferred
    for each row execute function commit_late()`);
}
