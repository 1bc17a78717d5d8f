/** RFC 7643 §2.4: the values of a multi-valued attribute, which of them are the same, and which one is primary. */
import { rulesOf } from './attribute-rules.js';
import { toComparable } from './comparable.js';
import { isJsonObject, toObject, withMember } from './json-object.js';
import type { Json, JsonObject } from './resource.js';
import type { Attribute } from './schemas/schema.js';
import { invalidValue } from './scim-error.js';

/** The values with `added` behind them; one that is there already gets the sub-attributes it lacks, or other ones. */
export function addValues(attribute: Attribute, current: readonly Json[], added: readonly Json[]): readonly Json[] {
  const values = [...current];
  const places = new Map(current.map((value, index) => [keyOf(attribute, value), index]));
  const changed = new Set<Json>();
  for (const value of added) {
    const key = keyOf(attribute, value);
    const place = places.get(key) ?? values.length;
    const merged = mergeSame(attribute, values[place], value);
    values[place] = merged;
    places.set(key, place);
    changed.add(merged);
  }
  checkCount(attribute, values);
  return keepOnePrimary(values, changed);
}

/** What is left when the listed values are taken away; a value is listed if it has all that the listed one names. */
export function removeListed(attribute: Attribute, current: readonly Json[], listed: readonly Json[]): readonly Json[] {
  // Grouped by what they name, so that long lists need one look-up a value and not one comparison a pair.
  const groups = new Map<string, { readonly names: readonly string[]; readonly keys: Set<string> }>();
  for (const value of listed) {
    const names = identifyingNames(attribute, value);
    const group = groups.get(names.join()) ?? { names, keys: new Set<string>() };
    group.keys.add(keyOf(attribute, value, names));
    groups.set(names.join(), group);
  }
  const isListed = (value: Json): boolean =>
    [...groups.values()].some(({ names, keys }) => keys.has(keyOf(attribute, value, names)));
  return current.filter((value) => !isListed(value));
}

/** The values with those that match changed by `update`; undefined takes a value away. */
export function updateMatching(
  attribute: Attribute,
  current: readonly Json[],
  matches: (value: Json) => boolean,
  update: (value: Json) => Json | undefined,
): readonly Json[] {
  const changed = new Set<Json>();
  const values = current.flatMap((value) => {
    if (!matches(value)) return [value];
    const updated = update(value);
    if (updated === undefined) return [];
    changed.add(updated);
    return [updated];
  });
  return settleValues(attribute, values, changed);
}

/**
 * After some of the values changed: those that are the same now become one, as if it had been added ("SHOULD NOT return the
 * same (type, value) combination more than once", RFC 7643 §2.4), and a new primary value makes the old one not primary.
 */
export function settleValues(
  attribute: Attribute,
  values: readonly Json[],
  changed: ReadonlySet<Json>,
): readonly Json[] {
  if (changed.size === 0) return values;
  const byKey = new Map<string, Json>();
  const news = new Set(changed);
  for (const value of values) {
    const key = keyOf(attribute, value);
    const first = byKey.get(key);
    const isOlder = first !== undefined && news.has(first) && !news.has(value);
    const merged = isOlder ? mergeSame(attribute, value, first) : mergeSame(attribute, first, value);
    if (news.has(value) || isOlder) news.add(merged);
    byKey.set(key, merged);
  }
  return keepOnePrimary([...byKey.values()], news);
}

/** RFC 7643 §2.4: "the primary attribute value true MUST appear no more than once" (checklist P-089). */
export function checkOnePrimary(values: readonly Json[], label: string): void {
  if (values.filter(isPrimary).length > 1) throw invalidValue(`Only one of the ${label} can be primary.`);
}

/** A value of which only labels are left says nothing: an address without any part of an address. */
export const isBlank = (value: Json, labels: readonly string[]): boolean =>
  isJsonObject(value) && Object.keys(value).every((name) => labels.includes(name));

export function checkCount(attribute: Attribute, values: readonly unknown[]): void {
  const { maxValues } = rulesOf(attribute);
  if (values.length > maxValues) throw invalidValue(`${attribute.name} can have at most ${maxValues} values.`);
}

const isPrimary = (value: Json): value is JsonObject => isJsonObject(value) && value['primary'] === true;

/** RFC 7644 §3.5.2: a new primary value makes the old one not primary (checklist P-161, P-174). */
function keepOnePrimary(values: readonly Json[], preferred: ReadonlySet<Json>): readonly Json[] {
  const primaries = values.filter(isPrimary);
  if (primaries.length < 2) return values;
  const winner = primaries.find((value) => preferred.has(value)) ?? primaries[0];
  return values.map((value) => (isPrimary(value) && value !== winner ? withMember(value, 'primary', false) : value));
}

/** The old spelling of what makes both the same stays. */
function mergeSame(attribute: Attribute, current: Json | undefined, added: Json): Json {
  if (current === undefined) return added;
  if (!isJsonObject(current) || !isJsonObject(added)) return current;
  const same = [...IDENTITY, ...identityNames(attribute, added)];
  const news = Object.entries(added).filter(([name]) => !same.includes(name) || current[name] === undefined);
  return toObject([...Object.entries(current), ...news]);
}

const IDENTITY: readonly string[] = ['value', 'type'];

/** Text that is equal for values that are the same, as far as the sub-attributes with these names go. */
function keyOf(attribute: Attribute, value: Json, names = identityNames(attribute, value)): string {
  if (!isJsonObject(value)) return JSON.stringify(toComparable(attribute, value) ?? value);
  return JSON.stringify(names.map((name) => comparableOf(attribute, value, name)));
}

function comparableOf(attribute: Attribute, value: JsonObject, name: string): Json {
  const json = value[name];
  const subAttribute = attribute.subAttributes?.find((each) => each.name === name);
  if (json === undefined || subAttribute === undefined) return null;
  return toComparable(subAttribute, json) ?? json;
}

/**
 * Two values are the same by `value` and `type` (RFC 7643 §2.4); by `value` alone where it is immutable, because it is
 * then the id of a resource; by everything where there is no `value`, as in addresses.
 */
function identityNames(attribute: Attribute, value: Json): readonly string[] {
  const subAttributes = attribute.subAttributes ?? [];
  if (!isJsonObject(value) || value['value'] === undefined) return subAttributes.map(({ name }) => name);
  return hasImmutableValue(attribute) ? ['value'] : IDENTITY;
}

/** As before, but of a value listed for removal that has no `type`, any type is meant. */
const identifyingNames = (attribute: Attribute, value: Json): readonly string[] =>
  isJsonObject(value)
    ? (value['value'] === undefined ? Object.keys(value).toSorted() : identityNames(attribute, value)).filter(
        (name) => value[name] !== undefined,
      )
    : [];

export const hasImmutableValue = (attribute: Attribute): boolean =>
  attribute.subAttributes?.some(({ name, mutability }) => name === 'value' && mutability === 'immutable') ?? false;
