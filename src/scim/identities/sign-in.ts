import type { LinkedBy, ProvisionedIdentity } from '../persistence/entities/provisioned-identity.entity.js';
import type { LinkRow } from '../persistence/link-statements.js';

/** A login whose assertion the host has verified. */
export interface SsoLogin {
  readonly organizationId: string;
  /** The host's id of the SAML configuration that signed the assertion; never a name an operator can choose. */
  readonly ssoConnectionId: string;
  readonly nameId: string;
  readonly nameIdFormat?: string;
  /**
   * The account that was signed in when the login began, if it is a member of the organization already (invited earlier).
   * It is linked, with its role and teams, unless the NameID is somebody's already.
   */
  readonly signedInAccountId?: string;
  /** Whether people without a provisioned identity may join. Default true. */
  readonly allowJit?: boolean;
}

export type RefusalReason =
  | 'suspended'
  | 'deprovisioned'
  | 'ambiguous'
  | 'identity-already-linked'
  | 'account-already-linked'
  | 'unusable-name-id'
  | 'jit-disabled';

/** As long as a user name or external id may be; more would not fit into an index. */
const LONGEST_NAME_ID = 1024;

/** A `transient` NameID says nothing about who it is at the next login; an empty one is nobody's. */
export const isUsableNameId = ({ nameId, nameIdFormat }: SsoLogin): boolean =>
  nameId.trim() !== '' && nameId.length <= LONGEST_NAME_ID && nameIdFormat?.endsWith(':transient') !== true;

/** What the module knows of a NameID, read under locks. */
export interface SignInFacts {
  readonly nameId: string;
  readonly link: LinkRow | undefined;
  /** Live identities that the NameID matches, and the one the link leads to, in any state. */
  readonly identities: readonly ProvisionedIdentity[];
  readonly tombstone: boolean;
  readonly signedInAccountId: string | undefined;
  readonly allowJit: boolean;
}

export type SignInDecision =
  | {
      readonly type: 'linked';
      readonly identity: ProvisionedIdentity;
      readonly linkedBy: LinkedBy;
      /** Undefined: the host makes a new account. */
      readonly accountId: string | undefined;
    }
  | { readonly type: 'jit'; readonly accountId: string | undefined }
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
  const candidates = identities.filter((identity) => identity.state !== 'deprovisioned');
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

function withoutIdentity(facts: SignInFacts, remembered: ProvisionedIdentity | undefined): SignInDecision {
  const { link, tombstone, allowJit, signedInAccountId } = facts;
  // The tombstone before the link: the removed identity may have stayed unlinked (two NameIDs could have been its own).
  if (remembered || tombstone) return refused('deprovisioned');
  if (link) return { type: 'jit', accountId: link.accountId };
  return allowJit ? { type: 'jit', accountId: signedInAccountId } : refused('jit-disabled');
}

/**
 * A person who comes back gets the old account only where the external id says that it is the same person: a user name
 * may have been given to somebody else meanwhile.
 */
function accountFor(
  candidate: ProvisionedIdentity,
  remembered: ProvisionedIdentity | undefined,
  { nameId, link, signedInAccountId }: SignInFacts,
): string | undefined {
  const samePerson =
    !remembered || (candidate.externalId !== null && [nameId, remembered.externalId].includes(candidate.externalId));
  return (samePerson ? link?.accountId : undefined) ?? signedInAccountId;
}

const refused = (reason: RefusalReason): SignInDecision => ({ type: 'refused', reason });
