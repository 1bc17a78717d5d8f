import { CreateScimGroups1764100000000 } from './migrations/1764100000000-create-scim-groups.js';
import { CreateScimTables1764000000000 } from './migrations/1764000000000-create-scim-tables.js';

/** For the `migrations` of the host's DataSource, in order. */
export const scimMigrations = [CreateScimTables1764000000000, CreateScimGroups1764100000000] as const;
