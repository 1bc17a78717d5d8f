/** RFC 7643 §2.1: a client's JSON objects read safely, and ours made so that no name of a request can reach a prototype. */
import { foldName } from './attribute-path.js';
import type { Json, JsonObject } from './resource.js';
import { invalidSyntax } from './scim-error.js';
import { refuseUnreadableName } from './unreadable-name.js';

export type UnknownObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is UnknownObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isJsonObject = (value: Json | undefined): value is JsonObject => isObject(value);

export const isJsonArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

// An object that a constructor makes stays fast in V8; what `Object.create(null)` makes is a hash table from the start.
const Bare = function () {} as unknown as new () => Record<string, Json>;
Bare.prototype = Object.freeze(Object.create(null));

const newObject = (): Record<string, Json> => new Bare();

/** Nothing is inherited: `__proto__` is then a key like any other. */
export function toObject(entries: Iterable<readonly [string, Json]>): JsonObject {
  const object = newObject();
  for (const [name, value] of entries) object[name] = value;
  return object;
}

/** A copy in which `name` has that value; undefined takes the key away. */
export function withMember(object: JsonObject, name: string, value: Json | undefined): JsonObject {
  const copy = Object.assign(newObject(), object);
  if (value === undefined) delete copy[name];
  else copy[name] = value;
  return copy;
}

/** The members with one of these names in any case, under the names as given here; other members are ignored. @throws ScimError 400 invalidSyntax */
export function readMembers(input: UnknownObject, names: readonly string[]): ReadonlyMap<string, unknown> {
  const canonical = new Map(names.map((name) => [foldName(name), name]));
  const members = new Map<string, unknown>();
  for (const [key, value] of Object.entries(input)) {
    const name = canonical.get(foldName(key));
    if (name === undefined) {
      refuseUnreadableName(key);
      continue;
    }
    if (members.has(name)) throw sentTwice(name);
    members.set(name, value);
  }
  return members;
}

/** Which of two spellings is meant cannot be known (checklist P-082). */
export const sentTwice = (label: string) => invalidSyntax(`"${label}" is there twice, in different spellings.`);
