import { identityTag } from '../identities/identity-tag.js';
import { resourceOf } from '../identities/identity-values.js';
import type { GroupOfUser, IdentityRow } from '../persistence/identity-statements.js';
import { schemasOf } from '../protocol/resource-schemas.js';
import type { JsonObject } from '../protocol/resource.js';
import { userResourceType } from '../protocol/schemas/resource-types.js';

export const locationOf = (identity: IdentityRow, baseUrl: string): string => `${baseUrl}/Users/${identity.id}`;

/** An identity as RFC 7643 §4.1 shows it; nothing of accounts, links or states. */
export function toUserResource(identity: IdentityRow, baseUrl: string): JsonObject {
  const attributes = resourceOf(identity);
  return {
    schemas: schemasOf(attributes, userResourceType),
    id: identity.id,
    ...attributes,
    ...(identity.groups.length === 0 ? {} : { groups: identity.groups.map((group) => toGroup(group, baseUrl)) }),
    meta: {
      resourceType: userResourceType.name,
      created: identity.createdAt.toISOString(),
      lastModified: identity.modifiedAt.toISOString(),
      location: locationOf(identity, baseUrl),
      version: identityTag(identity),
    },
  };
}

const toGroup = ({ value, display, type }: GroupOfUser, baseUrl: string): JsonObject => ({
  value,
  $ref: `${baseUrl}/Groups/${value}`,
  display,
  type,
});
