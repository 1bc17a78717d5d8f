/** RFC 7644 §3.10: attribute names as clients write them, bound to the schemas of a resource type. */
import type { Attribute, ResourceType, Schema } from './schemas/schema.js';

/**
 * What a name such as `emails.value` or `urn:…:User:manager` means.
 * Inside a value path (`emails[type eq "work"]`) `attribute` is still the outer attribute and `subAttribute` the inner one.
 */
export interface AttributeReference {
  readonly schema: Schema;
  /** True where the value stands under the schema's URN in the resource. */
  readonly extension: boolean;
  readonly attribute: Attribute;
  readonly subAttribute?: Attribute;
}
