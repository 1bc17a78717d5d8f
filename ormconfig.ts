import { DataSource } from 'typeorm';
import { dataSourceOptions } from './src/host/database/data-source.js';

/** For TypeORM's command line (`-d ormconfig.ts`, under a loader that compiles TypeScript) and for editors. */
export default new DataSource(dataSourceOptions(process.env.DATABASE_URL ?? 'postgres://localhost/scim'));
