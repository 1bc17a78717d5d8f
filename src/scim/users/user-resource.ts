import { identityTag } from '../identities/identity-tag.js';
import { resourceOf } from '../identities/identity-values.js';
import type { GroupOfUser, IdentityRow } from '../persistence/identity-statements.js';
import { schemasOf } from '../protocol/resource-schemas.js';
import { isJsonObject } from '../protocol/json-object.js';
import type { JsonObject, ResourceAttributes } from '../protocol/resource.js';
import { enterpriseUserSchema } from '../protocol/schemas/enterprise-user.js';
import type { ResourceType } from '../protocol/schemas/schema.js';

const locationOf = (identity: IdentityRow, baseUrl: string): string => `${baseUrl}/Users/${identity.id}`;

/** An identity as RFC 7643 §4.1 shows it; nothing of accounts, links or states. */
export function toUserResource(identity: IdentityRow, resourceType: ResourceType, baseUrl: string): JsonObject {
  const attributes = resourceOf(identity);
  return {
    schemas: schemasOf(attributes, resourceType),
    id: identity.id,
    ...withManager(attributes, identity.managerName, baseUrl),
    ...(identity.groups.length === 0 ? {} : { groups: identity.groups.map((group) => toGroup(group, baseUrl)) }),
    meta: {
      resourceType: resourceType.name,
      created: identity.createdAt.toISOString(),
      lastModified: identity.modifiedAt.toISOString(),
      location: locationOf(identity, baseUrl),
      version: identityTag(identity),
    },
  };
}

/** RFC 7643 §4.3: the URL and the name of a manager who is a user here. */
function withManager(attributes: ResourceAttributes, name: string | null, baseUrl: string): ResourceAttributes {
  const extension = attributes[enterpriseUserSchema.id];
  if (name === null || !isJsonObject(extension) || !isJsonObject(extension['manager'])) return attributes;
  const { manager } = extension;
  const { value } = manager;
  if (typeof value !== 'string') return attributes;
  const resolved = { ...manager, $ref: `${baseUrl}/Users/${value}`, displayName: name };
  return { ...attributes, [enterpriseUserSchema.id]: { ...extension, manager: resolved } };
}

const toGroup = ({ value, display, type }: GroupOfUser, baseUrl: string): JsonObject => ({
  value,
  $ref: `${baseUrl}/Groups/${value}`,
  display,
  type,
});
