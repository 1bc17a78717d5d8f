import { DataSource } from 'typeorm';
import { dataSourceOptions } from './src/host/database/data-source.js';

/** For TypeORM's command line, e.g. `DATABASE_URL=postgres://… npx typeorm migration:show -d build/ormconfig.js`. */
export default new DataSource(dataSourceOptions(process.env.DATABASE_URL ?? 'postgres://localhost/scim'));
