import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { scimEntities, scimMigrations } from '../../../src/scim/index.js';
import { createTestDatabase } from '../../support/database.js';

const NAME = 'AddScimTokenLife1764400000000';

let dataSource: DataSource;

beforeAll(async () => {
  const { url } = await createTestDatabase();
  const extra = { options: '-c search_path=fresh' };
  dataSource = new DataSource({
    type: 'postgres',
    url,
    entities: [...scimEntities],
    migrations: [...scimMigrations],
    schema: 'fresh',
    extra,
  });
  await dataSource.initialize();
  await dataSource.query('create schema fresh');
  await dataSource.runMigrations();
});

afterAll(() => dataSource.destroy());

const isApplied = async (): Promise<boolean> =>
  (await dataSource.query('select from migrations where name = $1', [NAME])).length > 0;

/** A token whose columns are as told. */
async function insert(columns: Record<string, string>): Promise<string> {
  const [connectionId, organizationId, id] = [randomUUID(), randomUUID(), randomUUID()];
  await dataSource.query(`insert into scim_connection (id, organization_id, tombstone_key) values ($1, $2, '\\x00')`, [
    connectionId,
    organizationId,
  ]);
  const names = Object.keys(columns).map((name) => `, ${name}`);
  const values = Object.values(columns).map((value) => `, ${value}`);
  await dataSource.query(
    `insert into scim_token (id, organization_id, connection_id, public_id, hash, hint, scopes${names.join('')})
     values ($1, $2, $3, $4, '\\x00', 'h', '{}'${values.join('')})`,
    [id, organizationId, connectionId, randomUUID()],
  );
  return id;
}

/** Puts the old token into the new one's organization, too. */
const rotate = (old: string, made: string): Promise<unknown> =>
  dataSource.query(
    `update scim_token t set replaced_by = s.id, organization_id = s.organization_id, connection_id = s.connection_id,
       retires_at = now() + interval '1 d' from scim_token s where t.id = $1 and s.id = $2`,
    [old, made],
  );

const read = async (id: string, expression: string): Promise<unknown> =>
  (await dataSource.query(`select ${expression} as value from scim_token where id = $1`, [id]))[0].value;

describe('the migration to the life of tokens', () => {
  it('gives tokens without an end one, and retiring ones their real end, when it is undone', async () => {
    const eternal = await insert({ expires_at: 'null' });
    const retiring = await insert({ expires_at: `now() + interval '9 d'` });
    const successor = await insert({ expires_at: `now() + interval '9 d'` });
    await rotate(retiring, successor);
    while (await isApplied()) await dataSource.undoLastMigration();
    expect(await read(eternal, `expires_at = created_at + interval '730 d'`)).toBe(true);
    expect(await read(retiring, `expires_at < now() + interval '2 d'`)).toBe(true);
    expect(await read(successor, `expires_at > now() + interval '8 d'`)).toBe(true);
  });

  it('tells nobody of what expired before it, and knows what is in use', async () => {
    const expired = await insert({ expires_at: `now() - interval '9 d'` });
    const revoked = await insert({ expires_at: `now() + interval '9 d'`, revoked_at: 'now()' });
    const used = await insert({ expires_at: `now() + interval '9 d'`, last_used_at: `now() - interval '1 h'` });
    await dataSource.runMigrations();
    expect(await read(expired, 'warned_days')).toBe(0);
    expect(await read(revoked, 'revoked_because')).toBe('admin');
    expect(await read(used, 'first_used_at = last_used_at and warned_days is null')).toBe(true);
  });

  it('lets a removed organization take all its tokens with it, rotations too', async () => {
    const old = await insert({ expires_at: 'null' });
    const made = await insert({ expires_at: 'null' });
    await rotate(old, made);
    await dataSource.query('delete from scim_connection');
    expect(await dataSource.query('select from scim_token')).toEqual([]);
  });
});
