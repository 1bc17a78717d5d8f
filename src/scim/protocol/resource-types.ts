/** RFC 7643 §6: the resource types of one service provider: the standard's, with the extensions it adds, and its own. */
import { groupResourceType, userResourceType } from './schemas/resource-types.js';
import type { ResourceType, Schema } from './schemas/schema.js';

/** A schema whose attributes resources of a type may have besides their own (RFC 7643 §3.3). */
export interface SchemaExtension {
  /** Name of the resource type, e.g. `User`. */
  readonly resourceType: string;
  readonly schema: Schema;
  /** Whether a resource without it is refused. Default false. */
  readonly required?: boolean;
}

export class ResourceTypes {
  readonly user: ResourceType;
  readonly group: ResourceType;
  /** Those that are not of RFC 7643. */
  readonly custom: readonly ResourceType[];

  constructor(extensions: readonly SchemaExtension[] = [], custom: readonly ResourceType[] = []) {
    this.user = extend(userResourceType, extensions);
    this.group = extend(groupResourceType, extensions);
    this.custom = custom.map((resourceType) => extend(resourceType, extensions));
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
