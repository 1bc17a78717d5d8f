/** RFC 7644 §3.5.2: changes of some values of a multi-valued attribute, those a filter in the path selects. */
import type { Filter } from './filter/filter.js';
import { matchValue } from './filter/match-filter.js';
import { isJsonObject, toObject } from './json-object.js';
import { lenient } from './leniency.js';
import { checkCount, hasImmutableValue, isBlank, settleValues, updateMatching } from './multi-valued.js';
import { changeParts } from './patch-parts.js';
import { outerLabelOf, type AttributePath } from './patch-path.js';
import type { SetOperation } from './read-patch.js';
import { readSimple } from './read-simple.js';
import { checkRequiredParts } from './read-value.js';
import type { Json, JsonObject } from './resource.js';
import { noTarget } from './scim-error.js';

/** The values after an `add` or `replace` of those that match, or of one more where none does. */
export function changeValues(values: readonly Json[], operation: SetOperation): readonly Json[] {
  const { attribute } = operation.path.target;
  const matches = matcherOf(operation.path);
  if (values.some(matches)) return updateMatching(attribute, values, matches, (value) => toChanged(value, operation));
  if (operation.mustMatch) throw noMatch(operation.path.target);
  const empty = entraMissingValue(operation.path);
  if (operation.value === null) return values;
  const label = outerLabelOf(operation.path.target);
  const created = changeParts(attribute, empty, partsOf(operation), label);
  if (created === undefined) return values;
  checkRequiredParts(attribute, created, label);
  const extended = [...values, created];
  checkCount(attribute, extended);
  return settleValues(attribute, extended, new Set([created]));
}

/** The values after a `remove`; no match is no error, because what is to be gone is gone (checklist P-193). */
export const removeValues = (values: readonly Json[], path: AttributePath): readonly Json[] =>
  updateMatching(path.target.attribute, values, matcherOf(path), (value) => toRemoved(value, path));

function matcherOf({ where }: AttributePath): (value: Json) => boolean {
  return (value) => where === undefined || (isJsonObject(value) && matchValue(where, value));
}

function toChanged(current: Json, operation: SetOperation): Json | undefined {
  const { path, value, type } = operation;
  const { attribute, subAttribute } = path.target;
  if (value === null) return toRemoved(current, path);
  const base = type === 'add' || subAttribute !== undefined ? current : partsInFilter(current, path.where);
  const changed = changeParts(attribute, base, partsOf(operation), outerLabelOf(path.target));
  checkRequiredParts(attribute, changed, outerLabelOf(path.target));
  return changed;
}

const partsOf = ({ path, value }: SetOperation): readonly (readonly [string, Json])[] => {
  if (path.target.subAttribute !== undefined) return [[path.target.subAttribute.name, value]];
  return isJsonObject(value) ? Object.entries(value) : [];
};

const LABELS: readonly string[] = ['type', 'primary', 'display'];

/** Without its `value` an e-mail address of type "work" is none; the same for the last part of an address (P-192). */
function toRemoved(current: Json, { target }: AttributePath): Json | undefined {
  const { attribute, subAttribute } = target;
  if (subAttribute === undefined) return undefined;
  if (!isJsonObject(current) || current[subAttribute.name] === undefined) return current;
  const rest = changeParts(attribute, current, [[subAttribute.name, null]], outerLabelOf(target));
  return rest === undefined || isBlank(rest, LABELS) ? undefined : rest;
}

/**
 * RFC 7644 §3.5.2.3: a filter without sub-attribute replaces the whole value. What the filter says of it stays, unless the
 * new value says otherwise: a work address is still one of type "work" (checklist P-172).
 */
function partsInFilter(current: Json, where: Filter | undefined): JsonObject {
  const names = termsOf(where).map((term) => (isEquality(term) ? term.target.subAttribute?.name : undefined));
  return toObject(Object.entries(isJsonObject(current) ? current : {}).filter(([name]) => names.includes(name)));
}

/**
 * The value that the filter describes, for the change to be made to it. Entra sends `emails[type eq "work"].value` for
 * people who never had one and gives up on 400; the RFC wants noTarget for `replace` (checklist P-162, P-163, P-175).
 * @throws ScimError 400 noTarget where the filter describes no single value, or one that only exists as a resource
 */
function entraMissingValue({ target, where }: AttributePath): JsonObject {
  const { attribute } = target;
  const parts = termsOf(where).map((term) => {
    const part = isEquality(term) ? term.target.subAttribute : undefined;
    if (!isEquality(term) || part === undefined || part.mutability === 'readOnly') throw noMatch(target);
    if (part.name === 'value' && hasImmutableValue(attribute)) throw noMatch(target);
    return [part.name, readSimple(part, term.value, `${outerLabelOf(target)}.${part.name}`, lenient)] as const;
  });
  const value = toObject(parts.filter(([, part]) => part !== null));
  if (where !== undefined && !matchValue(where, value)) throw noMatch(target);
  return value;
}

const noMatch = (target: AttributePath['target']) =>
  noTarget(`No value of ${outerLabelOf(target)} matches the filter in the path.`);

type Equality = Extract<Filter, { readonly type: 'compare' }> & { readonly operator: 'eq' };

const isEquality = (term: Filter): term is Equality => term.type === 'compare' && term.operator === 'eq';

const termsOf = (where: Filter | undefined): readonly Filter[] => {
  if (where === undefined) return [];
  return where.type === 'and' ? where.terms : [where];
};
