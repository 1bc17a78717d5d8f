import { randomUUID } from 'node:crypto';
import { ScimLinkCheck } from '../../../src/scim/connections/scim-link-check.js';
import { ScimMilestones } from '../../../src/scim/connections/scim-milestones.js';
import { ScimRelay } from '../../../src/scim/events/scim-relay.js';
import { ScimConnectionsService, ScimLogService } from '../../../src/scim/index.js';
import { ScimLog } from '../../../src/scim/log/scim-log.js';
import { ScimLogUpkeep } from '../../../src/scim/log/scim-log-upkeep.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../../../src/scim/scim.options.js';
import { ScimTokenVerifier } from '../../../src/scim/tokens/scim-token-verifier.js';
import { ExplainingDatabase } from '../../support/explaining-database.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';

const ROWS = 20_000;
const organizationId = 'large';

describe('a log of many requests', () => {
  let host: ModuleHost;
  let database: ExplainingDatabase;
  let service: ScimLogService;

  beforeAll(async () => {
    host = await startModuleHost();
    for (const organization of [organizationId, 'second', 'third']) await insertRows(organization);
    await host.dataSource.query('ANALYZE scim_log');
    const options = host.app.get<ScimModuleOptions>(SCIM_OPTIONS, { strict: false });
    database = new ExplainingDatabase(host.dataSource, options);
    service = new ScimLogService(database, host.app.get(ScimLog, { strict: false }));
  });

  afterAll(() => host.stop());

  beforeEach(() => {
    database.plans.length = 0;
  });

  const lastPlan = (): string => database.plans.at(-1) ?? '';

  it.each([
    ['the newest', {}, 51],
    ['the newest failures', { status: 'failed' }, 51],
    ['the newest of a class that is rare', { status: '5xx' }, 20],
    [
      'those before another',
      { after: { receivedAt: '2026-01-01T03:00:00.000Z', id: '00000000-0000-4000-8000-000000000000' } },
      51,
    ],
    ['those since a time', { from: new Date('2026-01-01T05:00:00Z') }, 51],
  ])('gives %s from one index, in its order', async (_which, query, count) => {
    expect(await service.list(organizationId, { ...query, limit: 51 })).toHaveLength(count);
    expect(lastPlan()).toContain('Index Scan Backward using scim_log_newest');
    expect(lastPlan()).not.toContain('Seq Scan on scim_log');
  });

  it('gives those of a status that is rare in its class from one index', async () => {
    expect(await service.list(organizationId, { status: '418', limit: 51 })).toHaveLength(1);
    expect(lastPlan()).toContain('Index Scan Backward using scim_log_status');
    expect(lastPlan()).not.toContain('Seq Scan on scim_log');
  });

  it('is erased of a person by look-ups in indexes alone', async () => {
    await insertPeople();
    expect(await service.erase(organizationId, randomUUID(), ['person-23'])).toBe(20);
    expect(lastPlan()).not.toContain('Seq Scan');
    for (const index of ['scim_log_people', 'live_user_name', 'live_external_id', 'live_emails']) {
      expect(lastPlan()).toContain(index);
    }
  });

  it('gives those of a person by what they are called', async () => {
    expect(await service.list(organizationId, { person: 'person-17', limit: 51 })).toHaveLength(20);
    expect(lastPlan()).toContain('scim_log_people');
    expect(lastPlan()).not.toContain('Seq Scan on scim_log');
  });

  it('tells how a connection fares from one index', async () => {
    const connections = new ScimConnectionsService(
      database,
      host.app.get(ScimTokenVerifier, { strict: false }),
      host.app.get(ScimLog, { strict: false }),
      host.app.get(ScimRelay, { strict: false }),
      host.app.get(ScimMilestones, { strict: false }),
      host.app.get(ScimLinkCheck, { strict: false }),
    );
    await connections.health(organizationId);
    expect(database.plans).toHaveLength(3);
    const ofLog = database.plans.filter((plan) => plan.includes('scim_log'));
    expect(ofLog).toHaveLength(2);
    for (const plan of ofLog) {
      expect(plan).toContain('scim_log_status');
      expect(plan).not.toContain('Seq Scan on scim_log');
    }
  });

  it('is searched for what is old by its age', async () => {
    const options = host.app.get<ScimModuleOptions>(SCIM_OPTIONS, { strict: false });
    await new ScimLogUpkeep(database, { ...options, log: { retentionDays: 36_500 } }).tick();
    expect(database.plans[0]).toContain('scim_log_age');
  });

  async function insertPeople(): Promise<void> {
    await host.dataSource.query(
      `INSERT INTO scim_identity (id, organization_id, connection_id, external_id, user_name, user_name_key, state, active, attributes,
         search, email_keys, version, event_seq, created_at, modified_at, state_changed_at)
       SELECT gen_random_uuid(), $1, c.id, 'external-' || n, n, n, 'provisioned', true, '{}', '{}', ARRAY[n || '@acme.example'], 1, 1,
         now(), now(), now()
       FROM scim_connection c, generate_series(1, 5000) n WHERE c.organization_id = $1`,
      [organizationId],
    );
    await host.dataSource.query('ANALYZE scim_identity');
  }

  /** One a second; one of a hundred is refused, one of a thousand is a failure of ours; a thousand people. */
  async function insertRows(organization: string): Promise<void> {
    await host.client(organization);
    await host.dataSource.query(
      `INSERT INTO scim_log (id, organization_id, connection_id, received_at, method, path, status, status_class, duration_ms, person_keys)
       SELECT gen_random_uuid(), c.organization_id, c.id, timestamptz '2026-01-01T00:00:00Z' + interval '1 s' * n, 'GET', '/Users',
         status, status / 100, 1, ARRAY['person-' || n % 1000]
       FROM scim_connection c, generate_series(1, $2::integer) n,
         LATERAL (SELECT CASE WHEN n % 1000 = 0 THEN 500 WHEN n = 1 THEN 418 WHEN n % 100 = 0 THEN 404 ELSE 200 END AS status) s
       WHERE c.organization_id = $1`,
      [organization, ROWS],
    );
  }
});
