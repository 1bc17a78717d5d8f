import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';
import { ScimClient } from '../../support/scim-client.js';
import { addGroup, addUser, type Operation, patching, postBulk } from './bulk-requests.js';

let database: TestDatabase;
let observer: ModuleHost;

beforeAll(async () => {
  database = await createTestDatabase();
  observer = await startModuleHost({ databaseUrl: database.url, options: { deliverEvents: false } });
});

afterAll(async () => {
  await observer.stop();
  await database.drop();
});

const USERS = 500;

/** Two sets, then changes one by one, groups and circles of groups. */
const operations: readonly Operation[] = [
  ...Array.from({ length: USERS }, (_, index) => addUser(`user-${index}`)),
  ...Array.from({ length: 200 }, (_, index) =>
    patching(`/Users/bulkId:user-${index}`, { op: 'replace', path: 'title', value: 'Dr' }),
  ),
  ...Array.from({ length: 100 }, (_, index) => addGroup(`group-${index}`, [`user-${index}`, `group-${index ^ 1}`])),
];

const count = async (table: string, organizationId: string): Promise<number> => {
  const sql = `select count(*)::int from ${table} where organization_id = $1`;
  const [row] = await observer.dataSource.query(sql, [organizationId]);
  return row.count;
};

/** The sessions of a process, by the name that it gave them. */
const backends = async (name: string): Promise<number> => {
  const sql = 'select count(*)::int from pg_stat_activity where application_name = $1';
  const [row] = await observer.dataSource.query(sql, [name]);
  return row.count;
};

/** What a row says of its events, and what the outbox has, where they differ. */
const strays = (): Promise<unknown[]> =>
  observer.dataSource.query(`
    select * from (
      select id, event_seq from scim_identity union all select id, event_seq from scim_group) resource
    full join (
      select aggregate_id, array_agg(aggregate_seq order by seq) as sequences
      from scim_outbox where aggregate_type in ('user', 'group') group by aggregate_id) event on event.aggregate_id = resource.id
    where id is null or aggregate_id is null or sequences <> array(select generate_series(1, event_seq))`);

describe('a process that is killed in the middle of a bulk request', () => {
  it.each([
    ['users', 'scim_identity', 1],
    ['groups', 'scim_group', 20],
  ])(
    'leaves every row with its events and no half circle: in its %s',
    async (_what, table, enough) => {
      const organizationId = randomUUID();
      const { token } = await observer.client(organizationId);
      const child = spawn(
        process.execPath,
        [fileURLToPath(new URL('../../support/module-process.js', import.meta.url))],
        {
          env: { ...process.env, DATABASE_URL: database.url, PGAPPNAME: organizationId },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      const [url] = await once(createInterface({ input: child.stdout }), 'line');
      expect(await backends(organizationId)).toBeGreaterThan(0);
      const exited = once(child, 'exit');
      const request = postBulk(new ScimClient(String(url), token, organizationId), operations);
      while ((await count(table, organizationId)) < enough);
      child.kill('SIGKILL');
      await expect(request).rejects.toMatchObject({ code: expect.stringMatching(/^ECONN/) });
      await exited;
      // A server may still finish the statement that it was at.
      while ((await backends(organizationId)) > 0);
      expect(await strays()).toEqual([]);
      const groups = await count('scim_group', organizationId);
      expect(groups % 2).toBe(0);
      expect(await count('scim_group_member', organizationId)).toBe(groups * 2);
    },
    30_000,
  );
});
