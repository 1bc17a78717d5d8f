import { publicIdOf } from '../tokens/token.js';

const BEARER = /^Bearer ([^\s,]+)$/i;

/**
 * The token of an Authorization header; undefined where it holds none.
 * A bare token is taken too, if it is one of ours beyond doubt: Okta's "Header Auth" template sends the text that the
 * admin typed, often without the scheme.
 */
export function readBearerToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const [, token] = BEARER.exec(header) ?? [];
  if (token !== undefined) return token;
  return publicIdOf(header) === undefined ? undefined : header;
}
