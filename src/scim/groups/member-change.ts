import { findAttribute, type AttributeReference } from '../protocol/attribute-path.js';
import type { Filter } from '../protocol/filter/filter.js';
import { matchValue } from '../protocol/filter/match-filter.js';
import type { PatchOperation } from '../protocol/read-patch.js';
import type { Json, JsonObject } from '../protocol/resource.js';
import { mutability, noTarget } from '../protocol/scim-error.js';
import { groupResourceType } from '../protocol/schemas/resource-types.js';

/** A member as a client names it. */
export interface NamedMember {
  readonly id: string;
  /** What the client says it is; checked. */
  readonly type?: string;
}

/** What a request does to a group's members, without knowing them: who comes, who goes, and whether all others go. */
export interface MemberChange {
  readonly others: 'stay' | 'go';
  readonly add: readonly NamedMember[];
  readonly remove: readonly string[];
}

const noMemberChange: MemberChange = { others: 'stay', add: [], remove: [] };

const membersReference = referenceTo('members');

/** Whether an operation is about members, which are rows, or about an attribute of the group. */
export const isAboutMembers = (operation: PatchOperation): boolean =>
  operation.type !== 'expectId' && operation.path.target.attribute === membersReference.attribute;

/** Whether the operations cannot be understood without looking at the members there are. */
export const needsMembers = (operations: readonly PatchOperation[]): boolean =>
  operations.some((operation) => whereOf(operation) !== undefined && namedIds(whereOf(operation)) === undefined);

/** The members of a whole Group, as a POST or PUT names them: exactly these. */
export const toReplacement = (members: Json | undefined): MemberChange => ({
  others: 'go',
  add: named(Array.isArray(members) ? members : []),
  remove: [],
});

/**
 * The operations about members, one after the other, as one change.
 * @param known the members there are and all that the operations add; only where {@link needsMembers}.
 * @throws ScimError 400 mutability for a part of a member, noTarget for a value path that would change a member.
 */
export function toMemberChange(operations: readonly PatchOperation[], known: readonly JsonObject[]): MemberChange {
  return operations
    .filter(isAboutMembers)
    .reduce((change, operation) => applyOne(change, operation, known), noMemberChange);
}

/** Everybody whom any operation adds, whatever a later one does: who has to be looked up and held before the group is locked. */
export const addedByAny = (operations: readonly PatchOperation[]): readonly NamedMember[] =>
  operations
    .filter(({ type }) => type === 'add' || type === 'replace')
    .flatMap((operation) => toMemberChange([operation], []).add);

function applyOne(change: MemberChange, operation: PatchOperation, known: readonly JsonObject[]): MemberChange {
  if (operation.type === 'expectId') return change;
  const part = operation.path.target.subAttribute;
  if (part) throw mutability(`members.${part.name} is immutable: add and remove members, not parts of them.`);
  switch (operation.type) {
    case 'add':
    case 'replace': {
      if (operation.path.where) throw noTarget('A member is identified by its value; remove it and add another one.');
      const added = named(Array.isArray(operation.value) ? operation.value : []);
      return operation.type === 'replace' ? { others: 'go', add: added, remove: [] } : adding(change, added);
    }
    case 'remove': {
      const { listed, path } = operation;
      if (listed)
        return removing(
          change,
          named(listed).map(({ id }) => id),
        );
      if (!path.where) return { others: 'go', add: [], remove: [] };
      return removing(change, namedIds(path.where) ?? matching(path.where, known));
    }
  }
}

function adding(change: MemberChange, members: readonly NamedMember[]): MemberChange {
  const ids = new Set(members.map(({ id }) => id));
  return {
    others: change.others,
    add: [...change.add.filter(({ id }) => !ids.has(id)), ...members],
    remove: change.remove.filter((id) => !ids.has(id)),
  };
}

function removing(change: MemberChange, ids: readonly string[]): MemberChange {
  const gone = new Set(ids);
  return {
    others: change.others,
    add: change.add.filter(({ id }) => !gone.has(id)),
    remove: [...new Set([...change.remove, ...ids])],
  };
}

/**
 * Ids of those that a filter selects. Of members to be, also of those that only a later operation adds: to remove somebody
 * who is no member does nothing, and who is added afterwards stays.
 */
const matching = (where: Filter, known: readonly JsonObject[]): readonly string[] =>
  named(known.filter((member) => matchValue(where, member))).map(({ id }) => id);

/** The ids of `value eq "…"`, also joined by `or`: what clients send. Undefined for every other filter. */
function namedIds(where: Filter | undefined): readonly string[] | undefined {
  if (where?.type === 'compare') {
    const isValue = where.operator === 'eq' && where.target.subAttribute?.name === 'value';
    return isValue ? [String(where.value)] : undefined;
  }
  if (where?.type !== 'or') return undefined;
  const ids = where.terms.map(namedIds);
  return ids.every((each) => each !== undefined) ? ids.flat() : undefined;
}

const whereOf = (operation: PatchOperation): Filter | undefined =>
  operation.type === 'remove' && isAboutMembers(operation) ? operation.path.where : undefined;

/** `readPatch` and `readResource` have made sure that each has a `value`. */
const named = (members: readonly Json[]): NamedMember[] => {
  const byId = new Map<string, NamedMember>();
  for (const member of members) {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) continue;
    const { value, type } = member as JsonObject;
    if (typeof value === 'string') byId.set(value, typeof type === 'string' ? { id: value, type } : { id: value });
  }
  return [...byId.values()];
};

function referenceTo(name: string): AttributeReference {
  const reference = findAttribute(groupResourceType, name);
  if (!reference) throw new Error(`The Group schema has no ${name}.`);
  return reference;
}
