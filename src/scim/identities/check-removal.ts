import type { IdentityState } from '../persistence/entities/provisioned-identity.entity.js';
import { forbidden, type ScimError } from '../protocol/scim-error.js';
import { isOut } from './identity-state.js';
import type { WriteContext } from './identity-store.js';
import type { IdentityPlan } from './plan-change.js';

/** What a write would do: an identity in this state, and what is planned for it. */
interface PlannedWrite {
  readonly state: IdentityState;
  readonly plan: IdentityPlan;
}

/**
 * Why a write is not done where nothing but removals is: after one, somebody is out in another way than before, or nothing has
 * changed. So a removal may come again, and of whoever is out already nothing else is changed either.
 * @param write none: a creation, which takes nobody out.
 */
export const findRefusal = (
  { onlyRemovals }: Pick<WriteContext, 'onlyRemovals'>,
  write?: PlannedWrite,
): ScimError | undefined =>
  onlyRemovals === undefined || (write && isRemoval(write)) ? undefined : forbidden(onlyRemovals);

/** @throws ScimError 403 where there is a refusal. */
export function checkRemoval(context: Pick<WriteContext, 'onlyRemovals'>, write?: PlannedWrite): void {
  const refusal = findRefusal(context, write);
  if (refusal) throw refusal;
}

const isRemoval = ({ state, plan }: PlannedWrite): boolean =>
  isOut(plan.after.state) && (plan.after.state !== state || plan.happenings.length === 0);
