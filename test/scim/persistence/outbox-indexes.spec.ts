import { randomUUID } from 'node:crypto';
import { ScimDeadLetters } from '../../../src/scim/events/scim-dead-letters.js';
import { ScimEventUpkeep } from '../../../src/scim/events/scim-event-upkeep.js';
import { ScimFeed } from '../../../src/scim/events/scim-feed.js';
import { ScimRelay } from '../../../src/scim/events/scim-relay.js';
import { type DueDelivery, findDueDeliveries } from '../../../src/scim/persistence/outbox-statements.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../../../src/scim/scim.options.js';
import { ExplainingDatabase } from '../../support/explaining-database.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';

const HISTORY = 20_000;
const WAITING = 5000;
const organizationId = 'large';
const CONSUMERS = ['first', 'second'];
const TYPES = ['scim.user.updated', 'scim.user.deactivated'];

describe('an outbox with a long history and a backlog', () => {
  let host: ModuleHost;
  let database: ExplainingDatabase;

  beforeAll(async () => {
    host = await startModuleHost({ options: { deliverEvents: false } });
    const { dataSource } = host;
    await host.client(organizationId);
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

  it('is searched for what is old by its age', async () => {
    const options = host.app.get<ScimModuleOptions>(SCIM_OPTIONS, { strict: false });
    await new ScimEventUpkeep(database, options).tick();
    const [found, deleted] = database.plans.filter((plan) => plan.includes('scim_outbox'));
    expect(found).toContain('scim_outbox_kept');
    expect(deleted).toContain('scim_outbox_archived');
  });

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
