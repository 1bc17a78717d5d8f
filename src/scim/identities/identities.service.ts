import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type UnlinkReason, UserDeprovisioned } from '../events/scim-events.js';
import { ScimRelay } from '../events/scim-relay.js';
import type { IdentityRow } from '../persistence/identity-statements.js';
import { violatedIndex } from '../persistence/database-errors.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import type { Remover } from '../persistence/leave-groups.js';
import type { ResourceAttributes } from '../protocol/resource.js';
import { checkVersion } from '../protocol/etag.js';
import { conflict } from '../protocol/scim-error.js';
import { ScimEntitlements } from '../tokens/scim-entitlements.js';
import { boundChange, checkMayWrite } from './only-removals.js';
import { isLifeCycle } from './identity-events.js';
import { IdentityRemovals, LinkTaken } from './identity-removals.js';
import { initialState, nextState } from './identity-state.js';
import { identityTag } from './identity-tag.js';
import { IdentityStore, type WriteContext, type Written } from './identity-store.js';
import { coreAttributesOf, type IdentityValues, valuesOf } from './identity-values.js';
import { type IdentityPlan, planChange, planRelease, planUnlink } from './plan-change.js';
import { findProofScope, findProvenLink, holdLogins, linkedBy, type ProofScope } from './proven-links.js';

/** Guarded writes that may lose a race before the row is locked instead. */
const MOST_CONFLICTS = 3;

/** What becomes of an identity under its lock, and which lock that takes. */
interface LockedChange {
  readonly planOf: (identity: IdentityRow) => IdentityPlan;
  readonly lock: 'lock' | 'lockForRemoval';
  /** What is written besides, also where the plan is that nothing happens. */
  readonly record?: (identity: IdentityRow, context: Remover) => Promise<void>;
}

/** The one place where an identity comes to be, changes and goes: each time with its events, in one transaction. */
@Injectable()
export class IdentitiesService {
  constructor(
    private readonly database: ScimDatabase,
    private readonly store: IdentityStore,
    private readonly entitlements: ScimEntitlements,
    private readonly relay: ScimRelay,
    private readonly removals: IdentityRemovals,
  ) {}

  /**
   * Linked at once where a login proved its external id or user name before.
   * @throws ScimError 403 where only removals are done; 409 uniqueness; 409 where it is inactive and the host refuses the removal of who is linked.
   */
  async create(organizationId: string, resource: ResourceAttributes, context: WriteContext): Promise<IdentityRow> {
    checkMayWrite(context);
    const scope = await this.proofScopeOf(organizationId);
    const { active } = coreAttributesOf(resource);
    // An active person who is missed here, because the login is not committed yet, is linked by the next one.
    const alone = active
      ? await this.store.insertUnproven(organizationId, unlinked(resource), scope.ssoConnectionId, context)
      : undefined;
    const written =
      alone ?? (await this.settle(context, (manager) => this.insertLinked(scope, resource, { ...context, manager })));
    return this.afterWrite(written, !active, context);
  }

  /**
   * `decide` gets the resource as it is and returns it as it is to be; it may be called again after a lost race.
   * Changes nothing and writes no event where both are equal.
   * @throws ScimError 403 where only removals are done and this is none; 404; 409 uniqueness; 409 where the host refuses the
   * removal; whatever `decide` throws.
   */
  async change(
    organizationId: string,
    id: string,
    decide: (current: ResourceAttributes) => ResourceAttributes,
    context: WriteContext,
  ): Promise<IdentityRow> {
    const bound = boundChange(decide, context);
    const plan = (identity: IdentityRow): IdentityPlan => {
      const before = valuesOf(identity);
      return planChange(before, bound(before.resource));
    };
    for (let tries = 0; tries < MOST_CONFLICTS && !context.manager; tries += 1) {
      const identity = await this.store.get(organizationId, id);
      const planned = planWrite(identity, plan, context);
      if (planned.happenings.length === 0) return identity;
      if (planned.cutsAccess && (await this.mayHaveAccount(identity))) break;
      const written = await this.store.update(identity, planned, context);
      if (written) return this.afterWrite(written, planned.happenings.some(isLifeCycle), context);
    }
    return this.changeLocked(organizationId, id, { planOf: plan, lock: 'lock' }, context);
  }

  /**
   * Gone for SCIM; the row stays, and a tombstone against just-in-time logins.
   * @throws ScimError 404; 409 where the host refuses the removal.
   */
  async deprovision(organizationId: string, id: string, context: WriteContext): Promise<void> {
    // The events of the groups that are left cut no access by themselves: the loop delivers them, and nobody waits.
    const record = (identity: IdentityRow, remover: Remover): Promise<void> =>
      this.removals.recordRemoval(identity, remover);
    await this.changeLocked(organizationId, id, { planOf: planDeprovision, lock: 'lockForRemoval', record }, context);
  }

  /**
   * Its account loses the access that it had by the link, and the next login links anew. Nothing happens where there is no link.
   * @throws ScimError 404; 409 where the host refuses the removal.
   */
  async unlink(organizationId: string, id: string, context: WriteContext): Promise<void> {
    const record = (identity: IdentityRow, remover: Remover): Promise<void> =>
      this.removals.recordUnlink(identity, remover);
    await this.changeLocked(organizationId, id, { planOf: planUnlink, lock: 'lock', record }, context);
  }

  /** The same where the host took the access itself; it is asked nothing. @throws ScimError 404 */
  async release(
    organizationId: string,
    id: string,
    reason: UnlinkReason,
    context: WriteContext & { readonly manager: EntityManager },
  ): Promise<void> {
    const identity = await this.store.lock(organizationId, id, context.manager);
    const plan = planRelease(reason)(identity);
    if (plan.happenings.length === 0) return;
    const written = await this.store.update(identity, plan, context);
    if (!written) throw new Error('A locked identity changed.');
  }

  private async changeLocked(
    organizationId: string,
    id: string,
    { planOf, lock, record }: LockedChange,
    context: WriteContext,
  ): Promise<IdentityRow> {
    const scope = await this.proofScopeOf(organizationId);
    const { written, awaitsHandlers } = await this.settle(context, async (manager) => {
      const identity = await this.store[lock](organizationId, id, manager);
      const asked = planWrite(identity, planOf, context);
      const written = await this.write(identity, asked, scope, { ...context, manager });
      await record?.(identity, { ...context, manager });
      return written;
    });
    return this.afterWrite(written, awaitsHandlers, context);
  }

  private async write(
    identity: IdentityRow,
    asked: IdentityPlan,
    scope: ProofScope,
    context: WriteContext & { readonly manager: EntityManager },
  ): Promise<{ written: Written; awaitsHandlers: boolean }> {
    if (asked.happenings.length === 0) return { written: { identity, deliveries: [] }, awaitsHandlers: false };
    const plan = asked.cutsAccess ? await this.removals.prepare(identity, asked, scope, context.manager) : asked;
    const written = await this.store.update(identity, plan, context);
    if (!written) throw new Error('A locked identity changed.');
    return { written, awaitsHandlers: plan.happenings.some(isLifeCycle) };
  }

  /** Under the proven link, if it is still there; inactive also where its login is on its way (else nobody would cut it off). */
  private async insertLinked(
    scope: ProofScope,
    resource: ResourceAttributes,
    context: WriteContext & { readonly manager: EntityManager },
  ): Promise<Written> {
    const { organizationId } = scope;
    const { manager } = context;
    const { active } = coreAttributesOf(resource);
    if (!active) await holdLogins(this.database, organizationId, resource, manager);
    const link = await findProvenLink(this.database, scope, resource, manager);
    if (!link) return this.store.insert(organizationId, unlinked(resource), context);
    const { accountId } = link;
    const values = { state: initialState(active, true), accountId, linkedBy: linkedBy(resource, link), resource };
    const written = await this.store.insert(organizationId, values, context);
    await this.removals.attach(written.identity, link, manager);
    if (!active) await this.removals.askHost(organizationId, accountId, manager);
    return written;
  }

  private async mayHaveAccount(identity: IdentityRow): Promise<boolean> {
    if (identity.accountId !== null) return true;
    const scope = await this.proofScopeOf(identity.organizationId);
    return (await findProvenLink(this.database, scope, valuesOf(identity).resource)) !== undefined;
  }

  /** Asked before a transaction begins: a host that is slow to answer must not hold a connection of its pool meanwhile. */
  private proofScopeOf(organizationId: string): Promise<ProofScope> {
    return findProofScope(this.entitlements, organizationId);
  }

  /**
   * In a transaction of its own, or in the caller's under a savepoint; again where another identity took the link or the
   * account meanwhile: `work` finds neither then, and leaves the identity to a login of its own.
   * @throws ScimError 409 where that goes on.
   */
  private async settle<T>({ manager }: WriteContext, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    for (let tries = 0; tries < MOST_CONFLICTS; tries += 1) {
      try {
        return await (manager ? manager.transaction(work) : this.database.transactionWithRetry(work));
      } catch (error) {
        if (!(error instanceof LinkTaken) && violatedIndex(error) !== 'scim_identity_live_account') throw error;
      }
    }
    throw conflict('The account behind this User is being linked to another one; try again.');
  }

  /** Inside the caller's transaction there is nothing to deliver yet; the relay finds it after the commit. */
  private async afterWrite(
    { identity, deliveries }: Written,
    awaitsHandlers: boolean,
    { manager, later }: WriteContext,
  ): Promise<IdentityRow> {
    if (awaitsHandlers) later?.push(...deliveries);
    if (manager || later || deliveries.length === 0) return identity;
    if (awaitsHandlers) await this.relay.deliverNow(deliveries);
    else this.relay.nudge();
    return identity;
  }
}

/** An identity whom no login proved. */
export const unlinked = (resource: ResourceAttributes): IdentityValues => ({
  state: initialState(coreAttributesOf(resource).active, false),
  accountId: null,
  linkedBy: null,
  resource,
});

/** Of every write of an identity that is there. @throws ScimError 412; whatever `planOf` throws. */
function planWrite(identity: IdentityRow, planOf: LockedChange['planOf'], context: WriteContext): IdentityPlan {
  checkVersion(identityTag(identity), context.ifMatch);
  return planOf(identity);
}

function planDeprovision(identity: IdentityRow): IdentityPlan {
  const before = valuesOf(identity);
  const state = nextState(before.state, 'deprovision', before.accountId !== null);
  return { after: { ...before, state }, happenings: [{ type: UserDeprovisioned.type, changed: [] }], cutsAccess: true };
}
