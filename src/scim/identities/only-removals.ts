import { withMember } from '../protocol/json-object.js';
import type { ResourceAttributes } from '../protocol/resource.js';
import { forbidden, type ScimError } from '../protocol/scim-error.js';
import type { WriteContext } from './identity-store.js';

type Bounds = Pick<WriteContext, 'onlyRemovals'>;
type Decide = (current: ResourceAttributes) => ResourceAttributes;

/** Why a write that takes nobody out is not done; undefined where it is. */
export const findRefusal = ({ onlyRemovals }: Bounds): ScimError | undefined =>
  onlyRemovals === undefined ? undefined : forbidden(onlyRemovals);

/** For a write that takes nobody out. @throws ScimError 403 where nothing but removals is done. */
export function checkMayWrite(bounds: Bounds): void {
  const refusal = findRefusal(bounds);
  if (refusal) throw refusal;
}

/**
 * What is done of a change, where nothing but removals is: `active` becomes false, and whatever else it asks for is left out, so
 * that nothing of it (a name that is taken) keeps somebody in. Whether it is a removal is asked of the person as one who is in:
 * then it may come again.
 * @throws ScimError 403 for every other change.
 */
export const boundChange = (decide: Decide, bounds: Bounds): Decide =>
  bounds.onlyRemovals === undefined
    ? decide
    : (current) => {
        const { active } = decide(withMember(current, 'active', true));
        if (active !== false) checkMayWrite(bounds);
        return withMember(current, 'active', false);
      };
