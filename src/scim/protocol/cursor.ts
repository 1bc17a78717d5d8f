/** RFC 9865 §2: what a cursor remembers, and which query it belongs to. */
import type { AttributeReference } from './attribute-path.js';
import type { Filter } from './filter/filter.js';
import type { Sort } from './sort.js';

/** What the page after needs to know of the pages before. */
export interface CursorState {
  /** Where the page ended: what its last resource is sorted by, as text (null: no value), its id and its type. */
  readonly value: string | null;
  readonly id: string;
  readonly type: string;
  /** Of every page of the walk. */
  readonly count: number;
  /** As counted for the first page. */
  readonly totalResults: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export const toCursorText = ({ value, id, type, count, totalResults, expiresAt }: CursorState): string =>
  JSON.stringify([value, id, type, count, totalResults, expiresAt]);

/** @param text of `toCursorText`: whoever kept it vouches for that. */
export const fromCursorText = (text: string): CursorState => {
  const parsed: readonly [string | null, string, string, number, number, number] = JSON.parse(text);
  const [value, id, type, count, totalResults, expiresAt] = parsed;
  return { value, id, type, count, totalResults, expiresAt };
};

/** What a query asks of one resource type; a boolean stands for all of its resources, or none. */
export interface QueryPart {
  readonly type: string;
  readonly filter: Filter | boolean;
  readonly sort: Sort | 'none' | undefined;
}

/**
 * The same text for the same query of the same organization at the same endpoint: a cursor is good for no other. Names are bound to their
 * attributes already, so that their case makes no difference (RFC 9865 itself changes it from one page to the next).
 */
export const describeQuery = (organizationId: string, endpoint: string, parts: readonly QueryPart[]): string =>
  JSON.stringify([
    organizationId,
    endpoint,
    parts.map(({ type, filter, sort }) => [type, describeFilter(filter), describeSort(sort)]),
  ]);

const describeSort = (sort: Sort | 'none' | undefined): string | readonly unknown[] =>
  sort === undefined || sort === 'none' ? (sort ?? '') : [describeTarget(sort.target), sort.descending];

const describeFilter = (filter: Filter | boolean): unknown => {
  if (typeof filter === 'boolean') return filter;
  switch (filter.type) {
    case 'and':
    case 'or':
      return [filter.type, filter.terms.map(describeFilter)];
    case 'not':
      return ['not', describeFilter(filter.term)];
    case 'present':
      return ['present', describeTarget(filter.target)];
    case 'compare':
      return [filter.operator, describeTarget(filter.target), filter.value];
    case 'some':
      return ['some', describeTarget(filter.target), describeFilter(filter.where)];
  }
};

const describeTarget = ({ schema, attribute, subAttribute }: AttributeReference): string =>
  `${schema.id}:${attribute.name}${subAttribute ? `.${subAttribute.name}` : ''}`;
