/** RFC 7644 §3.5.2.1: whether a change changes anything; the order of keys says nothing, that of an array does. */
import { isJsonArray, isJsonObject } from './json-object.js';
import type { Json } from './resource.js';

export function jsonEqual(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (isJsonArray(left)) {
    return (
      isJsonArray(right) &&
      left.length === right.length &&
      left.every((value, index) => equalMembers(value, right[index]))
    );
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && equalMembers(left[name], right[name]))
  );
}

const equalMembers = (left: Json | undefined, right: Json | undefined): boolean =>
  left !== undefined && right !== undefined && jsonEqual(left, right);
