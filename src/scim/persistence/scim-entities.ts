import { ScimConnection } from './entities/connection.entity.js';
import { ScimGroup, ScimGroupMember } from './entities/group.entity.js';
import { ScimLink } from './entities/link.entity.js';
import { ScimConsumer, ScimOutboxDelivery, ScimOutboxEvent } from './entities/outbox.entity.js';
import { ProvisionedIdentity } from './entities/provisioned-identity.entity.js';
import { ScimToken } from './entities/token.entity.js';
import { ScimTombstone } from './entities/tombstone.entity.js';

/** For the `entities` of the host's DataSource. */
export const scimEntities = [
  ScimConnection,
  ScimToken,
  ProvisionedIdentity,
  ScimLink,
  ScimTombstone,
  ScimGroup,
  ScimGroupMember,
  ScimOutboxEvent,
  ScimOutboxDelivery,
  ScimConsumer,
] as const;
