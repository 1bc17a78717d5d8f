import type { ResourceRow } from '../persistence/custom-statements.js';
import { schemasOf } from '../protocol/resource-schemas.js';
import type { JsonObject, ResourceAttributes } from '../protocol/resource.js';
import type { ResourceType } from '../protocol/schemas/schema.js';

/** RFC 7644 §3.14: weak, because equal states may be written differently. */
export const resourceTag = ({ version }: ResourceRow): string => `W/"${version}"`;

/** The resource that a row stands for. */
export const attributesOf = ({ externalId, attributes }: ResourceRow): ResourceAttributes => ({
  ...(externalId === null ? {} : { externalId }),
  ...attributes,
});

/** A resource of a custom type as RFC 7643 §3 shows it. */
export function toCustomResource(row: ResourceRow, resourceType: ResourceType, baseUrl: string): JsonObject {
  const attributes = attributesOf(row);
  return {
    schemas: schemasOf(attributes, resourceType),
    id: row.id,
    ...attributes,
    meta: {
      resourceType: resourceType.name,
      created: row.createdAt.toISOString(),
      lastModified: row.modifiedAt.toISOString(),
      location: `${baseUrl}${resourceType.endpoint}/${row.id}`,
      version: resourceTag(row),
    },
  };
}
