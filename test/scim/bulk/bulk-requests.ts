import type { ScimAnswer, ScimClient } from '../../support/scim-client.js';

const BULK_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

export interface Operation {
  readonly method: string;
  readonly path?: string;
  readonly bulkId?: string;
  readonly version?: string;
  readonly data?: unknown;
}

/** An entry of the answer. */
export interface Entry {
  readonly method: string;
  readonly status: string;
  readonly location?: string;
  readonly bulkId?: string;
  readonly version?: string;
  // eslint-disable-next-line typescript/no-explicit-any
  readonly response?: any;
}

export const postBulk = (
  client: ScimClient,
  operations: readonly unknown[],
  more: Readonly<Record<string, unknown>> = {},
): Promise<ScimAnswer> => client.post('/Bulk', { schemas: [BULK_REQUEST], ...more, Operations: operations });

/** The entries of an answer that has to be 200. */
export async function bulk(
  client: ScimClient,
  operations: readonly unknown[],
  more: Readonly<Record<string, unknown>> = {},
): Promise<readonly Entry[]> {
  const { status, body, text } = await postBulk(client, operations, more);
  if (status !== 200) throw new Error(`POST /Bulk answered ${status}: ${text}`);
  return body.Operations;
}

export const statuses = (entries: readonly Entry[]): string[] => entries.map(({ status }) => status);

export const idOf = (entry: Entry | undefined): string => entry?.location?.split('/').at(-1) ?? '';

export const addUser = (bulkId: string, user: Readonly<Record<string, unknown>> = {}): Operation => ({
  method: 'POST',
  path: '/Users',
  bulkId,
  data: { userName: bulkId, ...user },
});

/** With members by bulkId. */
export const addGroup = (bulkId: string, members: readonly string[] = []): Operation => ({
  method: 'POST',
  path: '/Groups',
  bulkId,
  data: { displayName: bulkId, members: members.map((each) => ({ value: `bulkId:${each}` })) },
});

export const withManager = (bulkId: string, manager: string): Operation =>
  addUser(bulkId, { [ENTERPRISE]: { manager: { value: `bulkId:${manager}` } } });

export const patching = (path: string, ...operations: readonly unknown[]): Operation => ({
  method: 'PATCH',
  path,
  data: { schemas: [PATCH_OP], Operations: operations },
});

export async function managerOf(client: ScimClient, id: string): Promise<string | undefined> {
  return (await client.get(`/Users/${id}`)).body[ENTERPRISE]?.manager?.value;
}

export async function membersOf(client: ScimClient, id: string): Promise<string[]> {
  const { body } = await client.get(`/Groups/${id}`);
  return (body.members ?? []).map(({ value }: { value: string }) => value);
}
