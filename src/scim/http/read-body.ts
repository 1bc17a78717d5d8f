import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { traceOf } from '../log/request-trace.js';
import { invalidSyntax, payloadTooLarge, type ScimError, unsupportedMediaType } from '../protocol/scim-error.js';
import type { ScimRequest } from './scim-request.js';
import { bodyHeadersOf } from './scim-request-claim.js';

/** RFC 8259 leaves both to us. */
const BOUNDS: JsonBounds = {
  // No SCIM message needs a tenth of it, and deeper ones break a serializer.
  depth: 32,
  // Ten times what a resource with all its extensions has. A megabyte of unknown names is looked at here once, and then neither
  // by the reader nor by the log.
  members: 1_000,
};

/**
 * The JSON body of a request, read now, so that nothing is read for a client without a valid token.
 * @param limit bytes
 * @param name of the limit, where clients know it by one
 * @throws ScimError 415; 413; 400 invalidSyntax.
 */
export async function readBody(request: ScimRequest, limit: number, name?: string): Promise<unknown> {
  const message = messageOf(request);
  const { type, length = 0 } = bodyHeadersOf(message);
  const trace = traceOf(request);
  if (trace) trace.bodyBytes = length;
  checkMediaType(type, message.headers['content-encoding']);
  if (length > limit) throw tooLarge(limit, name);
  const source =
    request.body instanceof Readable || !hasBodyValue(request.body)
      ? await readAll(message, limit, name)
      : request.body;
  if (trace && Buffer.isBuffer(source)) trace.bodyBytes = source.length;
  const body: unknown = Buffer.isBuffer(source) ? parse(source) : source;
  const excess = excessOf(body, BOUNDS);
  if (excess !== undefined) throw invalidSyntax(excess);
  if (trace) trace.body = body;
  return body;
}

/** Fastify wraps Node's request, Express extends it. */
const messageOf = (request: ScimRequest): IncomingMessage =>
  ('raw' in request ? request.raw : request) as IncomingMessage;

/** A host that injects requests past the server may have parsed the body itself. */
const hasBodyValue = (body: unknown): boolean => body !== undefined && body !== null;

function checkMediaType(contentType: string | undefined, encoding: string | undefined): void {
  const [type = ''] = (contentType ?? 'application/scim+json').split(';');
  const known = ['application/scim+json', 'application/json'].includes(type.trim().toLowerCase());
  if (!known || (encoding !== undefined && encoding.toLowerCase() !== 'identity')) throw unsupportedMediaType();
}

async function readAll(message: IncomingMessage, limit: number, name?: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > limit) settle(() => reject(tooLarge(limit, name)));
    };
    const onEnd = (): void => settle(() => resolve(Buffer.concat(chunks)));
    const onBroken = (): void => settle(() => reject(invalidSyntax('The body ended early.')));
    const settle = (then: () => void): void => {
      message.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
      then();
    };
    message.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
    if (message.readableEnded) onEnd();
    // The client left while its token was looked up: no event is to come any more.
    else if (message.destroyed) onBroken();
  });
}

const tooLarge = (limit: number, name?: string): ScimError =>
  payloadTooLarge(`The body is larger than ${limit} bytes${name === undefined ? '' : ` (${name})`}.`);

function parse(bytes: Buffer): unknown {
  if (bytes.length === 0) throw invalidSyntax('The request needs a JSON body.');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalidSyntax('The body is not JSON in UTF-8.');
  }
}

export interface JsonBounds {
  /** Objects and lists inside one another. */
  readonly depth: number;
  /** Of one object. */
  readonly members: number;
}

/** What is too much of a body, in words; undefined where it keeps to the bounds. Without recursion: the depth is in question. */
export function excessOf(body: unknown, { depth, members }: JsonBounds): string | undefined {
  let level = [body].filter(isContainer);
  for (let reached = 1; level.length > 0; reached += 1) {
    if (reached > depth) return `The body nests deeper than ${depth} levels.`;
    const widest = level.find((value) => !Array.isArray(value) && Object.keys(value).length > members);
    if (widest) {
      return `An object of the body has ${Object.keys(widest).length} members; at most ${members} are allowed.`;
    }
    level = level.flatMap((value) => Object.values(value)).filter(isContainer);
  }
  return undefined;
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;
