import { type ListQuery } from '../../../src/scim/index.js';
import { listAcross, type Part } from '../../../src/scim/persistence/list-across.js';
import type { Position } from '../../../src/scim/persistence/keyset.js';
import type { ResourceTable } from '../../../src/scim/persistence/list-rows.js';
import { walkRows } from '../../../src/scim/persistence/walk-rows.js';
import { groupResourceType, userResourceType } from '../../../src/scim/protocol/schemas/resource-types.js';
import { readSort } from '../../../src/scim/protocol/sort.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../../../src/scim/scim.options.js';
import { groupTable } from '../../../src/scim/groups/group-table.js';
import { userTable } from '../../../src/scim/users/user-table.js';
import { fillDirectory, ORGANIZATION } from '../../load/fill-directory.js';
import { AnalyzingDatabase, nodesOf, type PlanNode, readBy } from '../../support/analyzing-database.js';
import { createTestDatabase } from '../../support/database.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';

const PEOPLE = 4000;
const GROUPS = 3000;
const COUNT = 100;
const BASE = 'https://app.example.com/scim/v2';

describe('a page by cursor among thousands', () => {
  let host: ModuleHost;
  let analyzing: AnalyzingDatabase;

  beforeAll(async () => {
    const database = await createTestDatabase();
    host = await startModuleHost({ databaseUrl: database.url });
    for (const organization of [ORGANIZATION, 'small']) await host.client(organization);
    await fillDirectory(database.url, { users: PEOPLE, others: PEOPLE, groupSizes: [] });
    await insertGroups();
    analyzing = new AnalyzingDatabase(
      host.dataSource,
      host.app.get<ScimModuleOptions>(SCIM_OPTIONS, { strict: false }),
    );
  });

  afterAll(() => host.stop());

  /** Beside the teams of the directory. */
  async function insertGroups(): Promise<void> {
    await host.dataSource.query(
      `INSERT INTO scim_group (id, organization_id, connection_id, display_name, display_name_key, version, event_seq, created_at, modified_at)
       SELECT gen_random_uuid(), c.organization_id, c.id, n::text, n::text, 1, 0, now() + n * interval '1 ms', now()
       FROM scim_connection c, generate_series(1, $1 - (SELECT count(*) FROM scim_group)) n WHERE c.organization_id = $2`,
      [GROUPS, ORGANIZATION],
    );
    await host.dataSource.query('ANALYZE');
  }

  /** What each page reads to find its ids: what is below LIMIT. */
  const findingOf = (plan: PlanNode): readonly PlanNode[] =>
    nodesOf(plan)
      .filter((node) => node['Node Type'] === 'Limit')
      .flatMap(nodesOf)
      .filter((node) => node.Plans === undefined);

  it.each<[string, ResourceTable, ListQuery, number]>([
    ['scim_identity_live_order', userTable(BASE), {}, PEOPLE],
    ['scim_identity_live_user_name', userTable(BASE), { sortBy: 'userName' }, PEOPLE],
    ['scim_identity_live_user_name', userTable(BASE), { sortBy: 'userName', sortOrder: 'descending' }, PEOPLE],
    ['scim_identity_live_order', userTable(BASE), { sortBy: 'meta.created' }, PEOPLE],
    ['scim_group_order', groupTable(BASE), {}, GROUPS],
  ])(
    'reads %s from where it begins, and no more than it shows, however deep it is',
    async (index, table, query, total) => {
      const type = table.name === 'scim_group' ? groupResourceType : userResourceType;
      const walk = { filter: undefined, sort: readSort(query, type), count: COUNT };
      analyzing.plans.length = 0;
      for (let after: Position | undefined, more = true; more; more = after !== undefined)
        after = (await walkRows(analyzing, ORGANIZATION, table, { ...walk, after })).end;
      // One statement a page.
      expect(analyzing.plans).toHaveLength(total / COUNT);
      for (const nodes of analyzing.plans.map(findingOf)) {
        expect(nodes.map((node) => node['Index Name'])).toEqual([index]);
        // One row tells that there is another page; a page in the order of names passes over where the last one ended.
        for (const node of nodes) expect(readBy(node)).toBeLessThanOrEqual(COUNT + 3);
      }
    },
  );

  it('over all types reads of each no more than the page could show', async () => {
    const parts: readonly Part[] = [
      { type: 'User', table: userTable(BASE), filter: undefined, sort: undefined },
      { type: 'Group', table: groupTable(BASE), filter: undefined, sort: undefined },
    ];
    analyzing.plans.length = 0;
    let seen = 0;
    for (let page = await listAcross(analyzing, ORGANIZATION, parts, { count: COUNT }); page.length > 0;) {
      seen += page.length;
      page = await listAcross(analyzing, ORGANIZATION, parts, { count: COUNT, after: page.at(-1) });
    }
    expect(seen).toBe(PEOPLE + GROUPS);
    for (const nodes of analyzing.plans.map(findingOf)) {
      const indexes = new Set(nodes.map((node) => node['Index Name']));
      expect(indexes).toEqual(new Set(['scim_identity_live_order', 'scim_group_order']));
      for (const node of nodes) expect(readBy(node)).toBeLessThanOrEqual(COUNT + 1);
    }
  });
});
