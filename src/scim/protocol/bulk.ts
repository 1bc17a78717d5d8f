/** RFC 7644 §3.7: a bulk request as a list of operations, and the answer to it. */
import { foldName } from './attribute-path.js';
import { isObject, readMembers } from './json-object.js';
import { describe } from './read-simple.js';
import type { JsonObject } from './resource.js';
import { invalidSyntax, invalidValue, payloadTooLarge, type ScimError } from './scim-error.js';

const BULK_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const BULK_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';

/** Longer than any method there is; what an answer repeats has an end. */
const LONGEST_METHOD = 20;

/** In characters: with room for any id that a host makes, or any bulkId of a sensible client. */
const LONGEST_PATH = 2000;

/** One operation as the client sent it. What is wrong with it alone is `refused`, and its own answer. */
export interface BulkOperation {
  /** In capitals. */
  readonly method: string;
  /** `Users`, of `/Users/2819c223`; empty where there is no path. */
  readonly endpoint: string;
  /** `2819c223`, or `bulkId:qwerty`; undefined where the path names an endpoint alone. */
  readonly target: string | undefined;
  readonly bulkId: string | undefined;
  /** Of the resource, for a conditional request. */
  readonly version: string | undefined;
  readonly data: unknown;
  readonly refused: ScimError | undefined;
}

export interface BulkRequest {
  readonly operations: readonly BulkOperation[];
  /** How many errors end the request; undefined: all operations are tried. */
  readonly failOnErrors: number | undefined;
}

/**
 * `schemas` may be missing, as in a PATCH (checklist P-130), but may not say that the message is another one.
 * @throws ScimError 400 invalidSyntax, invalidValue; 413 where there are too many operations.
 */
export function readBulk(body: unknown, maxOperations: number): BulkRequest {
  if (!isObject(body)) throw invalidSyntax(`A bulk request must be an object, not ${describe(body)}.`);
  const members = readMembers(body, ['schemas', 'failOnErrors', 'Operations']);
  checkSchemas(members.get('schemas'));
  const failOnErrors = readFailOnErrors(members.get('failOnErrors'));
  const operations = members.get('Operations');
  if (!Array.isArray(operations) || operations.length === 0) {
    throw invalidSyntax('A bulk request must have "Operations": a list of at least one operation.');
  }
  if (operations.length > maxOperations) {
    throw payloadTooLarge(
      `A bulk request can have at most ${maxOperations} operations (maxOperations), not ${operations.length}.`,
    );
  }
  const read = operations.map(readOperation);
  checkBulkIds(read);
  return { operations: read, failOnErrors };
}

function checkSchemas(schemas: unknown): void {
  if (schemas === undefined || schemas === null) return;
  const listed: readonly unknown[] = Array.isArray(schemas) ? schemas : [schemas];
  if (!listed.some((urn) => typeof urn === 'string' && foldName(urn) === foldName(BULK_REQUEST))) {
    throw invalidSyntax(`"schemas" must name ${BULK_REQUEST}.`);
  }
}

function readFailOnErrors(input: unknown): number | undefined {
  if (input === undefined || input === null) return undefined;
  if (typeof input === 'number' && Number.isInteger(input) && input >= 1) return input;
  throw invalidValue(`"failOnErrors" must be a whole number of at least 1, not ${describe(input)}.`);
}

function readOperation(input: unknown): BulkOperation {
  if (!isObject(input)) throw invalidSyntax(`An operation must be an object, not ${describe(input)}.`);
  const members = readMembers(input, ['method', 'bulkId', 'version', 'path', 'data']);
  const method = members.get('method');
  // Without it there is nothing that an answer could be about.
  if (typeof method !== 'string' || method === '') throw invalidSyntax('An operation must have a "method".');
  const texts = { path: members.get('path'), bulkId: members.get('bulkId'), version: members.get('version') };
  const { path, bulkId, version } = textsOf(texts);
  const [endpoint, target] = split(path ?? '');
  const refused = wrongText(texts);
  const name = method.toUpperCase().slice(0, LONGEST_METHOD);
  return { method: name, endpoint, target, bulkId, version, data: members.get('data'), refused };
}

type Texts<Value> = Readonly<Record<'path' | 'bulkId' | 'version', Value>>;

const textsOf = ({ path, bulkId, version }: Texts<unknown>): Texts<string | undefined> => ({
  path: textOf(path),
  bulkId: textOf(bulkId),
  // An empty one is a condition too, which no version meets: left out, it would change what another one has changed.
  version: typeof version === 'string' ? version : undefined,
});

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function wrongText(texts: Texts<unknown>): ScimError | undefined {
  const wrong = Object.entries(texts).find(
    ([, value]) => typeof value !== 'string' && value !== undefined && value !== null,
  );
  if (wrong) return invalidValue(`"${wrong[0]}" must be a text, not ${describe(wrong[1])}.`);
  const path = textOf(texts.path);
  if (path === undefined) return invalidValue('An operation must have a "path".');
  return path.length > LONGEST_PATH ? invalidValue(`A "path" can have at most ${LONGEST_PATH} characters.`) : undefined;
}

/** A bulkId may hold slashes of its own: only the first one that stands between two names divides the path. */
function split(path: string): readonly [endpoint: string, target: string | undefined] {
  const [, endpoint = '', target = ''] = /^\/*([^/]*)\/*(.*)$/su.exec(path) ?? [];
  const trimmed = target.startsWith('bulkId:') ? target : withoutSlashes(target);
  return [endpoint, trimmed === '' ? undefined : trimmed];
}

/** By index: a regular expression that looks for the end tries again at every slash, and paths are as long as a client likes. */
function withoutSlashes(target: string): string {
  let end = target.length;
  while (target[end - 1] === '/') end -= 1;
  return target.slice(0, end);
}

/** RFC 7644 §3.7: "unique within a bulk request". Only a POST makes what the id stands for. */
function checkBulkIds(operations: readonly BulkOperation[]): void {
  const seen = new Set<string>();
  for (const { method, bulkId } of operations) {
    if (method !== 'POST' || bulkId === undefined) continue;
    if (seen.has(bulkId)) throw invalidValue(`The bulkId ${describeId(bulkId)} stands for two operations.`);
    seen.add(bulkId);
  }
}

const LONGEST_ID = 100;

export const describeId = (bulkId: string): string => JSON.stringify(bulkId.slice(0, LONGEST_ID));

/** What became of an operation. */
export type BulkOutcome =
  | { readonly status: number; readonly location: string; readonly version?: string }
  | { readonly error: ScimError; readonly location?: string };

/** Operations that were not processed have no outcome and are left out. Bodies of successes are not repeated (§3.7.3). */
export const toBulkResponse = (
  operations: readonly BulkOperation[],
  outcomes: readonly (BulkOutcome | undefined)[],
): JsonObject => ({
  schemas: [BULK_RESPONSE],
  Operations: operations.flatMap((operation, index) => {
    const outcome = outcomes[index];
    return outcome === undefined ? [] : [toEntry(operation, outcome)];
  }),
});

function toEntry({ method, bulkId }: BulkOperation, outcome: BulkOutcome): JsonObject {
  const { location } = outcome;
  const named = {
    ...(location === undefined ? {} : { location }),
    method,
    ...(bulkId === undefined ? {} : { bulkId }),
  };
  if ('error' in outcome) {
    return { ...named, status: String(outcome.error.status), response: outcome.error.toBody() };
  }
  const { status, version } = outcome;
  return { ...named, ...(version === undefined ? {} : { version }), status: String(status) };
}
