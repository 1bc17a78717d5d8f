import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ScimUserOf, UsersService } from '../../../src/scim/index.js';
import { identitySource } from '../../../src/scim/persistence/identity-source.js';
import { filterToSql } from '../../../src/scim/persistence/filter-to-sql.js';
import { parseFilter } from '../../../src/scim/protocol/filter/parse-filter.js';
import { ResourceTypes } from '../../../src/scim/protocol/resource-types.js';
import { extensions, staffSchema } from '../../support/documented-extension.js';
import { type ModuleHost, startModuleHost } from '../../support/module-host.js';

const root = join(import.meta.dirname, '../../..');
const document = readFileSync(join(root, 'docs/extensions.md'), 'utf8');
const sqlOf = (beginning: string): string =>
  [...document.matchAll(/```sql\n([\s\S]*?)\n```/g)]
    .map(([, sql = '']) => sql)
    .find((sql) => sql.startsWith(beginning)) ?? '';
const STAFF = staffSchema.id;

describe('docs/extensions.md', () => {
  let host: ModuleHost;

  beforeAll(async () => {
    host = await startModuleHost({ extras: { extensions } });
  });

  afterAll(() => host.stop());

  it('shows the extension that is tried here', () => {
    const source = readFileSync(join(root, 'test/support/documented-extension.ts'), 'utf8');
    const [, ...declarations] = source.split('\n\nexport ');
    for (const declaration of declarations) expect(document).toContain(`export ${declaration.trim()}`);
  });

  it('says how a client uses it', async () => {
    const client = await host.client();
    const [body, filter, operation] = [...document.matchAll(/```(?:json|http)\n([\s\S]*?)\n```/g)].map(
      ([, text = '']) => text,
    );
    const { id } = await client.createUser(JSON.parse(body ?? ''));
    const path = (filter ?? '').replace('GET /scim/v2', '').replaceAll(' ', '%20').replaceAll('"', '%22');
    expect((await client.get(path)).body.Resources.map((user: { id: string }) => user.id)).toEqual([id]);
    const patch = await client.patch(`/Users/${id}`, [JSON.parse(operation ?? '')]);
    expect(patch.body[STAFF]).toMatchObject({ desk: { floor: 4, place: '3-17' }, skills: ['SQL', 'TypeScript'] });
  });

  it('says how the host says something itself', async () => {
    const client = await host.client();
    const users: UsersService<ScimUserOf<typeof staffSchema>> = host.app.get(UsersService, { strict: false });
    const { id } = await client.createUser({ userName: 'ada', [STAFF]: { remote: true } });
    const user = await users.assignReadOnly(client.organizationId, id, { [STAFF]: { seatType: 'full' } });
    const seatType: string | undefined = user[STAFF]?.seatType;
    expect(seatType).toBe('full');
  });

  it('has the index for look-ups by an attribute', async () => {
    const client = await host.client();
    await host.dataSource.query(sqlOf('CREATE INDEX'));
    await host.dataSource.query(
      `INSERT INTO scim_identity (id, organization_id, connection_id, user_name, user_name_key, state, active, attributes, search,
         email_keys, version, event_seq, created_at, modified_at, state_changed_at)
       SELECT gen_random_uuid(), $1, c.id, n, n, 'provisioned', true, '{}', jsonb_build_object($2::text, jsonb_build_object('badge', 'b-' || n)),
         '{}', 1, 1, now(), now(), now()
       FROM scim_connection c, generate_series(1, 3000) n WHERE c.organization_id = $1`,
      [client.organizationId, STAFF],
    );
    await host.dataSource.query('ANALYZE scim_identity');
    const filter = parseFilter('badge eq "B-17"', new ResourceTypes(extensions).user);
    const values: unknown[] = [client.organizationId];
    const condition = filterToSql(filter, identitySource('https://app.example.com/scim/v2'), values);
    const plan = await host.dataSource.query(
      `EXPLAIN SELECT i.id FROM scim_identity i WHERE i.organization_id = $1 AND i.state <> 'deprovisioned' AND ${condition}`,
      values,
    );
    expect(JSON.stringify(plan)).toContain('acme_badge');
    expect((await client.filterUsers('badge eq "B-17"')).body.totalResults).toBe(1);
  });

  it('has the statement that makes what is there unique', async () => {
    const client = await host.client();
    await client.createUser({ userName: 'ada', [STAFF]: { badge: 'B-1' } });
    await client.createUser({ userName: 'bee', [STAFF]: { remote: true } });
    const rows = (): Promise<unknown[]> =>
      host.dataSource.query('SELECT * FROM scim_unique_value WHERE organization_id = $1', [client.organizationId]);
    const before = await rows();
    expect(before).toHaveLength(1);
    await host.dataSource.query('DELETE FROM scim_unique_value');
    await host.dataSource.query(sqlOf('INSERT'));
    expect(await rows()).toEqual(before);
  });
});
