import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../../src/host/database/data-source.js';
import { createTestDatabase } from '../../support/database.js';

describe("the host's migrations", () => {
  it('make exactly the tables that its entities describe', async () => {
    const database = await createTestDatabase();
    const dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    await dataSource.destroy();
    await database.drop();
    const ofTheHost = upQueries.map(({ query }) => query).filter((query) => !query.includes('"scim_'));
    expect(ofTheHost).toEqual([]);
  });
});
