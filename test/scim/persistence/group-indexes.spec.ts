import { groupSource } from '../../../src/scim/persistence/group-source.js';
import { GROUP } from '../../../src/scim/persistence/group-statements.js';
import { listRows } from '../../../src/scim/persistence/list-rows.js';
import { parseFilter } from '../../../src/scim/protocol/filter/parse-filter.js';
import { groupResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../../../src/scim/scim.options.js';
import { ExplainingDatabase } from '../../support/explaining-database.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';

const GROUPS = 2000;
const organizationId = 'large';

describe('a look-up among thousands of groups', () => {
  let host: ModuleHost;

  beforeAll(async () => {
    host = await startModuleHost();
    for (const organization of [organizationId, 'second', 'third']) await insertGroups(organization);
    await host.dataSource.query('ANALYZE scim_identity, scim_group, scim_group_member');
  });

  afterAll(() => host.stop());

  it.each([
    ['displayName eq "GROUP-17"', 'scim_group_name'],
    ['externalId eq "external-17"', 'scim_group_external_id'],
    ['id eq "00000000-0000-4000-8000-000000000017"', 'scim_group_pkey'],
    ['members.value eq "00000000-0000-4000-9000-000000000017"', 'scim_group_member_member'],
    ['members eq "00000000-0000-4000-9000-000000000017"', 'scim_group_member_member'],
    ['members[value eq "00000000-0000-4000-9000-000000000017"]', 'scim_group_member_'],
    [
      'id eq "00000000-0000-4000-8000-000000000017" and members eq "00000000-0000-4000-9000-000000000017"',
      'scim_group_member_',
    ],
  ])('by %s is answered by %s', async (filter, index) => {
    const { plans, totalResults } = await list(filter);
    expect(totalResults).toBe(1);
    expect(plans).toHaveLength(1);
    expect(plans[0]).toContain(index);
    expect(plans[0]).not.toContain('Seq Scan');
  });

  async function list(filter: string): Promise<{ plans: string[]; totalResults: number }> {
    const options = host.app.get<ScimModuleOptions>(SCIM_OPTIONS, { strict: false });
    const database = new ExplainingDatabase(host.dataSource, options);
    const source = groupSource('https://app.example.com/scim/v2');
    const table = { columns: GROUP, name: 'scim_group', visible: 'TRUE', source };
    const selection = { startIndex: 1, count: 2, sort: undefined, filter: parseFilter(filter, groupResourceType) };
    const { totalResults } = await listRows(database, organizationId, table, selection);
    return { plans: database.plans, totalResults };
  }

  /** Each group with one member of its own. */
  async function insertGroups(organization: string): Promise<void> {
    await host.client(organization);
    const prefix = organization === organizationId ? '00000000' : `0000000${organization.length}`;
    const values = [organization, prefix, GROUPS];
    await host.dataSource.query(
      `INSERT INTO scim_identity (id, organization_id, connection_id, external_id, user_name, user_name_key, state, active, attributes,
         search, email_keys, version, event_seq, created_at, modified_at, state_changed_at)
       SELECT ($2 || '-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, $1, c.id, 'external-' || n, 'person-' || n, 'person-' || n,
         'provisioned', true, '{}', '{}', '{}', 1, 1, now(), now(), now()
       FROM scim_connection c, generate_series(1, $3) n WHERE c.organization_id = $1`,
      values,
    );
    await host.dataSource.query(
      `INSERT INTO scim_group (id, organization_id, connection_id, external_id, display_name, display_name_key, unique_name_key,
         version, event_seq, created_at, modified_at)
       SELECT ($2 || '-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, $1, c.id, 'external-' || n, 'group-' || n, 'group-' || n,
         'group-' || n, 1, 1, now() - n * interval '1 s', now()
       FROM scim_connection c, generate_series(1, $3) n WHERE c.organization_id = $1`,
      values,
    );
    await host.dataSource.query(
      `INSERT INTO scim_group_member (group_id, organization_id, user_id, member_id)
       SELECT ($2 || '-0000-4000-8000-' || n)::uuid, $1, ($2 || '-0000-4000-9000-' || n)::uuid, ($2 || '-0000-4000-9000-' || n)::uuid
       FROM generate_series(1, $3) number, LATERAL (SELECT lpad(number::text, 12, '0') AS n) padded`,
      values,
    );
  }
});
