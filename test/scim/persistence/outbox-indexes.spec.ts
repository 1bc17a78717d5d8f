import { randomUUID } from 'node:crypto';
import { giveUpDeliveries } from '../../../src/scim/events/give-up-deliveries.js';
import { ScimDeadLetters } from '../../../src/scim/events/scim-dead-letters.js';
import { ScimEventUpkeep } from '../../../src/scim/events/scim-event-upkeep.js';
import { ScimFeed } from '../../../src/scim/events/scim-feed.js';
import { ScimRelay } from '../../../src/scim/events/scim-relay.js';
import { type DueDelivery, findDueDeliveries } from '../../../src/scim/persistence/outbox-statements.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../../../src/scim/scim.options.js';
import { AnalyzingDatabase, leavesOf, type PlanNode, readBy } from '../../support/analyzing-database.js';
import { ExplainingDatabase } from '../../support/explaining-database.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';

const HISTORY = 20_000;
const WAITING = 5000;
const organizationId = 'large';
const CONSUMERS = ['first', 'second'];
/** Of the history. */
const OLD = 3000;
/** Looks at all that is old. */
const BATCHES = Math.ceil((OLD + WAITING + 1) / 1000);
const TYPES = ['scim.user.updated', 'scim.user.deactivated'];

describe('an outbox with a long history and a backlog', () => {
  let host: ModuleHost;
  let database: ExplainingDatabase;

  beforeAll(async () => {
    host = await startModuleHost({ options: { deliverEvents: false } });
    const { dataSource } = host;
    await host.client(organizationId);
    await dataSource.query(
      'INSERT INTO scim_consumer (name, event_types) SELECT name, $2 FROM unnest($1::text[]) name',
      [CONSUMERS, TYPES],
    );
    await insertEvents(HISTORY, 'delivered', 'scim.user.updated');
    for (const table of ['scim_outbox', 'scim_outbox_delivery']) await dataSource.query(`ANALYZE ${table}`);
    // What is waiting came since, so that statistics know nothing of it: as after a burst.
    await insertEvents(WAITING, 'pending', 'scim.user.updated');
    await insertEvents(1, 'pending', 'scim.user.deactivated');
    const options = host.app.get<ScimModuleOptions>(SCIM_OPTIONS, { strict: false });
    database = new ExplainingDatabase(dataSource, options);
  });

  afterAll(() => host.stop());

  beforeEach(() => {
    database.plans.length = 0;
  });

  const lastPlan = (): string => database.plans.at(-1) ?? '';

  it('gives what is due by walks of indexes that end with the last row that is wanted', async () => {
    const pairs = CONSUMERS.flatMap((consumer) => TYPES.map((type) => [consumer, type] as const));
    const rows = await database.run<DueDelivery>(findDueDeliveries, [
      pairs.map(([consumer]) => consumer),
      pairs.map(([, type]) => type),
      100,
    ]);
    expect(rows).toHaveLength(102 + 100);
    expect(rows.slice(0, 2).map(({ type }) => type)).toEqual(Array(2).fill('scim.user.deactivated'));
    expect(lastPlan()).toContain('Index Scan using scim_outbox_delivery_terminal');
    expect(lastPlan()).toContain('Index Scan using scim_outbox_delivery_due');
    expect(lastPlan()).toContain('scim_outbox_delivery_open');
    expect(lastPlan()).not.toContain('Seq Scan');
    // The limit is reached without a sort of what waits.
    expect(lastPlan().match(/Limit\W[^\n]*\n\s*->\s*Sort/)).toBeNull();
  });

  it('is looked at for dead letters by their index', async () => {
    await host.dataSource.query(
      `UPDATE scim_outbox_delivery SET attempts = 1, organization_id = $1 WHERE (event_seq, consumer) IN (
         SELECT event_seq, consumer FROM scim_outbox_delivery WHERE status = 'pending' ORDER BY event_seq LIMIT 20)`,
      [organizationId],
    );
    const letters = new ScimDeadLetters(database, host.app.get(ScimRelay, { strict: false }));
    expect(await letters.list({ organizationId, limit: 51 })).toHaveLength(20);
    expect(lastPlan()).toContain('scim_outbox_delivery_failed');
    expect(lastPlan()).not.toContain('Seq Scan');
    expect(await letters.backlog(organizationId)).toMatchObject({ open: 1000, failing: 20, atLeast: true });
    for (const index of ['failed', 'open']) expect(lastPlan()).toContain(`scim_outbox_delivery_${index}`);
    expect(lastPlan()).not.toContain('Seq Scan on scim_outbox_delivery');
    expect(await letters.replay({ organizationId }, undefined)).toBe(20);
    expect(lastPlan()).not.toContain('Seq Scan');
  });

  it('is read as a feed by the places of its events', async () => {
    const feed = new ScimFeed(database);
    const first = await feed.read(organizationId, { limit: 100 });
    await feed.read(organizationId, { after: first.next, limit: 100 });
    // Once for the page, once for what has no place yet.
    expect(lastPlan().match(/using scim_outbox_feed/g)).toHaveLength(2);
    expect(lastPlan()).not.toContain('Seq Scan on scim_outbox');
  });

  it('is searched for what is old a thousand events at a time, each of them once, however many may not be touched', async () => {
    await age();
    const options = host.app.get<ScimModuleOptions>(SCIM_OPTIONS, { strict: false });
    const analyzing = new AnalyzingDatabase(host.dataSource, options);
    const upkeep = new ScimEventUpkeep(analyzing, options);
    const rounds = [];
    for (let batches = 0; batches < BATCHES; batches = rounds.reduce((sum, { looks }) => sum + looks, 0)) {
      analyzing.plans.length = 0;
      const { archived } = await upkeep.tick(2000);
      const looks = analyzing.plans.map(leavesOf).filter((leaves) => leaves.some(isOf('scim_outbox_kept')));
      rounds.push({ looks: looks.length, archived });
      for (const leaves of looks) {
        // The one where the last look ended, and one that tells that no other was written in the same moment.
        expect(readBy(leaves.find(isOf('scim_outbox_kept'))!)).toBeLessThanOrEqual(1002);
        // Beside each a few rows.
        for (const leaf of leaves) expect(readBy(leaf)).toBeLessThanOrEqual(1000 * (CONSUMERS.length + 1));
      }
    }
    // What waits is older here, and in the way.
    expect(rounds).toEqual([
      { looks: 2, archived: 0 },
      { looks: 2, archived: 0 },
      { looks: BATCHES - 4, archived: OLD },
    ]);
  });

  it('is searched for what a consumer left that is gone by walks of indexes that pass over nothing', async () => {
    await host.dataSource.query(`UPDATE scim_consumer SET retired_at = now() WHERE name = 'second'`);
    await host.dataSource.query(
      `UPDATE scim_outbox_delivery SET status = 'dead' WHERE (event_seq, consumer) IN (
         SELECT event_seq, consumer FROM scim_outbox_delivery WHERE status = 'pending' AND consumer = 'second' LIMIT 10)`,
    );
    expect(await giveUpDeliveries(database, 'second')).toBe(WAITING + 1);
    // A look more for each kind tells that there is no other.
    for (const [index, looks] of [
      ['terminal', 2],
      ['due', WAITING / 1000 + 1],
      ['given_up', 2],
    ] as const) {
      const plans = database.plans.filter((plan) => plan.includes(`using scim_outbox_delivery_${index} on`));
      expect([index, plans.length]).toEqual([index, looks]);
    }
    for (const plan of database.plans) {
      // In the order of the index, after the place where the last one ended.
      expect(plan).toMatch(
        /LockRows[^\n]*\n\s*-> {2}Result [^\n]*\n[^\n]*\n\s*-> {2}Index Scan using scim_outbox_delivery_/,
      );
      expect(plan).toContain(') AND (ROW(next_at, event_seq) > ');
    }
    expect(await giveUpDeliveries(database, 'first')).toBe(0);
  });

  const isOf =
    (index: string) =>
    (node: PlanNode): boolean =>
      node['Index Name'] === index;

  /** What waits is 60 days old, and as much of the rest as is to be archived 40. */
  const age = (): Promise<unknown> =>
    host.dataSource.query(
      `UPDATE scim_outbox o SET created_at = now() + o.seq * interval '1 ms' - make_interval(days => CASE d.status WHEN 'pending' THEN 60 ELSE 40 END)
       FROM scim_outbox_delivery d
       WHERE d.event_seq = o.seq AND d.consumer = $1
         AND (d.status = 'pending' OR o.seq IN (SELECT seq FROM scim_outbox WHERE aggregate_type = 'user' ORDER BY seq LIMIT $2))`,
      [CONSUMERS[0], OLD],
    );

  /** Five events of each person, for every consumer. */
  async function insertEvents(count: number, status: string, type: string): Promise<void> {
    await host.dataSource.query(
      `WITH event AS (
         INSERT INTO scim_outbox (id, organization_id, aggregate_type, aggregate_id, aggregate_seq, type, payload)
         SELECT gen_random_uuid(), $1, 'user', md5($2 || n / 5)::uuid, n % 5 + 1, $3, '{}' FROM generate_series(0, $4::integer - 1) n
         ORDER BY n RETURNING seq, aggregate_id)
       INSERT INTO scim_outbox_delivery (event_seq, consumer, aggregate_id, terminal, status)
       SELECT seq, consumer, aggregate_id, $3 = 'scim.user.deactivated', $5 FROM event, unnest($6::text[]) consumer ORDER BY seq`,
      [organizationId, randomUUID(), type, count, status, CONSUMERS],
    );
  }
});
