/** RFC 7644 §3.7.2: references by bulkId to what a bulk request creates, wherever they stand in an operation. */
import { foldName } from './attribute-path.js';
import type { BulkOperation } from './bulk.js';
import { isObject, toObject, type UnknownObject } from './json-object.js';
import type { Json } from './resource.js';

const PREFIX = 'bulkId:';

/** The bulkId that a value refers to, if it does: `bulkId:qwerty`. */
export const referenceIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length > PREFIX.length && value.startsWith(PREFIX)
    ? value.slice(PREFIX.length)
    : undefined;

/** The bulkIds that an operation refers to, by its path or in its data. */
export function referencesOf(operation: BulkOperation): ReadonlySet<string> {
  const found = new Set<string>();
  const target = referenceIn(operation.target);
  if (target !== undefined) found.add(target);
  rewriteData(operation, (bulkId) => {
    found.add(bulkId);
    return undefined;
  });
  return found;
}

/** The id that takes the place of a reference; undefined leaves the reference as it is. */
export type Resolve = (bulkId: string) => string | undefined;

/** The data of an operation with ids for references. What holds none is not copied. */
export function rewriteData({ method, data }: BulkOperation, resolve: Resolve): unknown {
  return method === 'PATCH' && isObject(data) ? rewritePatch(data, resolve) : rewriteValue(data, resolve);
}

/** Whether a value holds a reference for which `is` holds. */
export function refersTo(value: unknown, is: (bulkId: string) => boolean): boolean {
  let found = false;
  rewriteValue(value, (bulkId) => {
    found ||= is(bulkId);
    return undefined;
  });
  return found;
}

function rewriteValue(value: unknown, resolve: Resolve): unknown {
  if (typeof value === 'string') return rewriteText(value, resolve);
  if (Array.isArray(value)) return rewriteList(value, (element) => rewriteValue(element, resolve));
  return isObject(value) ? rewriteMembers(value, (_key, member) => rewriteValue(member, resolve)) : value;
}

function rewriteText(text: string, resolve: Resolve): string {
  const bulkId = referenceIn(text);
  return bulkId === undefined ? text : (resolve(bulkId) ?? text);
}

/** A PATCH body also has references in the filters of its paths, and in the keys that are paths. */
const rewritePatch = (patch: UnknownObject, resolve: Resolve): unknown =>
  rewriteMembers(patch, (key, member) =>
    foldName(key) === 'operations' && Array.isArray(member)
      ? rewriteList(member, (operation) => rewritePatchOperation(operation, resolve))
      : member,
  );

function rewritePatchOperation(operation: unknown, resolve: Resolve): unknown {
  if (!isObject(operation)) return operation;
  return rewriteMembers(operation, (key, member) => {
    switch (foldName(key)) {
      case 'path':
        return typeof member === 'string' ? rewritePath(member, resolve) : member;
      case 'value':
        return isObject(member) ? rewriteKeys(member, resolve) : rewriteValue(member, resolve);
      default:
        return member;
    }
  });
}

const rewriteKeys = (value: UnknownObject, resolve: Resolve): unknown => {
  const rewritten = rewriteValue(value, resolve);
  if (!isObject(rewritten) || !Object.keys(rewritten).some((key) => key.includes(PREFIX))) return rewritten;
  const entries = Object.entries(rewritten).map(([key, member]) => [rewritePath(key, resolve), member] as const);
  return toObject(entries as readonly (readonly [string, Json])[]);
};

/**
 * Rewrites the JSON strings inside a filter, e.g. of `members[value eq "bulkId:qwerty"]`. By index: a regular expression
 * would look for the end of a string that has none again from each of its quotes.
 */
function rewritePath(path: string, resolve: Resolve): string {
  const parts: string[] = [];
  let copied = 0;
  for (let start = path.indexOf('"'), end: number; start >= 0; start = path.indexOf('"', end)) {
    end = endOfText(path, start);
    const bulkId = referenceIn(parse(path.slice(start, end)));
    const id = bulkId === undefined ? undefined : resolve(bulkId);
    if (id === undefined) continue;
    parts.push(path.slice(copied, start), JSON.stringify(id));
    copied = end;
  }
  return copied === 0 ? path : parts.join('') + path.slice(copied);
}

/** After its closing quote, or after everything where it has none. */
function endOfText(path: string, start: number): number {
  for (let index = start + 1; index < path.length; index += 1) {
    if (path[index] === '"') return index + 1;
    if (path[index] === '\\') index += 1;
  }
  return path.length;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function rewriteList(list: readonly unknown[], rewrite: (element: unknown) => unknown): readonly unknown[] {
  const rewritten = list.map(rewrite);
  return rewritten.some((element, index) => element !== list[index]) ? rewritten : list;
}

function rewriteMembers(object: UnknownObject, rewrite: (key: string, member: unknown) => unknown): UnknownObject {
  const rewritten = Object.entries(object).map(([key, member]) => [key, rewrite(key, member), member] as const);
  if (rewritten.every(([, now, before]) => now === before)) return object;
  return toObject(rewritten.map(([key, now]) => [key, now as Json] as const));
}
