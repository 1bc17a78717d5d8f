import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../../src/host/database/data-source.js';
import { createTestDatabase } from '../../support/database.js';

describe('the migrations of host and module', () => {
  it('make exactly the tables that the entities describe', async () => {
    const database = await createTestDatabase();
    const dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    await dataSource.destroy();
    await database.drop();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('are undone without a trace', async () => {
    const database = await createTestDatabase();
    const dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
    for (const _migration of dataSource.migrations) await dataSource.undoLastMigration();
    const left = await dataSource.query<unknown[]>(`
      SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')
        AND relname NOT LIKE 'migrations%'`);
    await dataSource.destroy();
    await database.drop();
    expect(left).toEqual([]);
  });
});
