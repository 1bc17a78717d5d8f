/** RFC 7644 §3.4.2.4 and §3.4.2, RFC 9865 §2: paging by index and by cursor, and the list response. */
import type { JsonObject } from './resource.js';
import { invalidCount, invalidValue } from './scim-error.js';

const LIST_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** The page a client asks for: by its place in the list, or by the cursor that the page before it gave. */
export type Page =
  | { readonly startIndex: number; readonly count: number }
  /** `cursor` is empty for the first page. */
  | { readonly cursor: string; readonly count: number };

/**
 * The page a client asks for, by index unless there is a `cursor`. `startIndex` is 1-based. RFC 7644: a value below 1 is
 * read as 1, a negative `count` as 0; a `count` above the maximum is capped, which a service provider is free to do. An
 * empty parameter is an absent one, but for `cursor`.
 * @throws ScimError 400 invalidValue where a number is no whole number, or both ways of paging are asked for; invalidCount
 *   for such a `count` beside a cursor.
 */
export const readPage = (
  query: {
    readonly startIndex?: string | undefined;
    readonly count?: string | undefined;
    readonly cursor?: string | undefined;
  },
  limits: { readonly pageDefault: number; readonly pageMax: number },
): Page => {
  const { cursor } = query;
  const wrongCount = cursor === undefined ? invalidValue : invalidCount;
  const startIndex = readInteger('startIndex', query.startIndex, invalidValue);
  const wanted = readInteger('count', query.count, wrongCount) ?? limits.pageDefault;
  const count = Math.min(Math.max(wanted, 0), limits.pageMax);
  if (cursor === undefined) return { startIndex: Math.max(startIndex ?? 1, 1), count };
  if (startIndex !== undefined) throw invalidValue('A page is asked for by "cursor" or by "startIndex", not by both.');
  return { cursor, count };
};

/**
 * `Resources` is there even when it is empty: authentik and JumpCloud read it without looking (checklist P-256).
 * @param page a page by cursor has no `startIndex`, and a `nextCursor` unless it is the last one (RFC 9865 §2).
 */
export const toListResponse = (
  resources: readonly JsonObject[],
  page: {
    readonly totalResults: number;
    readonly startIndex?: number | undefined;
    readonly nextCursor?: string | undefined;
  },
): JsonObject => ({
  schemas: [LIST_RESPONSE],
  totalResults: page.totalResults,
  ...(page.startIndex === undefined ? {} : { startIndex: page.startIndex }),
  itemsPerPage: resources.length,
  ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
  Resources: resources,
});

/** Numbers beyond the safe integers are brought back to them: no list is that long. */
const readInteger = (name: string, text: string | undefined, refuse: (detail: string) => Error): number | undefined => {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return undefined;
  if (!/^[+-]?\d+$/.test(trimmed)) throw refuse(`"${name}" is a whole number.`);
  return Math.min(Math.max(Number(trimmed), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
};
