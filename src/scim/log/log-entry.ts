import type { LogEntry } from '../persistence/log-statements.js';
import { PersonKeys } from './person-keys.js';
import { recogniseRequest } from './recognise-idp.js';
import { redactBody } from './redact-body.js';
import { redactQuery } from './query-text.js';
import type { RequestTrace } from './request-trace.js';
import { isObject } from '../protocol/json-object.js';
import { cut, REMOVED, type SecretNames, withoutTokens, withoutValues } from './secrets.js';

const LONGEST_CLIENT = 200;
const LONGEST_DETAIL = 500;
const LONGEST_PATH = 500;
/** Of PostgreSQL; a client may announce more. */
const LARGEST_INTEGER = 2 ** 31 - 1;

/** How a request ended. */
export interface RequestEnd {
  readonly organizationId: string;
  readonly status: number;
  readonly durationMs: number;
}

/** What is kept of bodies. */
export interface LogBounds {
  /** Characters of a body; 0: none is kept. */
  readonly bodyCharacters: number;
  readonly secrets: SecretNames;
}

/** A request as it will be written; without passwords and tokens already. */
export function toLogEntry(trace: RequestTrace, end: RequestEnd, { bodyCharacters, secrets }: LogBounds): LogEntry {
  const people = new PersonKeys();
  const [asked, query] = splitUrl(trace.url);
  const named = asked
    .split('/')
    .slice(2)
    .filter((segment) => !segment.startsWith('.'));
  // What no erasure would find is not kept.
  const isNoted = named.map((segment) => people.noteCompared(segment)).every(Boolean);
  const path = isNoted ? asked : `/${asked.split('/')[1]}/…`;
  if (trace.location !== undefined) people.note(trace.location);
  const keptQuery = redactQuery(query.slice(1), secrets, people);
  const hasBody = trace.body !== undefined && bodyCharacters > 0;
  const body = hasBody ? redactBody(trace.body, bodyCharacters, secrets, people) : null;
  const { client, error } = trace;
  return {
    ...end,
    id: trace.id,
    receivedAt: new Date(trace.receivedAt),
    isRefused: trace.refusal === 'forged',
    method: cut(withoutTokens(trace.method), 20),
    path,
    query: keptQuery === '' ? null : keptQuery,
    scimType: error?.scimType ?? null,
    detail: error ? detailOf(error.message, trace, secrets) : null,
    client: client ? cut(withoutTokens(client), LONGEST_CLIENT) : null,
    address: trace.address ?? null,
    tokenId: trace.tokenId ?? null,
    idp: recogniseRequest({ method: trace.method, path, query, client, body: trace.body }) ?? null,
    personKeys: people.all,
    body,
    bodyBytes: trace.bodyBytes ? Math.min(trace.bodyBytes, LARGEST_INTEGER) : null,
  };
}

/** What the client was told; without values where a secret may be one of them. */
function detailOf(message: string, { url, body }: RequestTrace, secrets: SecretNames): string {
  const [, query] = splitUrl(url);
  const filter = isObject(body) && typeof body.filter === 'string' ? body.filter : '';
  const asked = [message, decode(query.replaceAll('+', ' ')), filter];
  const isSecret = asked.some((text) => secrets.isNamedIn(text));
  return cut(withoutTokens(isSecret ? withoutValues(message) : message), LONGEST_DETAIL);
}

/** Path and query with its `?`; the path decoded where it can be. */
function splitUrl(url: string): readonly [string, string] {
  const start = url.search(/[?#]/);
  const path = start === -1 ? url : url.slice(0, start);
  const segments = path.split('/').map((segment) => withoutTokens(decode(segment)).replaceAll('/', '%2F'));
  return [cut(segments.join('/') || '/', LONGEST_PATH), start === -1 ? '' : url.slice(start)];
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return REMOVED;
  }
}
