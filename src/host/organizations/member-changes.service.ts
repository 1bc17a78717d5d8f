import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { IdentityLinksService, ProvisionedIdentity } from '../../scim/index.js';
import { lockOrganization } from './lock-organization.js';
import { Membership, type MembershipStatus, type Role } from './membership.entity.js';

/** What an owner may change of a member. */
export interface MemberChange {
  readonly role?: Role;
  readonly status?: MembershipStatus;
  readonly protected?: boolean;
}

/** What owners do to members. What they take SCIM never gives back, and they give back nothing that SCIM holds. */
@Injectable()
export class MemberChangesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: IdentityLinksService,
  ) {}

  /** @throws NotFoundException; ConflictException for the last owner, and where no seat is free. */
  async change(organizationId: string, accountId: string, change: MemberChange): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const { seatLimit } = await lockOrganization(organizationId, manager);
      const memberships = manager.getRepository(Membership);
      const active = await memberships.findBy({ organizationId, status: 'active' });
      const current = await memberships.findOneBy({ organizationId, accountId });
      if (!current) throw new NotFoundException('There is no such member.');
      const status = change.status === undefined ? {} : await toStatus(current, change.status, manager);
      const after = { ...current, ...status, role: change.role ?? current.role };
      const takesSeat = after.status === 'active' && current.status !== 'active';
      if (takesSeat && active.length >= seatLimit) throw new ConflictException('No seat is free.');
      const others = active.filter((one) => one.role === 'owner' && one.accountId !== accountId);
      if (isOwner(current) && !isOwner(after) && others.length === 0) throw new ConflictException(LAST_OWNER);
      // No more than that: the handlers of SCIM's events write the other columns without this lock.
      const changes = { ...status, role: after.role, protected: change.protected ?? current.protected };
      await memberships.update({ organizationId, accountId }, changes);
    });
  }

  /**
   * The account lives on. A person whom the identity provider goes on assigning comes back with the next single sign-on.
   * @param actorId account of the owner who wants it.
   * @throws NotFoundException; ConflictException for the last owner.
   */
  async remove(organizationId: string, accountId: string, actorId: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      // Its locks come before the host's.
      await this.links.accountRemoved({ organizationId, accountId, actorId }, manager);
      await lockOrganization(organizationId, manager);
      const memberships = manager.getRepository(Membership);
      const owners = await memberships.findBy({ organizationId, role: 'owner', status: 'active' });
      if (owners.length === 1 && owners[0]?.accountId === accountId) throw new ConflictException(LAST_OWNER);
      const { affected } = await memberships.delete({ organizationId, accountId });
      if (!affected) throw new NotFoundException('There is no such member.');
    });
  }
}

const LAST_OWNER = 'This is the last owner. Make somebody else an owner first.';

const isOwner = ({ role, status }: Membership): boolean => role === 'owner' && status === 'active';

/** A suspension that an owner lifts is SCIM's as long as SCIM keeps the person out, too. */
async function toStatus(
  { organizationId, accountId }: Membership,
  status: MembershipStatus,
  manager: EntityManager,
): Promise<Pick<Membership, 'status' | 'suspendedBy'>> {
  if (status === 'suspended') return { status, suspendedBy: 'owner' };
  const identities = manager.getRepository(ProvisionedIdentity);
  const isKeptOut = await identities.existsBy({ organizationId, accountId, state: 'suspended' });
  return isKeptOut ? { status: 'suspended', suspendedBy: 'scim' } : { status, suspendedBy: null };
}
