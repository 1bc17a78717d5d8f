import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { UserLinked } from '../events/scim-events.js';
import { ScimRelay } from '../events/scim-relay.js';
import type { IdentityState } from '../persistence/entities/provisioned-identity.entity.js';
import type { IdentityRow } from '../persistence/identity-statements.js';
import {
  findAccess,
  isUnlinked,
  lockCandidates,
  lockLink,
  type LinkRow,
  takeTurns,
  upsertLink,
} from '../persistence/link-statements.js';
import type { DeliveryKey } from '../persistence/outbox-statements.js';
import { violatedIndex } from '../persistence/database-errors.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { findTombstone, forgetRemovals } from '../persistence/tombstone-statements.js';
import { fold } from '../protocol/comparable.js';
import { AccountRemovals, type RemovedAccount } from './account-removals.js';
import { nextState } from './identity-state.js';
import { IdentityStore } from './identity-store.js';
import { resourceOf, valuesOf } from './identity-values.js';
import { OrganizationRemovals } from './organization-removals.js';
import type { IdentityPlan } from './plan-change.js';
import { turnOf } from './proven-links.js';
import { RefusedLogins } from './refused-logins.js';
import { decideSignIn, isUsableNameId, type RefusalReason, type SignInDecision, type SsoLogin } from './sign-in.js';

/** Who the host is asked to let in. */
export interface Admission {
  /** `linked`: a provisioned identity; `jit`: a person whom no IdP provisioned. */
  readonly type: 'linked' | 'jit';
  /** The account to use; absent: make a new one. Never look one up by e-mail address. */
  readonly accountId?: string;
  /** What the IdP provisioned, for a new account's name. */
  readonly identity?: {
    readonly id: string;
    readonly userName: string;
    readonly externalId?: string;
    readonly displayName?: string;
    readonly email?: string;
  };
}

/** The host's answer: the account that is in now, with a seat; or its own reason why not, e.g. `no-seat`. */
export type AdmissionAnswer = { readonly accountId: string } | { readonly refuse: string };

/**
 * `linked`: to the provisioned identity `identityId`; `jit`: nobody provisioned this person; `refused`: by the module, or by
 * `admit` with the reason of the host.
 */
export type SignInOutcome =
  | { readonly result: 'linked' | 'jit'; readonly accountId: string; readonly identityId?: string }
  | { readonly result: 'refused'; readonly reason: RefusalReason | (string & {}) };

/** What SCIM says about an account in an organization. */
export type AccountAccess =
  /** No identity is linked to it there, or a person invited it again after the removal and it came in. */
  | { readonly type: 'unmanaged' }
  | { readonly type: 'allowed'; readonly identityId: string }
  /** `since`: see {@link IdentityLinksService.access}. */
  | { readonly type: 'denied'; readonly reason: 'suspended' | 'deprovisioned' | 'unlinked'; readonly since: Date };

interface AccessRow {
  readonly id: string;
  readonly state: IdentityState | 'unlinked';
  readonly since: Date;
}

type Accepted = Exclude<SignInDecision, { type: 'refused' }>;

/** Between SSO logins and provisioned identities. */
@Injectable()
export class IdentityLinksService {
  private readonly logger = new Logger(IdentityLinksService.name);

  constructor(
    private readonly database: ScimDatabase,
    private readonly store: IdentityStore,
    private readonly relay: ScimRelay,
    private readonly refusals: RefusedLogins,
    private readonly accounts: AccountRemovals,
    private readonly organizations: OrganizationRemovals,
  ) {}

  /**
   * To be called by the host for each verified SSO login. In one transaction: finds out who the NameID is, calls `admit`
   * (take the seat and make the membership with its `manager`; its locks come after the module's), links, and writes
   * `scim.user.linked` at the first login. A refusal, the host's or the module's, leaves nothing behind but a
   * note of the NameID for the link check.
   * @throws ScimError 503 when the database is not available; whatever `admit` throws.
   */
  async signIn(
    login: SsoLogin,
    admit: (admission: Admission, manager: EntityManager) => Promise<AdmissionAnswer>,
  ): Promise<SignInOutcome> {
    if (!isUsableNameId(login)) return this.refuse('unusable-name-id', login);
    try {
      const { outcome, deliveries } = await this.database.transaction(async (manager) => {
        const decision = await this.decide(login, manager);
        if (decision.type === 'refused') throw new Refused(decision.reason);
        const answer = await admit(toAdmission(decision), manager);
        if ('refuse' in answer) throw new Refused(answer.refuse);
        return this.link(login, decision, answer.accountId, manager);
      });
      if (deliveries.length > 0) await this.relay.deliverNow(deliveries);
      return outcome;
    } catch (error) {
      return this.toRefusal(error, login);
    }
  }

  /**
   * Whether SCIM lets an account into an organization now. One indexed look-up: fit for every request of a session.
   *
   * The rule for a denial: `suspended` holds, whatever the host's membership says. `deprovisioned` and `unlinked` (an admin
   * ended the account's link) hold against a membership that began at `since` or before, which the host is about to revoke;
   * one that began later is an invitation by a person after the removal, and opens the organization again. `signIn` goes by
   * the same rule, with `signedInMemberSince`; once such a person has come in, the removal is forgotten and the account is
   * `unmanaged`.
   */
  async access(organizationId: string, accountId: string): Promise<AccountAccess> {
    const [found] = await this.database.run<AccessRow>(findAccess, [organizationId, accountId]);
    if (!found) return { type: 'unmanaged' };
    const { id, state, since } = found;
    if (state === 'provisioned' || state === 'active') return { type: 'allowed', identityId: id };
    return { type: 'denied', reason: state, since };
  }

  /**
   * To be called where the host deletes an account, or takes a membership by itself (then with `organizationId`), before or
   * together with its own rows and, with `manager`, in its transaction: the module's locks come first. `mayRemove` is not asked.
   *
   * The identity goes back to `provisioned`, or stays `suspended`, and waits for the next login, with the event
   * `scim.user.unlinked`. After the end of a membership that login leads to the same account again, if the host admits it: to keep
   * a person out, deactivate them in the identity provider. After the end of an account it makes a new one. Whom SCIM keeps out
   * stays out. Nothing happens for an account that SCIM does not know.
   * @throws ScimError 503 when the database is not available.
   */
  async accountRemoved(account: RemovedAccount, manager?: EntityManager): Promise<void> {
    await this.accounts.remove(account, manager);
  }

  /**
   * To be called where the host deletes an organization: its tokens are refused from now on (on other instances, and with
   * `manager` after its commit, within a second), and every row of it goes. Without `manager` they are gone when this resolves; with it
   * within about a minute after the commit, in batches. No event tells of it; those that wait to be delivered are given up.
   * @throws ScimError 503 when the database is not available.
   */
  async organizationRemoved(organizationId: string, manager?: EntityManager): Promise<void> {
    await this.organizations.remove(organizationId, manager);
  }

  private async decide(login: SsoLogin, manager: EntityManager): Promise<SignInDecision> {
    const { organizationId, ssoConnectionId } = login;
    const nameId = login.nameId.normalize('NFC');
    const nameIdKey = fold(nameId);
    await this.database.run(takeTurns, [turnOf(organizationId, nameIdKey)], manager);
    const signedInAccountId = await this.signedInAccountOf(login, manager);
    const identities = await this.database.run<IdentityRow>(
      lockCandidates,
      [organizationId, nameId, nameIdKey, ssoConnectionId, signedInAccountId ?? null],
      manager,
    );
    const [link] = await this.database.run<LinkRow>(lockLink, [organizationId, ssoConnectionId, nameId], manager);
    const names = [organizationId, nameId, nameIdKey];
    const tombstones = await this.database.run<{ identityId: string }>(findTombstone, names, manager);
    return decideSignIn({
      nameId,
      link,
      identities,
      tombstones: tombstones.map(({ identityId }) => identityId),
      signedInAccountId,
      signedInMemberSince: login.signedInMemberSince,
      allowJit: login.allowJit !== false,
    });
  }

  /** Not an account whose link was ended after the login began, and whose session is over therefore. */
  private async signedInAccountOf(
    { organizationId, signedInAccountId, signedInMemberSince }: SsoLogin,
    manager: EntityManager,
  ): Promise<string | undefined> {
    if (signedInAccountId === undefined) return undefined;
    const parameters = [organizationId, signedInAccountId, signedInMemberSince?.toISOString() ?? null];
    const [unlinked] = await this.database.run(isUnlinked, parameters, manager);
    return unlinked ? undefined : signedInAccountId;
  }

  private async link(
    login: SsoLogin,
    decision: Accepted,
    accountId: string,
    manager: EntityManager,
  ): Promise<{ outcome: SignInOutcome; deliveries: readonly DeliveryKey[] }> {
    if (decision.accountId !== undefined && decision.accountId !== accountId) {
      throw new Error('The host admitted another account than the one it was given.');
    }
    if (decision.type === 'jit' && decision.forgotten.length > 0) {
      await this.database.run(forgetRemovals, [login.organizationId, decision.forgotten], manager);
    }
    const identityId = decision.type === 'linked' ? decision.identity.id : null;
    const deliveries = decision.type === 'linked' ? await this.activate(decision, accountId, manager) : [];
    const nameId = login.nameId.normalize('NFC');
    const parameters = [login.organizationId, login.ssoConnectionId, nameId, fold(nameId), accountId, identityId];
    await this.database.run(upsertLink, [randomUUID(), ...parameters], manager);
    const outcome = { result: decision.type, accountId, ...(identityId === null ? {} : { identityId }) };
    return { outcome, deliveries };
  }

  /** The first login of an identity. */
  private async activate(
    { identity, linkedBy }: Extract<Accepted, { type: 'linked' }>,
    accountId: string,
    manager: EntityManager,
  ): Promise<readonly DeliveryKey[]> {
    if (identity.accountId !== null) return [];
    const state = nextState(identity.state, 'link', true);
    const after = { ...valuesOf(identity), state, accountId, linkedBy };
    const plan: IdentityPlan = { after, happenings: [{ type: UserLinked.type, changed: [] }], cutsAccess: false };
    const written = await this.store.update(identity, plan, { manager });
    if (!written) throw new Error('A locked identity changed.');
    return written.deliveries;
  }

  private toRefusal(error: unknown, login: SsoLogin): SignInOutcome {
    const reason =
      error instanceof Refused
        ? error.reason
        : violatedIndex(error) === 'scim_identity_live_account'
          ? 'account-already-linked'
          : undefined;
    if (reason === undefined) throw error;
    return this.refuse(reason, login);
  }

  private refuse(reason: string, login: SsoLogin): SignInOutcome {
    this.logger.warn(`A login to organization ${login.organizationId} was refused: ${reason}`);
    this.refusals.note(login, reason);
    return { result: 'refused', reason };
  }
}

/** Rolls the login back. */
class Refused extends Error {
  constructor(readonly reason: string) {
    super(reason);
  }
}

function toAdmission(decision: Accepted): Admission {
  const account = decision.accountId === undefined ? {} : { accountId: decision.accountId };
  if (decision.type === 'jit') return { type: 'jit', ...account };
  const { id, userName, externalId } = decision.identity;
  const { displayName, emails } = resourceOf(decision.identity);
  const email = Array.isArray(emails) ? (emails.find((one) => one.primary === true) ?? emails[0])?.value : undefined;
  return {
    type: 'linked',
    ...account,
    identity: {
      id,
      userName,
      ...(externalId === null ? {} : { externalId }),
      ...(typeof displayName === 'string' ? { displayName } : {}),
      ...(typeof email === 'string' ? { email } : {}),
    },
  };
}
