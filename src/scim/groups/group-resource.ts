import type { ProvisionedGroup } from '../persistence/entities/group.entity.js';
import type { MemberRow } from '../persistence/group-statements.js';
import type { JsonObject, ResourceAttributes } from '../protocol/resource.js';
import { schemasOf } from '../protocol/resource-schemas.js';
import type { ResourceType } from '../protocol/schemas/schema.js';

/** RFC 7644 §3.14: weak, because equal states may be written differently. A member's display name is not part of it. */
export const groupTag = ({ version }: ProvisionedGroup): string => `W/"${version}"`;

const groupLocation = ({ id }: ProvisionedGroup, baseUrl: string): string => `${baseUrl}/Groups/${id}`;

/** The attributes of a group that are not members. */
export const groupAttributes = ({ displayName, externalId, attributes }: ProvisionedGroup): ResourceAttributes => ({
  ...(externalId === null ? {} : { externalId }),
  displayName,
  ...attributes,
});

/** A group as RFC 7643 §4.2 shows it. @param members undefined: nobody asked for them. */
export function toGroupResource(
  group: ProvisionedGroup,
  members: readonly MemberRow[] | undefined,
  { resourceType, baseUrl }: { readonly resourceType: ResourceType; readonly baseUrl: string },
): JsonObject {
  const attributes = groupAttributes(group);
  return {
    schemas: schemasOf(attributes, resourceType),
    id: group.id,
    ...attributes,
    ...(members === undefined || members.length === 0
      ? {}
      : { members: members.map((member) => toMember(member, baseUrl)) }),
    meta: {
      resourceType: resourceType.name,
      created: group.createdAt.toISOString(),
      lastModified: group.modifiedAt.toISOString(),
      location: groupLocation(group, baseUrl),
      version: groupTag(group),
    },
  };
}

/** As its group shows it. */
export const toMember = ({ value, type, display }: MemberRow, baseUrl: string): JsonObject => ({
  value,
  $ref: `${baseUrl}/${type}s/${value}`,
  type,
  display,
});
