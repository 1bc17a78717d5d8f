import type { ScimGroup } from '../persistence/entities/group.entity.js';
import type { MemberRow } from '../persistence/group-statements.js';
import type { JsonObject, ResourceAttributes } from '../protocol/resource.js';
import { groupResourceType } from '../protocol/schemas/resource-types.js';

/** RFC 7644 §3.14: weak, because equal states may be written differently. A member's display name is not part of it. */
export const groupTag = ({ version }: ScimGroup): string => `W/"${version}"`;

const groupLocation = ({ id }: ScimGroup, baseUrl: string): string => `${baseUrl}/Groups/${id}`;

/** The attributes of a group that are not members. */
export const groupAttributes = ({ displayName, externalId }: ScimGroup): ResourceAttributes => ({
  ...(externalId === null ? {} : { externalId }),
  displayName,
});

/** A group as RFC 7643 §4.2 shows it. @param members undefined: nobody asked for them. */
export function toGroupResource(
  group: ScimGroup,
  members: readonly MemberRow[] | undefined,
  baseUrl: string,
): JsonObject {
  return {
    schemas: [groupResourceType.schema.id],
    id: group.id,
    ...groupAttributes(group),
    ...(members === undefined || members.length === 0
      ? {}
      : { members: members.map((member) => toMember(member, baseUrl)) }),
    meta: {
      resourceType: groupResourceType.name,
      created: group.createdAt.toISOString(),
      lastModified: group.modifiedAt.toISOString(),
      location: groupLocation(group, baseUrl),
      version: groupTag(group),
    },
  };
}

const toMember = ({ value, type, display }: MemberRow, baseUrl: string): JsonObject => ({
  value,
  $ref: `${baseUrl}/${type}s/${value}`,
  type,
  display,
});
