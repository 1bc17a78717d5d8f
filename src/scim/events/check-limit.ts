import { ScimError } from '../protocol/scim-error.js';

const MOST = 1000;

/** How many a page may hold. @throws ScimError 400 */
export function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw new ScimError(400, undefined, `limit must be a whole number from 1 to ${MOST}, not ${limit}.`);
}
