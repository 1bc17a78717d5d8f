import type { IncomingMessage } from 'node:http';
import type { ScimError } from '../protocol/scim-error.js';

/** What becomes known of a request on its way; written down after it was answered. */
export interface RequestTrace {
  /** Request id, and id of its entry. */
  readonly id: string;
  /** Milliseconds by this machine's clock: the order of requests must not hang on how long their writing took. */
  readonly receivedAt: number;
  /** By this process's monotonic clock. */
  readonly startedAt: number;
  /** As the client sent it. */
  readonly method: string;
  /** Path and query, below the SCIM endpoint. */
  readonly url: string;
  readonly client: string | undefined;
  address?: string | undefined;
  /** Of the token, be it good or not; without one the request is nobody's and stands in no log. */
  organizationId?: string;
  tokenId?: string;
  /** Of a token that is not good: whether its secret is the right one, so that its holder sent it, or anybody can have. */
  refusal?: 'ended' | 'forged';
  /** Parsed. */
  body?: unknown;
  bodyBytes?: number;
  /** What the client was told. */
  error?: ScimError;
  /** `Location` of the answer. */
  location?: string | undefined;
}

const TRACE = Symbol('scim:trace');

interface TracedMessage extends IncomingMessage {
  [TRACE]?: RequestTrace;
}

export function attachTrace(message: IncomingMessage, trace: RequestTrace): void {
  (message as TracedMessage)[TRACE] = trace;
}

/** Of a request of either adapter; undefined where nothing is logged. */
export function traceOf(request: object): RequestTrace | undefined {
  // Fastify wraps Node's request, Express extends it.
  const message = ('raw' in request ? request.raw : request) as TracedMessage;
  return message[TRACE];
}
