import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { UserLinked } from '../events/scim-events.js';
import type { IdentityRow } from '../persistence/identity-statements.js';
import { leaveGroups, type Remover } from '../persistence/leave-groups.js';
import { attachLink, endLink, findLinkOfIdentity, type LinkRow } from '../persistence/link-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { insertTombstone } from '../persistence/tombstone-statements.js';
import { conflict, ScimError, unavailable } from '../protocol/scim-error.js';
import { SCIM_OPTIONS, type ScimModuleOptions, type ScimRemovalDecision } from '../scim.options.js';
import { valuesOf } from './identity-values.js';
import type { IdentityPlan } from './plan-change.js';
import { findProvenLink, linkedBy, type ProofScope } from './proven-links.js';

/** What belongs to a change that takes somebody's access, in its transaction and under the lock of the identity. */
@Injectable()
export class IdentityRemovals {
  constructor(
    private readonly database: ScimDatabase,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  /** Before access is cut: finds out whose it is, and asks the host. */
  async prepare(
    identity: IdentityRow,
    asked: IdentityPlan,
    scope: ProofScope,
    manager: EntityManager,
  ): Promise<IdentityPlan> {
    const link =
      identity.accountId === null
        ? await findProvenLink(this.database, scope, valuesOf(identity).resource, manager)
        : undefined;
    const plan = link ? await this.linkProven(identity, asked, link, manager) : asked;
    const accountId = plan.after.accountId ?? identity.accountId;
    if (accountId !== null) await this.askHost(scope.organizationId, accountId, manager);
    return plan;
  }

  /** @throws ScimError 409 where the host refuses the removal; 503 where it cannot say. */
  async askHost(organizationId: string, accountId: string, manager: EntityManager): Promise<void> {
    const decision = await this.mayRemove(organizationId, accountId, manager);
    if (!decision.allowed) throw conflict(decision.detail);
  }

  /** @throws LinkTaken */
  async attach({ organizationId, id }: IdentityRow, link: LinkRow, manager: EntityManager): Promise<void> {
    const [attached] = await this.database.run(attachLink, [organizationId, link.id, id], manager);
    if (!attached) throw new LinkTaken();
  }

  /** What a deprovisioned identity leaves behind: a tombstone, and groups without it. */
  async recordRemoval(identity: IdentityRow, context: Remover): Promise<void> {
    const { manager } = context;
    const { organizationId, id, externalId, userNameKey } = identity;
    const [link] = await this.database.run<LinkRow>(findLinkOfIdentity, [organizationId, id], manager);
    await this.database.run(
      insertTombstone,
      [organizationId, id, externalId, userNameKey, link?.nameId ?? null],
      manager,
    );
    await leaveGroups(this.database, organizationId, id, context);
  }

  /** The NameID leads nowhere any more, and the account is out until somebody invites it or a login proves that it belongs. */
  async recordUnlink({ organizationId, id, accountId }: IdentityRow, { manager }: Remover): Promise<void> {
    await this.database.run(endLink, [organizationId, id, accountId], manager);
  }

  /** A person who was in before the identity was, and whose creation the login crossed: linked now, so that they are out. */
  private async linkProven(
    identity: IdentityRow,
    plan: IdentityPlan,
    link: LinkRow,
    manager: EntityManager,
  ): Promise<IdentityPlan> {
    await this.attach(identity, link, manager);
    return {
      ...plan,
      after: { ...plan.after, accountId: link.accountId, linkedBy: linkedBy(plan.after.resource, link) },
      happenings: [{ type: UserLinked.type, changed: [] }, ...plan.happenings],
    };
  }

  private async mayRemove(
    organizationId: string,
    accountId: string,
    manager: EntityManager,
  ): Promise<ScimRemovalDecision> {
    try {
      return await this.options.organizations.mayRemove(organizationId, accountId, manager);
    } catch (error) {
      if (error instanceof ScimError) throw error;
      // A deadlock is known by its cause, and tried again.
      throw unavailable('Whether this user may be removed cannot be checked; try again later.', error);
    }
  }
}

/** The link that was about to be taken was taken. */
export class LinkTaken extends Error {}
