import { ScimConnection } from './entities/connection.entity.js';
import { ProvisionedGroup, ScimGroupMember } from './entities/group.entity.js';
import { ScimLink } from './entities/link.entity.js';
import { ScimLogEntry, ScimLogReveal } from './entities/log-entry.entity.js';
import { ScimConsumer, ScimFeed, ScimOutboxDelivery, ScimOutboxEvent, ScimUpkeep } from './entities/outbox.entity.js';
import { ProvisionedIdentity } from './entities/provisioned-identity.entity.js';
import { ScimRefusedLogin } from './entities/refused-login.entity.js';
import { ScimResource } from './entities/resource.entity.js';
import { ScimToken } from './entities/token.entity.js';
import { ScimTombstone } from './entities/tombstone.entity.js';
import { ScimUniqueValue } from './entities/unique-value.entity.js';
import { ScimUnlinkedAccount } from './entities/unlinked-account.entity.js';

/** For the `entities` of the host's DataSource. */
export const scimEntities = [
  ScimConnection,
  ScimToken,
  ProvisionedIdentity,
  ScimLink,
  ScimTombstone,
  ScimUnlinkedAccount,
  ProvisionedGroup,
  ScimGroupMember,
  ScimResource,
  ScimUniqueValue,
  ScimOutboxEvent,
  ScimOutboxDelivery,
  ScimConsumer,
  ScimFeed,
  ScimUpkeep,
  ScimLogEntry,
  ScimLogReveal,
  ScimRefusedLogin,
] as const;
