import type {
  IdentityState,
  LinkedBy,
  ProvisionedIdentity,
} from '../persistence/entities/provisioned-identity.entity.js';
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

export function valuesOf(identity: ProvisionedIdentity): IdentityValues {
  const { state, accountId, linkedBy } = identity;
  return { state, accountId, linkedBy, resource: resourceOf(identity) };
}

/** The resource that an identity's row stands for. */
export const resourceOf = (identity: ProvisionedIdentity): ResourceAttributes => ({
  ...(identity.externalId === null ? {} : { externalId: identity.externalId }),
  userName: identity.userName,
  ...identity.attributes,
  active: identity.active,
});

/**
 * The parameters that `insertIdentity` and `updateIdentity` share: external id, user name, its key, state, active, account,
 * linked by, attributes, search document, e-mail keys.
 */
export function toParameters(
  { state, accountId, linkedBy, resource }: IdentityValues,
  resourceType: ResourceType,
): readonly unknown[] {
  const { userName, externalId, active } = coreAttributesOf(resource);
  const search = toSearchDocument(resource, resourceType);
  const attributes: Record<string, Json> = {};
  for (const [name, value] of Object.entries(resource)) {
    if (!COLUMNS.has(name)) attributes[name] = value;
  }
  return [
    externalId,
    userName,
    fold(userName),
    state,
    active,
    accountId,
    linkedBy,
    JSON.stringify(attributes),
    JSON.stringify(search),
    emailKeys(search),
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
