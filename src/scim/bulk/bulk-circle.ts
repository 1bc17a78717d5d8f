import { foldName } from '../protocol/attribute-path.js';
import { refersTo } from '../protocol/bulk-references.js';
import { isObject, type UnknownObject } from '../protocol/json-object.js';

/** What of a body has to wait until others are created. */
export interface Parted {
  readonly body: unknown;
  /** By name of the attribute: the values that were taken out. */
  readonly links: readonly { readonly name: string; readonly values: readonly unknown[] }[];
}

/**
 * A body without the values of its links that refer to what is not created yet.
 * @param names the attributes that link
 */
export function withoutLinks(
  body: unknown,
  names: readonly string[] | undefined,
  isWaiting: (bulkId: string) => boolean,
): Parted {
  if (!names || !isObject(body)) return { body, links: [] };
  const links: { name: string; values: readonly unknown[] }[] = [];
  const kept: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(body)) {
    const name = names.find((each) => foldName(each) === foldName(key));
    const values: readonly unknown[] = name !== undefined && Array.isArray(value) ? value : [];
    const waiting: unknown[] = [];
    const others: unknown[] = [];
    for (const each of values) (refersTo(each, isWaiting) ? waiting : others).push(each);
    kept[key] = waiting.length === 0 ? value : others;
    if (name !== undefined && waiting.length > 0) links.push({ name, values: waiting });
  }
  return { body: kept, links };
}

/** A PATCH that adds them. */
export const toLinking = ({ links }: Parted): UnknownObject => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: links.map(({ name, values }) => ({ op: 'add', path: name, value: values })),
});
