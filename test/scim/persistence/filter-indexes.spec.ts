import { randomUUID } from 'node:crypto';
import { identitySource } from '../../../src/scim/persistence/identity-source.js';
import { IDENTITY } from '../../../src/scim/persistence/identity-statements.js';
import { listRows } from '../../../src/scim/persistence/list-rows.js';
import { parseFilter } from '../../../src/scim/protocol/filter/parse-filter.js';
import { userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../../../src/scim/scim.options.js';
import { ExplainingDatabase } from '../../support/explaining-database.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';

const PEOPLE = 4000;
const organizationId = 'large';

describe('a look-up among thousands', () => {
  let host: ModuleHost;

  beforeAll(async () => {
    host = await startModuleHost();
    await host.client(organizationId);
    await insertPeople();
  });

  afterAll(() => host.stop());

  it.each([
    ['userName eq "PERSON-17@acme.example"', 'scim_identity_live_user_name'],
    ['externalId eq "external-17"', 'scim_identity_live_external_id'],
    ['id eq "00000000-0000-4000-8000-000000000017"', 'scim_identity_pkey'],
    ['emails.value eq "Person-17@acme.example"', 'scim_identity_live_emails'],
    ['emails eq "person-17@acme.example"', 'scim_identity_live_emails'],
    ['emails[type eq "work"].value eq "person-17@acme.example"', 'scim_identity_live_emails'],
    ['emails[type eq "work" and value eq "person-17@acme.example"]', 'scim_identity_live_emails'],
    ['emails[primary eq true].value eq "person-17@acme.example"', 'scim_identity_live_emails'],
    ['userName eq "person-17@acme.example" and active eq true', 'scim_identity_live_user_name'],
    ['userName eq "person-17@acme.example" or externalId eq "external-17"', 'scim_identity_live_external_id'],
  ])('by %s is answered by %s', async (filter, index) => {
    const { plans, totalResults } = await list(filter, 1);
    expect(totalResults).toBe(1);
    // One statement: a page that is not full shows by itself how many there are.
    expect(plans).toHaveLength(1);
    expect(plans[0]).toContain(index);
    expect(plans[0]).not.toContain('Seq Scan');
  });

  it('finds nobody by an id that could not be one, without reading all', async () => {
    const { plans, totalResults } = await list('id eq "x\' or true"', 1);
    expect(totalResults).toBe(0);
    expect(plans[0]).not.toContain('Seq Scan');
  });

  it('reads a page in the order of the index and counts in a second statement', async () => {
    const { plans, totalResults } = await list(undefined, 100);
    expect(totalResults).toBe(PEOPLE);
    expect(plans).toHaveLength(2);
    expect(plans[0]).toContain('scim_identity_live_order');
    expect(plans[0]).not.toContain('Seq Scan');
  });

  async function list(filter: string | undefined, count: number): Promise<{ plans: string[]; totalResults: number }> {
    const options = host.app.get<ScimModuleOptions>(SCIM_OPTIONS, { strict: false });
    const database = new ExplainingDatabase(host.dataSource, options);
    const source = identitySource('https://app.example.com/scim/v2');
    const tree = filter === undefined ? undefined : parseFilter(filter, userResourceType);
    const page = { startIndex: 1, count: count + 1 };
    const table = { columns: IDENTITY, name: 'scim_identity', visible: `i.state <> 'deprovisioned'`, source };
    const { totalResults } = await listRows(database, organizationId, table, {
      ...page,
      filter: tree,
      sort: undefined,
    });
    return { plans: database.plans, totalResults };
  }

  /** Three times as many rows in other organizations, and as many that are deprovisioned. */
  async function insertPeople(): Promise<void> {
    for (const [organization, state] of [
      [organizationId, 'provisioned'],
      ['second', 'provisioned'],
      ['third', 'provisioned'],
      ['fourth', 'deprovisioned'],
    ]) {
      if (organization !== organizationId) await host.client(organization);
      const prefix = organization === organizationId ? '00000000' : randomUUID().slice(0, 8);
      await host.dataSource.query(
        `INSERT INTO scim_identity (id, organization_id, connection_id, external_id, user_name, user_name_key, state, active, attributes,
           search, email_keys, version, event_seq, created_at, modified_at, state_changed_at)
         SELECT ($3 || '-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, $1, c.id, 'external-' || n, name, name, $2, true, '{}',
           jsonb_build_object('emails', jsonb_build_array(jsonb_build_object('value', name, 'type', 'work', 'primary', true))),
           ARRAY[name], 1, 1, now() - n * interval '1 s', now(), now()
         FROM scim_connection c, generate_series(1, $4) n, LATERAL (SELECT 'person-' || n || '@acme.example' AS name) names
         WHERE c.organization_id = $1`,
        [organization, state, prefix, PEOPLE],
      );
    }
    await host.dataSource.query('ANALYZE scim_identity');
  }
});
