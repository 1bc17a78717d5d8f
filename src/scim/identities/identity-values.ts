import type { IdentityState, LinkedBy } from '../persistence/entities/provisioned-identity.entity.js';
import type { StoredIdentity } from '../persistence/identity-statements.js';
import { emailKeys, toSearchDocument } from '../persistence/search-document.js';
import { fold } from '../protocol/comparable.js';
import type { Json, JsonObject, ResourceAttributes } from '../protocol/resource.js';
import type { ResourceType } from '../protocol/schemas/schema.js';

/** Attributes that have columns of their own. */
const COLUMNS: ReadonlySet<string> = new Set(['externalId', 'userName', 'active']);

/** What an identity's row holds of the SCIM resource and of its place in the life cycle. */
export interface IdentityValues {
  readonly state: IdentityState;
  readonly accountId: string | null;
  readonly linkedBy: LinkedBy | null;
  /** The whole resource, as `ResourceAttributes` says. */
  readonly resource: ResourceAttributes;
}

export function valuesOf(identity: StoredIdentity): IdentityValues {
  const { state, accountId, linkedBy } = identity;
  return { state, accountId, linkedBy, resource: resourceOf(identity) };
}

/** The resource that an identity's row stands for. */
export const resourceOf = (identity: StoredIdentity): ResourceAttributes => ({
  ...(identity.externalId === null ? {} : { externalId: identity.externalId }),
  userName: identity.userName,
  ...identity.attributes,
  active: identity.active,
});

/** The columns of an identity's row that its values decide. */
export interface IdentityColumns {
  readonly externalId: string | null;
  readonly userName: string;
  readonly userNameKey: string;
  readonly state: IdentityState;
  readonly active: boolean;
  readonly accountId: string | null;
  readonly linkedBy: LinkedBy | null;
  readonly attributes: JsonObject;
  readonly search: JsonObject;
  readonly emailKeys: readonly string[];
}

export function toColumns(
  { state, accountId, linkedBy, resource }: IdentityValues,
  resourceType: ResourceType,
): IdentityColumns {
  const { userName, externalId, active } = coreAttributesOf(resource);
  const search = toSearchDocument(resource, resourceType);
  const attributes: Record<string, Json> = {};
  for (const [name, value] of Object.entries(resource)) {
    if (!COLUMNS.has(name)) attributes[name] = value;
  }
  const names = { externalId, userName, userNameKey: fold(userName) };
  return { ...names, state, active, accountId, linkedBy, attributes, search, emailKeys: emailKeys(search) };
}

/**
 * The parameters that `insertIdentity` and `updateIdentity` share: external id, user name, its key, state, active, account,
 * linked by, attributes, search document, e-mail keys.
 */
export function toParameters(values: IdentityValues, resourceType: ResourceType): readonly unknown[] {
  const columns = toColumns(values, resourceType);
  return [
    columns.externalId,
    columns.userName,
    columns.userNameKey,
    columns.state,
    columns.active,
    columns.accountId,
    columns.linkedBy,
    JSON.stringify(columns.attributes),
    JSON.stringify(columns.search),
    columns.emailKeys,
  ];
}

/** The attributes that every User has, typed. */
export function coreAttributesOf(resource: JsonObject): {
  userName: string;
  externalId: string | null;
  active: boolean;
} {
  const { userName, externalId, active } = resource;
  if (typeof userName !== 'string') throw new Error('A User without userName got past its schema.');
  return { userName, externalId: typeof externalId === 'string' ? externalId : null, active: active !== false };
}
