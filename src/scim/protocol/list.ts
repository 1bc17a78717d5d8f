/** RFC 7644 §3.4.2.4 and §3.4.2: index-based paging and the list response. */
import type { JsonObject } from './resource.js';
import { invalidValue } from './scim-error.js';

const LIST_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/**
 * The page a client asks for. `startIndex` is 1-based. RFC 7644: a value below 1 is read as 1, a negative `count` as 0;
 * a `count` above the maximum is capped, which a service provider is free to do. An empty parameter is an absent one.
 * @throws ScimError 400 invalidValue where a parameter is not a whole number.
 */
export const readPage = (
  query: { readonly startIndex?: string | undefined; readonly count?: string | undefined },
  limits: { readonly pageDefault: number; readonly pageMax: number },
): { readonly startIndex: number; readonly count: number } => {
  const startIndex = readInteger('startIndex', query.startIndex) ?? 1;
  const count = readInteger('count', query.count) ?? limits.pageDefault;
  return { startIndex: Math.max(startIndex, 1), count: Math.min(Math.max(count, 0), limits.pageMax) };
};

/** `Resources` is there even when it is empty: authentik and JumpCloud read it without looking (checklist P-256). */
export const toListResponse = (
  resources: readonly JsonObject[],
  page: { readonly totalResults: number; readonly startIndex: number },
): JsonObject => ({
  schemas: [LIST_RESPONSE],
  totalResults: page.totalResults,
  startIndex: page.startIndex,
  itemsPerPage: resources.length,
  Resources: resources,
});

/** Numbers beyond the safe integers are brought back to them: no list is that long. */
const readInteger = (name: string, text: string | undefined): number | undefined => {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return undefined;
  if (!/^[+-]?\d+$/.test(trimmed)) throw invalidValue(`"${name}" is a whole number.`);
  return Math.min(Math.max(Number(trimmed), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
};
