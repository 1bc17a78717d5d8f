import type { LinkedBy } from '../persistence/entities/provisioned-identity.entity.js';
import type { StoredIdentity } from '../persistence/identity-statements.js';
import type { LinkRow } from '../persistence/link-statements.js';
import { fold } from '../protocol/comparable.js';

/** A login whose assertion the host has verified. */
export interface SsoLogin {
  readonly organizationId: string;
  /** The host's id of the SAML configuration that signed the assertion; never a name an operator can choose. */
  readonly ssoConnectionId: string;
  readonly nameId: string;
  readonly nameIdFormat?: string;
  /**
   * The account that was signed in when the login began, if it is a member of the organization already (invited earlier).
   * It is linked, with its role and teams, unless the NameID is somebody's already. One that has a provisioned identity
   * gets no second NameID this way.
   */
  readonly signedInAccountId?: string;
  /**
   * Since when that account is a member, by the database's clock. Only with it an account that SCIM removed comes back:
   * a membership made after the removal is an invitation by a person, an older one is about to be revoked.
   */
  readonly signedInMemberSince?: Date;
  /** Whether people without a provisioned identity may join. Default true. */
  readonly allowJit?: boolean;
}

/** Why the module lets somebody in no further; a host tells the person in its own words. */
export type RefusalReason =
  | 'suspended'
  | 'deprovisioned'
  | 'ambiguous'
  | 'identity-already-linked'
  | 'account-already-linked'
  | 'unusable-name-id'
  | 'jit-disabled';

/** As long as a user name or external id may be; more would not fit into an index. */
const LONGEST_NAME_ID = 1_024;
const MOST_BYTES = 2_048;

/** PostgreSQL stores neither NUL nor halves of surrogate pairs; the other controls are in no name that an IdP means. */
const UNPRINTABLE = /(?![\u007f-\u009f])\p{Cc}|\p{Cs}/u;

/** A `transient` NameID says nothing about who it is at the next login; an empty one is nobody's. */
export function isUsableNameId({ nameId, nameIdFormat }: SsoLogin): boolean {
  if (nameId.trim() === '' || nameIdFormat?.endsWith(':transient') === true) return false;
  if (UNPRINTABLE.test(nameId)) return false;
  // NFC and folding can make a text longer, and both forms are stored.
  const stored = [nameId, nameId.normalize('NFC'), fold(nameId)];
  return stored.every((text) => text.length <= LONGEST_NAME_ID && Buffer.byteLength(text) <= MOST_BYTES);
}

/** What the module knows of a NameID, read under locks. */
export interface SignInFacts {
  readonly nameId: string;
  readonly link: LinkRow | undefined;
  /**
   * Live identities that the NameID matches; in any state the one that the link leads to, and those of the accounts in
   * question: of the signed-in one, and of all that this NameID was linked to, by whichever SSO connection.
   */
  readonly identities: readonly StoredIdentity[];
  /** Ids of the removed identities that were known by the NameID. */
  readonly tombstones: readonly string[];
  readonly signedInAccountId: string | undefined;
  readonly signedInMemberSince: Date | undefined;
  readonly allowJit: boolean;
}

export type SignInDecision =
  | {
      readonly type: 'linked';
      readonly identity: StoredIdentity;
      readonly linkedBy: LinkedBy;
      /** Undefined: the host makes a new account. */
      readonly accountId: string | undefined;
    }
  | {
      readonly type: 'jit';
      readonly accountId: string | undefined;
      /** Ids of the account's removed identities: a person invited it again, so they say nothing about it any more. */
      readonly forgotten: readonly string[];
    }
  | { readonly type: 'refused'; readonly reason: RefusalReason };

/**
 * Who a NameID is: first its link, then the one identity whose `externalId` is exactly it, or whose `userName` is.
 * Never an e-mail address, never one of two.
 */
export function decideSignIn(facts: SignInFacts): SignInDecision {
  const { link, identities } = facts;
  const remembered = identities.find(({ id }) => id === link?.identityId);
  if (link && remembered && remembered.state !== 'deprovisioned') {
    if (remembered.state === 'suspended') return refused('suspended');
    return {
      type: 'linked',
      identity: remembered,
      linkedBy: remembered.linkedBy ?? 'userName',
      accountId: link.accountId,
    };
  }
  const key = fold(facts.nameId);
  const candidates = identities.filter(
    ({ state, externalId, userNameKey }) =>
      state !== 'deprovisioned' && (externalId === facts.nameId || userNameKey === key),
  );
  const [candidate, ...others] = candidates;
  if (others.length > 0) return refused('ambiguous');
  if (!candidate) return withoutIdentity(facts, remembered);
  if (candidate.state === 'suspended') return refused('suspended');
  if (candidate.accountId !== null) return refused('identity-already-linked');
  return {
    type: 'linked',
    identity: candidate,
    linkedBy: candidate.externalId === facts.nameId ? 'externalId' : 'userName',
    accountId: accountFor(candidate, remembered, facts),
  };
}

/** Nobody whom SCIM keeps out comes in by another NameID of the same account. */
function withoutIdentity(facts: SignInFacts, remembered: StoredIdentity | undefined): SignInDecision {
  const { link, signedInAccountId, allowJit } = facts;
  const known = facts.identities.filter(
    ({ accountId }) => accountId !== null && (link === undefined || accountId === link.accountId),
  );
  if (known.some(({ state }) => state === 'suspended')) return refused('suspended');
  const live = new Set(known.filter(({ state }) => state !== 'deprovisioned').map(({ accountId }) => accountId));
  // A removal ends where the IdP provisioned the account's person again; not for the NameID of the removed identity.
  const removed = known.filter((identity) => !live.has(identity.accountId) || identity === remembered);
  const accountId = link?.accountId ?? signedInAccountId;
  // The tombstone before the link: the removed identity may have stayed unlinked (two NameIDs could have been its own).
  if (removed.length + facts.tombstones.length > 0 && !isInvitedAgain(accountId, removed, facts)) {
    return refused('deprovisioned');
  }
  const forgotten = removed.map(({ id }) => id);
  if (link) return { type: 'jit', accountId, forgotten };
  if (!allowJit) return refused('jit-disabled');
  if (signedInAccountId !== undefined && live.has(signedInAccountId)) return refused('account-already-linked');
  return { type: 'jit', accountId, forgotten };
}

/** By the rule that `access` states for sessions: every removal was before the membership, and of this very account. */
function isInvitedAgain(
  accountId: string | undefined,
  removed: readonly StoredIdentity[],
  { signedInAccountId, signedInMemberSince, tombstones }: SignInFacts,
): boolean {
  if (accountId !== signedInAccountId || signedInMemberSince === undefined) return false;
  const own = removed.filter(
    (identity) => identity.accountId === accountId && identity.stateChangedAt.getTime() < signedInMemberSince.getTime(),
  );
  return own.length === removed.length && tombstones.every((id) => own.some((identity) => identity.id === id));
}

/**
 * A person who comes back gets the old account only where the external id says that it is the same person: a user name
 * may have been given to somebody else meanwhile.
 */
function accountFor(
  candidate: StoredIdentity,
  remembered: StoredIdentity | undefined,
  { nameId, link, identities, signedInAccountId }: SignInFacts,
): string | undefined {
  const removed = identities.filter(
    (identity) =>
      identity === remembered || (identity.state === 'deprovisioned' && identity.accountId === link?.accountId),
  );
  const samePerson =
    removed.length === 0 ||
    (candidate.externalId !== null &&
      [nameId, ...removed.map(({ externalId }) => externalId)].includes(candidate.externalId));
  return (samePerson ? link?.accountId : undefined) ?? signedInAccountId;
}

const refused = (reason: RefusalReason): SignInDecision => ({ type: 'refused', reason });
