import { ArrayOverlap, type EntityManager, type FindOptionsWhere, In, IsNull, MoreThanOrEqual } from 'typeorm';
import { ProvisionedIdentity } from '../../scim/index.js';

/** Whom an invitation is for: the addresses of the person, and the account that wants to use it. */
export interface Invitee {
  readonly organizationId: string;
  readonly emails: readonly string[];
  readonly accountId?: string;
}

export type Denial = 'suspended' | 'deprovisioned';

type Known = Pick<ProvisionedIdentity, 'state' | 'stateChangedAt'>;

const LIVE = ['provisioned', 'active', 'suspended'] as const;

/**
 * Why the identity provider keeps out whoever an invitation is for; undefined where it does not.
 *
 * The one place where an e-mail address (or a user name that is one) says who a provisioned person is. It may, because here
 * it only closes doors, in the identity provider's own organization, which it may close anyway. A wrong guess costs an owner
 * a question. It must never open one: an address proves nobody, so no link, no account and no membership comes of it.
 *
 * A suspension counts as long as it lasts. A removal counts against invitations that are older: a later one is an owner's
 * decision to let the person back in.
 */
export async function findDenial(
  { organizationId, emails, accountId }: Invitee,
  invitedAt: Date,
  manager: EntityManager,
): Promise<Denial | undefined> {
  const find = (where: FindOptionsWhere<ProvisionedIdentity>[]): Promise<Known[]> =>
    manager.getRepository(ProvisionedIdentity).find({ select: { id: true, state: true, stateChangedAt: true }, where });
  const byAccount = accountId === undefined ? [] : await find([{ organizationId, accountId }]);
  const addresses = [{ userNameKey: In(emails) }, { emailKeys: ArrayOverlap(emails) }];
  const byAddress = await find(
    addresses.flatMap((address) => [
      { organizationId, state: In(LIVE), ...address },
      // Of those who are gone only who went after the invitation: an index finds these, and they are all that counts.
      {
        organizationId,
        state: 'deprovisioned' as const,
        erasedAt: IsNull(),
        stateChangedAt: MoreThanOrEqual(invitedAt),
        ...address,
      },
    ]),
  );
  // Apart: an address that somebody else has by now says nothing about the account that had it.
  return denialOf(byAccount, invitedAt) ?? denialOf(byAddress, invitedAt);
}

function denialOf(known: readonly Known[], invitedAt: Date): Denial | undefined {
  if (known.some(({ state }) => state === 'suspended')) return 'suspended';
  const removed = known.filter(({ state }) => state === 'deprovisioned');
  if (removed.length < known.length) return undefined;
  return removed.some(({ stateChangedAt }) => stateChangedAt >= invitedAt) ? 'deprovisioned' : undefined;
}

/** Every address under which an identity could have been invited, whatever became of it. */
export async function findAddresses(
  { organizationId, id }: { readonly organizationId: string; readonly id: string },
  manager: EntityManager,
): Promise<string[]> {
  const identity = await manager.getRepository(ProvisionedIdentity).findOneBy({ organizationId, id });
  return identity ? [identity.userNameKey, ...identity.emailKeys] : [];
}
