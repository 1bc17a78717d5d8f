import { ScimResourcesService } from '../../../src/scim/index.js';
import { listRows } from '../../../src/scim/persistence/list-rows.js';
import { parseFilter } from '../../../src/scim/protocol/filter/parse-filter.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../../../src/scim/scim.options.js';
import { ExplainingDatabase } from '../../support/explaining-database.js';
import type { ModuleHost } from '../../support/module-host.js';
import { deviceType, startDeviceHost, TABLES } from './device.js';

const DEVICES = 2000;

/** That only a table of the host's own has. */
const OWN_INDEXES: readonly [string, string][] = [
  ['serialNumber eq "SN-17"', 'organization_id, serial_number'],
  ['hostName eq "HOST-17"', 'organization_id, host_name_key'],
];

describe.each(TABLES)('a look-up among thousands of resources in the table %s', (table) => {
  let host: ModuleHost;

  beforeAll(async () => {
    host = await startDeviceHost(table);
    for (const organization of ['first', 'second', 'others']) await insertDevices(organization);
    await host.dataSource.query(`ANALYZE "${table}"`);
  });

  afterAll(() => host.stop());

  /** @param filter empty: none, in the order of creation. */
  async function plansOf(filter: string): Promise<string[]> {
    const options = host.app.get<ScimModuleOptions>(SCIM_OPTIONS, { strict: false });
    const database = new ExplainingDatabase(host.dataSource, options);
    const resources = host.app.get(ScimResourcesService, { strict: false });
    const selection = {
      startIndex: 1,
      count: 2,
      sort: undefined,
      filter: filter === '' ? undefined : parseFilter(filter, deviceType),
    };
    const { rows } = await listRows(database, 'second', resources.tableOf('Device'), selection);
    expect(rows.length).toBeGreaterThan(0);
    return database.plans;
  }

  const indexOf = async (properties: string): Promise<string> => {
    const [row] = await host.dataSource.query(
      `SELECT indexname FROM pg_indexes WHERE tablename = $1 AND indexdef LIKE '%(' || $2 || ')'`,
      [table, properties],
    );
    return row.indexname;
  };

  const type = table === 'scim_resource' ? ', resource_type' : '';

  it.each<[string, string]>([
    ['id eq "00000002-0000-4000-8000-000000000017"', 'id'],
    ['externalId eq "external-17"', `organization_id${type}, external_id`],
    ['', `organization_id${type}, created_at, id`],
    ...(table === 'scim_resource' ? [] : OWN_INDEXES),
  ])('by "%s" is answered by the index of %s', async (filter, properties) => {
    const [plan] = await plansOf(filter);
    expect(plan).toContain(await indexOf(properties));
    expect(plan).not.toContain('Seq Scan');
  });

  async function insertDevices(organization: string): Promise<void> {
    await host.client(organization);
    const own = table !== 'scim_resource';
    const columns = own ? 'serial_number, host_name_key' : 'resource_type';
    const values = own ? `'SN-' || n, 'host-' || n` : `CASE WHEN n % 2 = 0 THEN 'Licence' ELSE 'Device' END`;
    await host.dataSource.query(
      `INSERT INTO "${table}" (id, organization_id, connection_id, external_id, attributes, search, version, created_at, modified_at, ${columns})
       SELECT ($2 || '-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, c.organization_id, c.id, 'external-' || n, '{}', '{}', 1,
         now() + n * interval '1 s', now(), ${values}
       FROM scim_connection c, generate_series(1, $3) n WHERE c.organization_id = $1`,
      [organization, organization === 'second' ? '00000002' : `0000000${organization.length}`, DEVICES],
    );
  }
});
