/** RFC 7643 §6: the resource types of one service provider: the standard's, with the extensions it adds, and its own. */
import { type Leniency, lenient } from './leniency.js';
import { resourceTypeProblems } from './schemas/check-resource-types.js';
import { groupResourceType, userResourceType } from './schemas/resource-types.js';
import type { ResourceType, Schema, SchemaExtension } from './schemas/schema.js';

export class ResourceTypes {
  readonly user: ResourceType;
  readonly group: ResourceType;
  /** Those that are not of RFC 7643. */
  readonly custom: readonly ResourceType[];

  /** @throws Error that names everything that is wrong with the host's schemas. */
  constructor(
    extensions: readonly SchemaExtension[] = [],
    custom: readonly ResourceType[] = [],
    leniency: Leniency = lenient,
  ) {
    const problems = resourceTypeProblems(extensions, custom);
    if (problems.length > 0) throw new Error(["The host's SCIM schemas are wrong:", ...problems].join('\n- '));
    const served = (resourceType: ResourceType): ResourceType => ({ ...extend(resourceType, extensions), leniency });
    this.user = served(userResourceType);
    this.group = served(groupResourceType);
    this.custom = custom.map(served);
  }

  get all(): readonly ResourceType[] {
    return [this.user, this.group, ...this.custom];
  }

  /** Each once. */
  get schemas(): readonly Schema[] {
    const used = this.all.flatMap(({ schema, extensions }) => [schema, ...extensions.map((each) => each.schema)]);
    return [...new Set(used)];
  }
}

function extend(resourceType: ResourceType, extensions: readonly SchemaExtension[]): ResourceType {
  const added = extensions
    .filter((extension) => extension.resourceType === resourceType.name)
    .map(({ schema, required = false }) => ({ schema, required }));
  return { ...resourceType, extensions: [...resourceType.extensions, ...added] };
}
