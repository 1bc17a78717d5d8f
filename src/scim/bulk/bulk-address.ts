import { type BulkOperation, describeId } from '../protocol/bulk.js';
import { forbidden, invalidValue, methodNotAllowed, notFound } from '../protocol/scim-error.js';
import type { ResourceEndpoints, ServedResources } from '../resources/resource-endpoints.js';

const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;

type BulkMethod = (typeof METHODS)[number];

/** What an operation is about, so far as that is known before anything is done. */
export interface Addressed {
  readonly method: BulkMethod;
  readonly served: ServedResources;
}

/** Where operations may go. */
interface Addresses {
  readonly endpoints: ResourceEndpoints;
  readonly scopes: ReadonlySet<string>;
  /** As in `WriteContext`. */
  readonly onlyRemovals: string | undefined;
}

/**
 * Which resources an operation means: those of a resource type, never discovery, /Me or another bulk request.
 * @param unknown a bulkId that it refers to and that no POST has
 * @throws ScimError 400 invalidValue; 403; 404; 405.
 */
export function addressOf(
  operation: BulkOperation,
  unknown: string | undefined,
  { endpoints, scopes, onlyRemovals }: Addresses,
): Addressed {
  if (operation.refused) throw operation.refused;
  const method = METHODS.find((each) => each === operation.method);
  if (!method) throw methodNotAllowed(METHODS);
  const served = endpoints.find(operation.endpoint);
  if (!served) throw notFound(`A bulk operation is about a resource; there are none at /${shown(operation.endpoint)}.`);
  if (onlyRemovals !== undefined && !served.removes) throw forbidden(onlyRemovals);
  if (!scopes.has(served.scopes.write)) throw forbidden(`This token lacks the scope ${served.scopes.write}.`);
  if (method === 'POST') checkCreation(operation);
  else if (operation.target === undefined) throw methodNotAllowed(['POST']);
  if (unknown !== undefined) {
    throw invalidValue(
      `No POST of this request has the bulkId ${describeId(unknown)}, which this operation refers to.`,
    );
  }
  return { method, served };
}

function checkCreation({ target, bulkId }: BulkOperation): void {
  if (target !== undefined) throw methodNotAllowed(['PUT', 'PATCH', 'DELETE']);
  if (bulkId === undefined) throw invalidValue('A POST needs a "bulkId".');
}

const shown = (endpoint: string): string => endpoint.slice(0, 100);
