import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { traceOf } from '../log/request-trace.js';
import { namesVersion } from '../protocol/etag.js';
import type { WriteContext } from '../identities/identity-store.js';
import type { ScimPrincipal } from '../tokens/scim-token-verifier.js';

/** What Express' and Fastify's requests have in common and the module uses. */
export interface ScimRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Client address as the host's `trust proxy` says. */
  readonly ip?: string;
  /** What the adapter's parsers made of the body: nothing (Express), the stream itself (Fastify), or a host parser's value. */
  readonly body?: unknown;
  /** Left by ScimTokenGuard. */
  scimPrincipal?: ScimPrincipal;
  /** Left by ScimTokenGuard where nothing but removals may be done: what all else is refused with. */
  scimOnlyRemovals?: string;
  /** Made by `requestIdOf`. */
  scimRequestId?: string;
}

/** Names a request in events, in the log and in 500 answers. */
export function requestIdOf(request: ScimRequest): string {
  request.scimRequestId ??= traceOf(request)?.id ?? randomUUID();
  return request.scimRequestId;
}

/** @throws Error where the route has no ScimTokenGuard: a mistake of ours. */
export function principalOf(request: ScimRequest): ScimPrincipal {
  if (!request.scimPrincipal) throw new Error('A SCIM route without ScimTokenGuard.');
  return request.scimPrincipal;
}

/** The query as WHATWG reads it: `+` is a space (Entra writes filters so), nothing becomes an object. */
export const queryOf = (request: ScimRequest): URLSearchParams =>
  new URLSearchParams(request.url.includes('?') ? request.url.slice(request.url.indexOf('?') + 1) : '');

/** Who writes, for the history; and what may be written. */
export const writeContextOf = (request: ScimRequest): WriteContext => ({
  tokenId: principalOf(request).tokenId,
  requestId: requestIdOf(request),
  ...(request.scimOnlyRemovals === undefined ? {} : { onlyRemovals: request.scimOnlyRemovals }),
  ...(request.headers['if-match'] === undefined ? {} : { ifMatch: request.headers['if-match'] }),
});

/** Whether the client has this version already (`If-None-Match`). */
export function isUnchanged(request: ScimRequest, version: string): boolean {
  const condition = request.headers['if-none-match'];
  return condition !== undefined && namesVersion(condition, version);
}
