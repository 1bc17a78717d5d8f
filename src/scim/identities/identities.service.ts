import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { UserDeprovisioned, UserLinked } from '../events/scim-events.js';
import { ScimRelay } from '../events/scim-relay.js';
import type { IdentityRow } from '../persistence/identity-statements.js';
import { attachLink, findLinkOfIdentity, findProvenLinks, type LinkRow } from '../persistence/link-statements.js';
import { ScimDatabase, violatedIndex } from '../persistence/scim-database.js';
import { leaveGroups, type Remover } from '../persistence/leave-groups.js';
import type { DeliveryKey } from '../persistence/outbox-statements.js';
import { insertTombstone } from '../persistence/tombstone-statements.js';
import { fold } from '../protocol/comparable.js';
import type { ResourceAttributes } from '../protocol/resource.js';
import { checkVersion } from '../protocol/etag.js';
import { conflict } from '../protocol/scim-error.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { ScimEntitlements } from '../tokens/scim-entitlements.js';
import { isLifeCycle } from './identity-events.js';
import { initialState, nextState } from './identity-state.js';
import { identityTag } from './identity-tag.js';
import { IdentityStore, type WriteContext, type Written } from './identity-store.js';
import { coreOf, type IdentityValues, valuesOf } from './identity-values.js';
import { type IdentityPlan, planChange } from './plan-change.js';

/** Guarded writes that may lose a race before the row is locked instead. */
const MOST_CONFLICTS = 3;

/** The one place where an identity comes to be, changes and goes: each time with its events, in one transaction. */
@Injectable()
export class IdentitiesService {
  constructor(
    private readonly database: ScimDatabase,
    private readonly store: IdentityStore,
    private readonly entitlements: ScimEntitlements,
    private readonly relay: ScimRelay,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  /**
   * Linked at once where a login proved its external id or user name before.
   * @throws ScimError 409 uniqueness; 409 where it is inactive and the host refuses the removal of who is linked.
   */
  async create(organizationId: string, resource: ResourceAttributes, context: WriteContext): Promise<IdentityRow> {
    const link = await this.findProvenLink(organizationId, resource, context.manager);
    const written = link
      ? await this.createLinked(organizationId, resource, link, context)
      : await this.store.insert(organizationId, unlinked(resource), context);
    return this.afterWrite(written, !coreOf(resource).active, context);
  }

  /**
   * `decide` gets the resource as it is and returns it as it is to be; it may be called again after a lost race.
   * Changes nothing and writes no event where both are equal.
   * @throws ScimError 404; 409 uniqueness; 409 where the host refuses the removal; whatever `decide` throws.
   */
  async change(
    organizationId: string,
    id: string,
    decide: (current: ResourceAttributes) => ResourceAttributes,
    context: WriteContext,
  ): Promise<IdentityRow> {
    const plan = (identity: IdentityRow): IdentityPlan => {
      const before = valuesOf(identity);
      return planChange(before, decide(before.resource));
    };
    for (let tries = 0; tries < MOST_CONFLICTS && !context.manager; tries += 1) {
      const identity = await this.store.get(organizationId, id);
      checkVersion(identityTag(identity), context.ifMatch);
      const planned = plan(identity);
      if (planned.happenings.length === 0) return identity;
      if (planned.cutsAccess && (await this.mayBeSomebody(identity))) break;
      const written = await this.store.update(identity, planned, context);
      if (written) return this.afterWrite(written, planned.happenings.some(isLifeCycle), context);
    }
    return this.changeLocked(organizationId, id, plan, context);
  }

  /**
   * Gone for SCIM; the row stays, and a tombstone against just-in-time logins.
   * @throws ScimError 404; 409 where the host refuses the removal.
   */
  async deprovision(organizationId: string, id: string, context: WriteContext): Promise<void> {
    await this.changeLocked(organizationId, id, planDeprovision, context);
  }

  private async changeLocked(
    organizationId: string,
    id: string,
    planOf: (identity: IdentityRow) => IdentityPlan,
    context: WriteContext,
  ): Promise<IdentityRow> {
    const { written, waits } = await this.inTransaction(context, async (manager) => {
      const identity = await this.store.lock(organizationId, id, manager);
      checkVersion(identityTag(identity), context.ifMatch);
      const asked = planOf(identity);
      if (asked.happenings.length === 0) return { written: { identity, deliveries: [] }, waits: false };
      const plan = asked.cutsAccess ? await this.prepareRemoval(identity, asked, manager) : asked;
      const result = await this.store.update(identity, plan, { ...context, manager });
      if (!result) throw new Error('A locked identity changed.');
      if (plan.after.state !== 'deprovisioned') return { written: result, waits: plan.happenings.some(isLifeCycle) };
      const left = await this.leave(identity, { ...context, manager });
      return { written: { ...result, deliveries: [...result.deliveries, ...left] }, waits: true };
    });
    return this.afterWrite(written, waits, context);
  }

  /** Before access is cut: finds out whose it is, and asks the host. */
  private async prepareRemoval(
    identity: IdentityRow,
    asked: IdentityPlan,
    manager: EntityManager,
  ): Promise<IdentityPlan> {
    const { organizationId } = identity;
    const plan = identity.accountId === null ? await this.linkProven(identity, asked, manager) : asked;
    const { accountId } = plan.after;
    if (accountId !== null) await this.askHost(organizationId, accountId, manager);
    return plan;
  }

  /** @throws ScimError 409 where the host refuses the removal. */
  private async askHost(organizationId: string, accountId: string, manager: EntityManager): Promise<void> {
    const decision = await this.options.organizations.mayRemove(organizationId, accountId, manager);
    if (!decision.allowed) throw conflict(decision.detail);
  }

  /** A person who was in before the identity was, and whose creation the login crossed: linked now, so that they are out. */
  private async linkProven(identity: IdentityRow, plan: IdentityPlan, manager: EntityManager): Promise<IdentityPlan> {
    const { organizationId, id } = identity;
    const link = await this.findProvenLink(organizationId, valuesOf(identity).resource, manager);
    if (!link) return plan;
    const [attached] = await this.database.run(attachLink, [organizationId, link.id, id], manager);
    if (!attached) return plan;
    return {
      ...plan,
      after: { ...plan.after, accountId: link.accountId, linkedBy: linkedBy(plan.after.resource, link) },
      happenings: [{ type: UserLinked.type, changed: [] }, ...plan.happenings],
    };
  }

  /** What a deprovisioned identity leaves behind: a tombstone, and groups without it. */
  private async leave(identity: IdentityRow, context: Remover): Promise<readonly DeliveryKey[]> {
    const { manager } = context;
    const { organizationId, id, externalId, userNameKey } = identity;
    const [link] = await this.database.run<LinkRow>(findLinkOfIdentity, [organizationId, id], manager);
    await this.database.run(
      insertTombstone,
      [organizationId, id, externalId, userNameKey, link?.nameId ?? null],
      manager,
    );
    return leaveGroups(this.database, organizationId, id, context);
  }

  private async createLinked(
    organizationId: string,
    resource: ResourceAttributes,
    link: LinkRow,
    context: WriteContext,
  ): Promise<Written> {
    const { accountId } = link;
    const state = initialState(coreOf(resource).active, true);
    try {
      return await this.inTransaction(context, async (manager) => {
        const values = { state, accountId, linkedBy: linkedBy(resource, link), resource };
        const written = await this.store.insert(organizationId, values, { ...context, manager });
        const [attached] = await this.database.run(attachLink, [organizationId, link.id, written.identity.id], manager);
        if (!attached) throw new LinkTaken();
        if (state === 'suspended') await this.askHost(organizationId, accountId, manager);
        return written;
      });
    } catch (error) {
      // The account has another identity already, or the link got one meanwhile: this one waits for a login of its own.
      const taken = error instanceof LinkTaken || violatedIndex(error) === 'scim_identity_live_account';
      if (!taken || context.manager) throw error;
      return this.store.insert(organizationId, unlinked(resource), context);
    }
  }

  private async mayBeSomebody(identity: IdentityRow): Promise<boolean> {
    if (identity.accountId !== null) return true;
    return (await this.findProvenLink(identity.organizationId, valuesOf(identity).resource)) !== undefined;
  }

  private async findProvenLink(
    organizationId: string,
    resource: ResourceAttributes,
    manager?: EntityManager,
  ): Promise<LinkRow | undefined> {
    const { userName, externalId } = coreOf(resource);
    const entitlement = await this.entitlements.get(organizationId);
    const connection = entitlement.allowed ? (entitlement.ssoConnectionId ?? null) : null;
    const parameters = [organizationId, externalId, fold(userName), connection];
    const links = await this.database.run<LinkRow>(findProvenLinks, parameters, manager);
    return links.length === 1 ? links[0] : undefined;
  }

  private inTransaction<T>(context: WriteContext, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return context.manager ? work(context.manager) : this.database.transactionWithRetry(work);
  }

  /** Inside the caller's transaction there is nothing to deliver yet; the relay finds it after the commit. */
  private async afterWrite(
    { identity, deliveries }: Written,
    waits: boolean,
    { manager }: WriteContext,
  ): Promise<IdentityRow> {
    if (manager || deliveries.length === 0) return identity;
    if (waits) await this.relay.deliverNow(deliveries);
    else this.relay.nudge();
    return identity;
  }
}

/** The link that creation was about to take was taken. */
class LinkTaken extends Error {}

const unlinked = (resource: ResourceAttributes): IdentityValues => ({
  state: initialState(coreOf(resource).active, false),
  accountId: null,
  linkedBy: null,
  resource,
});

function planDeprovision(identity: IdentityRow): IdentityPlan {
  const before = valuesOf(identity);
  const state = nextState(before.state, 'deprovision', before.accountId !== null);
  return { after: { ...before, state }, happenings: [{ type: UserDeprovisioned.type, changed: [] }], cutsAccess: true };
}

const linkedBy = (resource: ResourceAttributes, link: LinkRow): 'externalId' | 'userName' =>
  coreOf(resource).externalId === link.nameId ? 'externalId' : 'userName';
