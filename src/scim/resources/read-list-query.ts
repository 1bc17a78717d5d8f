import type { ScimParameters } from '../http/read-parameters.js';
import type { ListQuery } from '../persistence/list-rows.js';
import { readPage } from '../protocol/list.js';

/** Of a GET or of a search: both are read as text. @throws ScimError 400 invalidValue, invalidCount */
export function readListQuery(
  parameters: ScimParameters,
  limits: { readonly pageDefault: number; readonly pageMax: number },
): ListQuery {
  const { filter, sortBy, sortOrder } = parameters;
  return {
    ...(filter === undefined ? {} : { filter }),
    ...(sortBy === undefined ? {} : { sortBy }),
    ...(sortOrder === undefined ? {} : { sortOrder }),
    ...readPage(parameters, limits),
  };
}
