import type { EntityManager } from 'typeorm';
import type { LinkedBy } from '../persistence/entities/provisioned-identity.entity.js';
import { findProvenLinks, type LinkRow, takeTurns } from '../persistence/link-statements.js';
import type { ScimDatabase } from '../persistence/scim-database.js';
import { fold } from '../protocol/comparable.js';
import type { ResourceAttributes } from '../protocol/resource.js';
import type { ScimEntitlements } from '../tokens/scim-entitlements.js';
import { coreAttributesOf } from './identity-values.js';

/** Where a login that proved a NameID counts. */
export interface ProofScope {
  readonly organizationId: string;
  /** Null: logins of any SSO connection of the organization. */
  readonly ssoConnectionId: string | null;
}

/** @throws ScimError 503 when the host cannot say. */
export async function findProofScope(entitlements: ScimEntitlements, organizationId: string): Promise<ProofScope> {
  const entitlement = await entitlements.get(organizationId);
  return { organizationId, ssoConnectionId: entitlement.ssoConnectionId ?? null };
}

/** The one NameID that a login proved before, and that is this person's external id or user name; none of two. */
export async function findProvenLink(
  database: ScimDatabase,
  { organizationId, ssoConnectionId }: ProofScope,
  resource: ResourceAttributes,
  manager?: EntityManager,
): Promise<LinkRow | undefined> {
  const { userName, externalId } = coreAttributesOf(resource);
  const parameters = [organizationId, externalId, fold(userName), ssoConnectionId];
  const links = await database.run<LinkRow>(findProvenLinks, parameters, manager);
  return links.length === 1 ? links[0] : undefined;
}

/** Waits for logins on their way that could prove the person's names, and keeps new ones waiting until the commit. */
export async function holdLogins(
  database: ScimDatabase,
  organizationId: string,
  resource: ResourceAttributes,
  manager: EntityManager,
): Promise<void> {
  const { userName, externalId } = coreAttributesOf(resource);
  const keys = new Set([userName, externalId ?? userName].map(fold));
  // In one order, so that two creations never wait for each other.
  for (const key of [...keys].sort()) await database.run(takeTurns, [turnOf(organizationId, key)], manager);
}

/** What logins of a NameID take turns by. @param key the folded NameID */
export const turnOf = (organizationId: string, key: string): string => JSON.stringify([organizationId, key]);

/** By which attribute a proven link is a person's. */
export const linkedBy = (resource: ResourceAttributes, link: LinkRow): LinkedBy =>
  coreAttributesOf(resource).externalId === link.nameId ? 'externalId' : 'userName';
