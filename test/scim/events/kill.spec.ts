import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { ScimClient } from '../../support/scim-client.js';
import { type RelayHost, startRelayHost } from './relay-host.js';

/** Few, because each needs a new process; more with KILLS=100 npm test -- test/scim/events/kill.spec.ts, and in test/faults. */
const KILLS = Number(process.env.KILLS ?? 2);
const WORKERS = 6;

/** What an IdP knows of a user: what was answered, and whether one more request got no answer. */
interface Known {
  readonly id: string;
  answered: number;
  unanswered: number;
  removed: boolean;
}

let database: TestDatabase;
let observer: RelayHost;
let token: string;
const organizationId = randomUUID();
const users: Known[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  // Looks on, and delivers what the last one left.
  observer = await startRelayHost({ databaseUrl: database.url });
  ({ token } = await observer.client(organizationId));
});

afterAll(async () => {
  await observer.stop();
  await database.drop();
});

interface ModuleProcess {
  readonly process: ChildProcess;
  readonly client: ScimClient;
}

async function startProcess(): Promise<ModuleProcess> {
  const script = fileURLToPath(new URL('../../support/module-process.js', import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, DATABASE_URL: database.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await once(createInterface({ input: child.stdout }), 'line');
  return { process: child, client: new ScimClient(String(url), token, organizationId) };
}

/** Sends requests of one user after the other until one gets no answer; `onAnswer` may kill the process. */
async function work(client: ScimClient, onAnswer: () => void): Promise<void> {
  for (;;) {
    const created = await client.post('/Users', { userName: randomUUID(), externalId: randomUUID() });
    if (created.status !== 201) throw new Error(created.text);
    const user: Known = { id: created.body.id, answered: 1, unanswered: 0, removed: false };
    users.push(user);
    onAnswer();
    const path = `/Users/${user.id}`;
    const requests = [
      () => client.patch(path, [{ op: 'replace', path: 'title', value: 'Dr' }]),
      () => client.patch(path, [{ op: 'replace', path: 'active', value: false }]),
      () => client.patch(path, [{ op: 'replace', path: 'active', value: true }]),
      ...(users.length % 2 ? [() => client.delete(path)] : []),
    ];
    for (const send of requests) {
      user.unanswered = 1;
      const { status, text } = await send();
      if (status >= 300) throw new Error(text);
      user.unanswered = 0;
      user.answered += 1;
      user.removed = status === 204;
      onAnswer();
    }
  }
}

/** Workers stop when their connection breaks, which a kill does to all of them. */
async function workUntilKilled({ process: child, client }: ModuleProcess, answers: number): Promise<void> {
  const exited = once(child, 'exit');
  let left = answers;
  const onAnswer = (): void => {
    left -= 1;
    if (left === 0) child.kill('SIGKILL');
  };
  const ends = await Promise.allSettled(Array.from({ length: WORKERS }, () => work(client, onAnswer)));
  for (const end of ends) expect(end).toMatchObject({ reason: { code: expect.stringMatching(/^ECONN/) } });
  expect(await exited).toEqual([null, 'SIGKILL']);
}

describe('a process that is killed', () => {
  it(
    `leaves nothing answered unstored, nothing stored unsaid, and nothing said twice (${KILLS} kills)`,
    async () => {
      let next = startProcess();
      for (let kills = 1; kills <= KILLS; kills += 1) {
        const current = await next;
        // Starting takes longer than the work: the next one gets ready meanwhile.
        if (kills < KILLS) next = startProcess();
        await workUntilKilled(current, 20 + Math.floor(Math.random() * 60));
      }
      await observer.drain();

      for (const user of users) {
        const [row] = await observer.dataSource.query('select event_seq, state from scim_identity where id = $1', [
          user.id,
        ]);
        const possible = [user.answered, user.answered + user.unanswered];
        expect(possible).toContain(row?.event_seq);
        if (user.removed) expect(row.state).toBe('deprovisioned');
      }
      expect(await stray()).toEqual([]);
      expect(await undelivered()).toEqual([]);
      expect(await wrongEffects()).toEqual([]);
    },
    30_000 + KILLS * 15_000,
  );
});

/** Identities whose events are not 1, 2, 3 … to their event_seq, and events without identity. */
const stray = (): Promise<unknown[]> =>
  observer.dataSource.query(`
    select i.id, o.aggregate_id, i.event_seq, o.sequences
    from scim_identity i full join (
      select aggregate_id, array_agg(aggregate_seq order by seq) as sequences
      from scim_outbox where aggregate_type = 'user' group by aggregate_id) o on o.aggregate_id = i.id
    where i.id is null or o.aggregate_id is null
      or o.sequences <> array(select generate_series(1, i.event_seq))`);

/** Events without delivery, and deliveries that are neither done nor overtaken by a deactivation or removal. */
const undelivered = (): Promise<unknown[]> =>
  observer.dataSource.query(`
    select o.type, d.status, d.last_error
    from scim_outbox o left join scim_outbox_delivery d on d.event_seq = o.seq
    where o.aggregate_type = 'user' and (d.status is null or d.status not in ('delivered', 'superseded'))`);

/** Deliveries whose handler had no effect or two, effects of others, and effects out of their order. */
const wrongEffects = (): Promise<unknown[]> =>
  observer.dataSource.query(`
    select o.id, d.status, count(e.event_id)
    from scim_outbox o join scim_outbox_delivery d on d.event_seq = o.seq left join effect e on e.event_id = o.id
    group by o.id, d.status having count(e.event_id) <> (d.status = 'delivered')::int
    union all
    select later.event_id, 'out of order', later.sequence from effect earlier join effect later using (identity_id)
    where earlier.place < later.place and earlier.sequence >= later.sequence`);
