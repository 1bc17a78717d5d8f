import {
  type UnlinkReason,
  UserDeactivated,
  UserReactivated,
  UserUnlinked,
  UserUpdated,
} from '../events/scim-events.js';
import { jsonEqual } from '../protocol/json-equal.js';
import type { ResourceAttributes } from '../protocol/resource.js';
import { mutability } from '../protocol/scim-error.js';
import type { Happening } from './identity-events.js';
import { nextState } from './identity-state.js';
import type { StoredIdentity } from '../persistence/identity-statements.js';
import { type IdentityValues, valuesOf } from './identity-values.js';

/** What a write means for an identity. */
export interface IdentityPlan {
  readonly after: IdentityValues;
  /** None: the write changes nothing. */
  readonly happenings: readonly Happening[];
  /** Takes access from whoever it is linked to: the host is asked first. */
  readonly cutsAccess: boolean;
}

/**
 * From the resource as it is to the resource as the client wants it, by whatever request.
 * @throws ScimError 400 mutability where the attribute that a login was linked by would change.
 */
export function planChange(before: IdentityValues, resource: ResourceAttributes): IdentityPlan {
  const changed = changedAttributes(before.resource, resource);
  if (before.linkedBy === 'externalId' && changed.includes('externalId')) {
    throw mutability(
      'externalId cannot change: an SSO login was linked to this user by it. Delete the user and create another.',
    );
  }
  const updated = changed.filter((name) => name !== 'active');
  const happenings: Happening[] = updated.length > 0 ? [{ type: UserUpdated.type, changed: updated }] : [];
  const linked = before.accountId !== null;
  if (!changed.includes('active')) return { after: { ...before, resource }, happenings, cutsAccess: false };
  const cutsAccess = resource['active'] === false;
  happenings.push({ type: cutsAccess ? UserDeactivated.type : UserReactivated.type, changed: ['active'] });
  const state = nextState(before.state, cutsAccess ? 'deactivate' : 'reactivate', linked);
  return { after: { ...before, resource, state }, happenings, cutsAccess };
}

/** An admin ends the link: the account loses what it had by it. */
export const planUnlink = (identity: StoredIdentity): IdentityPlan => ({
  ...planRelease('admin')(identity),
  cutsAccess: true,
});

/** The account is gone, or the host took its membership: the identity waits for another login. */
export const planRelease =
  (reason: UnlinkReason) =>
  (identity: StoredIdentity): IdentityPlan => {
    const before = valuesOf(identity);
    const { accountId } = before;
    if (accountId === null) return { after: before, happenings: [], cutsAccess: false };
    const state = nextState(before.state, 'unlink', false);
    return {
      after: { ...before, state, accountId: null, linkedBy: null },
      happenings: [{ type: UserUnlinked.type, changed: [], facts: { accountId, reason } }],
      cutsAccess: false,
    };
  };

/** Names of the attributes that differ; an extension is one. */
export function changedAttributes(before: ResourceAttributes, after: ResourceAttributes): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => {
    const old = before[name];
    const now = after[name];
    return old === undefined || now === undefined ? old !== now : !jsonEqual(old, now);
  });
}
