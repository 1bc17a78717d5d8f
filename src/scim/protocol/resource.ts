/** RFC 7643 §3: a resource in memory. */

/** Any value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** An object of JSON. */
export interface JsonObject {
  readonly [name: string]: Json;
}

/**
 * The attributes of a resource: keys are canonical names (spelling of the schema), an extension's attributes stand
 * under its URN. Multi-valued attributes are non-empty arrays, complex ones non-empty objects, nothing is null:
 * an unassigned attribute (RFC 7643 §2.5) is an absent key. Values are as the client sent them, except that booleans
 * are booleans. Server-made attributes (`id`, `meta`, `schemas`, `groups`) are not in here; `active` and `externalId` are.
 * Objects have no prototype, so that no key of a request can reach one.
 */
export type ResourceAttributes = JsonObject;
