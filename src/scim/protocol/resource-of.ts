/** RFC 7643 §2 and §3: the TypeScript types of resources, derived from the schemas that say at run time what they hold. */
import type { JsonObject } from './resource.js';
import type { commonAttributes } from './schemas/common.js';
import type { enterpriseUserSchema } from './schemas/enterprise-user.js';
import type { groupSchema } from './schemas/group.js';
import type { Attribute, Schema } from './schemas/schema.js';
import type { userSchema } from './schemas/user.js';

/**
 * The attributes of a schema as an answer shows them: what is required is there, what is written only or returned never
 * is not. A schema that is not known as a literal (`as const satisfies Schema`) gives an object of JSON.
 */
export type AttributesOf<S extends Pick<Schema, 'attributes'>> = Shown<S['attributes'][number]>;

/** The attributes of a schema as a client or the host may write them: none that is read only. */
export type WritableAttributesOf<S extends Pick<Schema, 'attributes'>> = Written<S['attributes'][number]>;

/** A resource of the base schema `S`, with the attributes of the extensions `E` under their URNs. */
export type ResourceOf<S extends Schema, E extends Schema = never> = Flat<
  Common & AttributesOf<S> & { readonly [X in E as X['id']]?: AttributesOf<X> }
>;

/** The body that makes or replaces such a resource. */
export type NewResourceOf<S extends Schema, E extends Schema = never> = Flat<
  NewCommon & WritableAttributesOf<S> & { readonly [X in E as X['id']]?: WritableAttributesOf<X> }
>;

/**
 * A User of a host that has extensions of its own: `ScimUserOf<typeof badgeSchema>`, of several
 * `ScimUserOf<typeof badgeSchema | typeof costSchema>`. The enterprise extension is always among them.
 */
export type ScimUserOf<E extends Schema = never> = ResourceOf<typeof userSchema, typeof enterpriseUserSchema | E>;

/** A User as answers show it (RFC 7643 §4.1 and §4.3). */
export type ScimUser = ScimUserOf;

/** What makes or replaces a User; `E` as in {@link ScimUserOf}. */
export type NewScimUser<E extends Schema = never> = NewResourceOf<typeof userSchema, typeof enterpriseUserSchema | E>;

/** A Group of a host that has extensions of its own, as {@link ScimUserOf}. */
export type ScimGroupOf<E extends Schema = never> = ResourceOf<typeof groupSchema, E>;

/** A Group as answers show it (RFC 7643 §4.2). */
export type ScimGroup = ScimGroupOf;

/** What makes or replaces a Group; `E` as in {@link ScimUserOf}. */
export type NewScimGroup<E extends Schema = never> = NewResourceOf<typeof groupSchema, E>;

type CommonAttribute = (typeof commonAttributes)[number];

type Meta = Extract<CommonAttribute, { readonly name: 'meta' }>;

/** RFC 7643 §3.1 requires nothing of `meta`, but every resource here has one, and all of it. */
type Common = Shown<Exclude<CommonAttribute, Meta>> & { readonly meta: Required<Shown<Meta['subAttributes'][number]>> };

/** `schemas` may be left out: which ones a resource uses follows from its data. */
type NewCommon = Written<CommonAttribute> & { readonly schemas?: readonly string[] };

type Shown<A extends Attribute> = string extends A['name'] ? JsonObject : Values<Visible<A>, 'shown'>;

type Written<A extends Attribute> = string extends A['name'] ? JsonObject : Values<Writable<A>, 'written'>;

type Visible<A extends Attribute> = Exclude<A, { readonly mutability: 'writeOnly' } | { readonly returned: 'never' }>;

type Writable<A extends Attribute> = Exclude<A, { readonly mutability: 'readOnly' }>;

type Direction = 'shown' | 'written';

type Values<A extends Attribute, D extends Direction> = Flat<
  { readonly [X in A as X extends AlwaysThere<D> ? X['name'] : never]: ValueOf<X, D> } & {
    readonly [X in A as X extends AlwaysThere<D> ? never : X['name']]?: ValueOf<X, D>;
  }
>;

/** What is required and returned on request only is written, but not always shown. */
type AlwaysThere<D extends Direction> = D extends 'shown'
  ? { readonly required: true; readonly returned: 'always' | 'default' }
  : { readonly required: true };

type ValueOf<A extends Attribute, D extends Direction> = A extends { readonly multiValued: false }
  ? OneOf<A, D>
  : A extends { readonly multiValued: true }
    ? readonly OneOf<A, D>[]
    : OneOf<A, D> | readonly OneOf<A, D>[];

type OneOf<A extends Attribute, D extends Direction> = A extends { readonly type: 'complex' }
  ? PartsOf<A, D>
  : A extends { readonly type: 'boolean' }
    ? boolean
    : A extends { readonly type: 'decimal' | 'integer' }
      ? number
      : TextOf<A>;

type PartsOf<A extends Attribute, D extends Direction> = A extends {
  readonly subAttributes: readonly (infer P extends Attribute)[];
}
  ? D extends 'shown'
    ? Shown<P>
    : Written<P>
  : JsonObject;

/** Canonical values are suggestions: RFC 7643 §7 lets a service provider take others. */
type TextOf<A extends Attribute> = A extends { readonly canonicalValues: readonly (infer C extends string)[] }
  ? C | (string & {})
  : string;

/** Intersections as one object, which editors show as what it is. */
type Flat<T> = { [K in keyof T]: T[K] };
