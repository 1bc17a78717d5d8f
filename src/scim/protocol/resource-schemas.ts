/** RFC 7643 §3.3: a resource's `schemas` are its base schema and the extensions it has values of. */
import type { ResourceAttributes } from './resource.js';
import type { ResourceType } from './schemas/schema.js';

export function schemasOf(attributes: ResourceAttributes, resourceType: ResourceType): readonly string[] {
  const used = resourceType.extensions.map(({ schema }) => schema.id).filter((urn) => attributes[urn] !== undefined);
  return [resourceType.schema.id, ...used];
}
