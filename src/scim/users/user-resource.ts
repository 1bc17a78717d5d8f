import { resourceOf } from '../identities/identity-values.js';
import type { ProvisionedIdentity } from '../persistence/entities/provisioned-identity.entity.js';
import { schemasOf } from '../protocol/resource-schemas.js';
import type { JsonObject } from '../protocol/resource.js';
import { userResourceType } from '../protocol/schemas/resource-types.js';

/** RFC 7644 §3.14: weak, because equal states may be written differently. */
export const tagOf = (identity: ProvisionedIdentity): string => `W/"${identity.version}"`;

export const locationOf = (identity: ProvisionedIdentity, baseUrl: string): string => `${baseUrl}/Users/${identity.id}`;

/** An identity as RFC 7643 §4.1 shows it; nothing of accounts, links or states. */
export function toUserResource(identity: ProvisionedIdentity, baseUrl: string): JsonObject {
  const attributes = resourceOf(identity);
  return {
    schemas: schemasOf(attributes, userResourceType),
    id: identity.id,
    ...attributes,
    meta: {
      resourceType: userResourceType.name,
      created: identity.createdAt.toISOString(),
      lastModified: identity.modifiedAt.toISOString(),
      location: locationOf(identity, baseUrl),
      version: tagOf(identity),
    },
  };
}
