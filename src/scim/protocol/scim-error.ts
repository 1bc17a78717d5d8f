/** RFC 7644 §3.12: the one error a SCIM client is ever told, and a named constructor for each kind. */

import type { JsonObject } from './resource.js';

const ERROR_URN = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** RFC 7644 §3.12 table 9 and RFC 9865 §2.1. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount';

interface ScimErrorOptions {
  readonly cause?: unknown;
  /** Sent with the response, e.g. `Allow`, `Retry-After`, `WWW-Authenticate`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Somebody wanted it so: no line of the server's log is about it, whatever the status. */
  readonly isExpected?: boolean;
}

/**
 * An answer to a SCIM client that is not a success.
 *
 * `message` is the `detail` of the response: text for the identity provider's administrator, never holding a secret,
 * SQL, a stack or a fact of another organization. What only the log may know goes into `cause`.
 */
export class ScimError extends Error {
  override readonly name = 'ScimError';

  constructor(
    readonly status: number,
    readonly scimType: ScimType | undefined,
    detail: string,
    readonly options: ScimErrorOptions = {},
  ) {
    super(detail, { cause: options.cause });
  }

  get headers(): Readonly<Record<string, string>> {
    return this.options.headers ?? {};
  }

  /** The response body of RFC 7644 §3.12; `status` is a string there. */
  toBody(): JsonObject {
    return {
      schemas: [ERROR_URN],
      status: String(this.status),
      ...(this.scimType === undefined ? {} : { scimType: this.scimType }),
      detail: this.message,
    };
  }
}

/** @param offset 0-based position in the filter text where reading stopped. */
export const invalidFilter = (detail: string, offset?: number): ScimError =>
  new ScimError(400, 'invalidFilter', offset === undefined ? detail : `${detail} (at character ${offset + 1})`);

export const invalidPath = (detail: string): ScimError => new ScimError(400, 'invalidPath', detail);

export const invalidValue = (detail: string): ScimError => new ScimError(400, 'invalidValue', detail);

export const invalidSyntax = (detail: string): ScimError => new ScimError(400, 'invalidSyntax', detail);

export const mutability = (detail: string): ScimError => new ScimError(400, 'mutability', detail);

export const noTarget = (detail: string): ScimError => new ScimError(400, 'noTarget', detail);

/** The same words for every cursor that is not good here, whoever's it is. */
export const invalidCursor = (): ScimError =>
  new ScimError(
    400,
    'invalidCursor',
    'The cursor is not one that this query was answered with. Begin again with an empty one.',
  );

export const expiredCursor = (): ScimError =>
  new ScimError(400, 'expiredCursor', 'The cursor has expired. Begin again with an empty one.');

export const invalidCount = (detail: string): ScimError => new ScimError(400, 'invalidCount', detail);

/** 409 for PUT and PATCH as well as POST: RFC 7644 §3.3 says so, and every IdP expects it. */
export const uniqueness = (detail: string): ScimError => new ScimError(409, 'uniqueness', detail);

export const conflict = (detail: string): ScimError => new ScimError(409, undefined, detail);

export const notFound = (detail: string): ScimError => new ScimError(404, undefined, detail);

export const forbidden = (detail: string): ScimError => new ScimError(403, undefined, detail);

/** The same words for every bad token, so that nobody learns which part was wrong. */
export const unauthorized = (challenge: string): ScimError =>
  new ScimError(401, undefined, 'The bearer token is missing, invalid, expired or revoked.', {
    headers: { 'WWW-Authenticate': challenge },
  });

export const methodNotAllowed = (allow: readonly string[]): ScimError =>
  new ScimError(405, undefined, `This endpoint allows ${allow.join(', ')}.`, { headers: { Allow: allow.join(', ') } });

export const preconditionFailed = (detail: string): ScimError => new ScimError(412, undefined, detail);

export const payloadTooLarge = (detail: string): ScimError => new ScimError(413, undefined, detail);

export const unsupportedMediaType = (): ScimError =>
  new ScimError(415, undefined, 'Send the body as application/scim+json or application/json.');

export const tooManyRequests = (retryAfterSeconds: number): ScimError =>
  new ScimError(429, undefined, `Too many requests; try again in ${retryAfterSeconds} s.`, {
    headers: { 'Retry-After': String(retryAfterSeconds) },
  });

/** RFC 7644 §3.11: for `/Me`, and for a POST to it by whomever. */
export const standsForNobody = (): ScimError =>
  new ScimError(501, undefined, 'A provisioning token stands for no user, so there is no /Me.', { isExpected: true });

export const internalError = (requestId: string, cause: unknown): ScimError =>
  new ScimError(500, undefined, `Internal error; the request id is ${requestId}.`, { cause });

export const unavailable = (detail: string, cause?: unknown): ScimError =>
  new ScimError(503, undefined, detail, { cause, headers: { 'Retry-After': '5' } });

/** Five minutes: an admin's pause is no matter of seconds, and every identity provider tries again by itself. */
export const paused = (): ScimError =>
  new ScimError(
    503,
    undefined,
    'An administrator of this organization has paused provisioning: what only reads is answered, changes are taken again after the pause.',
    { headers: { 'Retry-After': '300' }, isExpected: true },
  );
