import { DataSource } from 'typeorm';
import { scimEntities, scimMigrations } from '../../../src/scim/index.js';
import { createTestDatabase } from '../../support/database.js';

/** A DataSource of a host that has nothing else than the module, in a schema of its own. */
async function connect(): Promise<DataSource> {
  const { url } = await createTestDatabase();
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    entities: [...scimEntities],
    migrations: [...scimMigrations],
    schema: 'fresh',
    extra: { options: '-c search_path=fresh' },
  });
  await dataSource.initialize();
  await dataSource.query('create schema fresh');
  return dataSource;
}

/** Everything a migration makes: columns, indexes, constraints, functions. */
const describeSchema = (dataSource: DataSource): Promise<{ what: string }[]> =>
  dataSource.query(`
    select c.relname || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' '
        || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || a.attidentity::text as what
      from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where c.relnamespace = 'fresh'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
    union all select indexdef from pg_indexes where schemaname = 'fresh'
    union all select conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
      where connamespace = 'fresh'::regnamespace and contype <> 'n'
    union all select proname from pg_proc where pronamespace = 'fresh'::regnamespace
    order by 1`);

describe('the migrations', () => {
  let dataSource: DataSource;

  beforeAll(async () => {
    dataSource = await connect();
    await dataSource.runMigrations();
  });

  afterAll(() => dataSource.destroy());

  it("make what the entities say, so that a host's generated migration leaves the module's tables alone", async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('are undone without a trace, and done again the same', async () => {
    const before = await describeSchema(dataSource);
    expect(before.length).toBeGreaterThan(80);
    for (const _migration of scimMigrations) await dataSource.undoLastMigration();
    const left = await describeSchema(dataSource);
    expect(left.filter(({ what }) => !what.includes('migrations'))).toEqual([]);
    await dataSource.runMigrations();
    expect(await describeSchema(dataSource)).toEqual(before);
  });
});
