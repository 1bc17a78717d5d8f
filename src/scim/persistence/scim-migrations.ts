import { CreateScimExtensions1764200000000 } from './migrations/1764200000000-create-scim-extensions.js';
import { CreateScimGroups1764100000000 } from './migrations/1764100000000-create-scim-groups.js';
import { CreateScimLog1764500000000 } from './migrations/1764500000000-create-scim-log.js';
import { CreateScimResources1764300000000 } from './migrations/1764300000000-create-scim-resources.js';
import { AddScimConnectionEvents1764630000000 } from './migrations/1764630000000-add-scim-connection-events.js';
import { AddScimErasure1764610000000 } from './migrations/1764610000000-add-scim-erasure.js';
import { AddScimEventCare1764620000000 } from './migrations/1764620000000-add-scim-event-care.js';
import { AddScimLogRefusals1764650000000 } from './migrations/1764650000000-add-scim-log-refusals.js';
import { AddScimMilestones1764600000000 } from './migrations/1764600000000-add-scim-milestones.js';
import { AddScimTokenLife1764400000000 } from './migrations/1764400000000-add-scim-token-life.js';
import { AddScimUpkeep1764640000000 } from './migrations/1764640000000-add-scim-upkeep.js';
import { CreateScimTables1764000000000 } from './migrations/1764000000000-create-scim-tables.js';

/** For the `migrations` of the host's DataSource, in order. */
export const scimMigrations = [
  CreateScimTables1764000000000,
  CreateScimGroups1764100000000,
  CreateScimExtensions1764200000000,
  CreateScimResources1764300000000,
  AddScimTokenLife1764400000000,
  CreateScimLog1764500000000,
  AddScimMilestones1764600000000,
  AddScimErasure1764610000000,
  AddScimEventCare1764620000000,
  AddScimConnectionEvents1764630000000,
  AddScimUpkeep1764640000000,
  AddScimLogRefusals1764650000000,
] as const;
