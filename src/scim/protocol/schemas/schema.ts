/** RFC 7643 §2 and §7: what a schema, an attribute and a resource type are, as data. */
import type { Leniency } from '../leniency.js';

/** RFC 7643 §2.3: what a value is. */
export type AttributeType =
  'string' | 'boolean' | 'decimal' | 'integer' | 'dateTime' | 'reference' | 'binary' | 'complex';

/** One attribute with its characteristics; the field names are those of RFC 7643 §7. */
export interface Attribute {
  readonly name: string;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  readonly returned: 'always' | 'never' | 'default' | 'request';
  readonly uniqueness: 'none' | 'server' | 'global';
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
  /** Only for `complex`; a sub-attribute is never complex itself. */
  readonly subAttributes?: readonly Attribute[];
}

/** RFC 7643 §7: a set of attributes under a URN, the base of a resource type or an extension. */
export interface Schema {
  /** The URN. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

/** A schema whose attributes resources of a type may have besides their own (RFC 7643 §3.3). */
export interface SchemaExtension {
  /** Name of the resource type, e.g. `User`. */
  readonly resourceType: string;
  readonly schema: Schema;
  /** Whether a resource without it is refused. Default false. */
  readonly required?: boolean;
}

/** RFC 7643 §6: a kind of resource, where it is served, and what it consists of. */
export interface ResourceType {
  readonly name: string;
  /** Relative to the base URL, e.g. `/Users`. */
  readonly endpoint: string;
  readonly description: string;
  readonly schema: Schema;
  readonly extensions: readonly { readonly schema: Schema; readonly required: boolean }[];
  /** How bodies are read. The module's `strict` option sets it for all types; default: as identity providers need it. */
  readonly leniency?: Leniency;
}
