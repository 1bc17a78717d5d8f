/** RFC 7644 §3.4.2.2: a filter as a tree, every name already bound to its attribute definition. */
import type { AttributeReference } from '../attribute-path.js';

export type CompareOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

/** The right-hand side, already of the attribute's type: dateTime as UTC `YYYY-MM-DDTHH:mm:ss.sssZ`, strings as written. */
export type FilterValue = string | number | boolean;

export type Filter =
  | { readonly type: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly type: 'not'; readonly term: Filter }
  | { readonly type: 'present'; readonly target: AttributeReference }
  | {
      readonly type: 'compare';
      readonly operator: CompareOperator;
      readonly target: AttributeReference;
      readonly value: FilterValue;
    }
  /** `emails[…]`: one value of the multi-valued attribute satisfies all of `where`, whose targets are sub-attributes of it. */
  | { readonly type: 'some'; readonly target: AttributeReference; readonly where: Filter };
