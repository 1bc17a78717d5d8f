import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, LessThanOrEqual } from 'typeorm';
import { lockOrganization } from './lock-organization.js';
import { Membership, type MembershipStatus, type Role } from './membership.entity.js';
import { Organization } from './organization.entity.js';

/** A member as owners see it. */
export interface Member {
  readonly accountId: string;
  readonly email?: string;
  readonly displayName: string;
  readonly role: Role;
  readonly status: MembershipStatus;
  /** Who suspended it. */
  readonly suspendedBy?: 'scim' | 'owner';
  /** SCIM may not remove it. */
  readonly protected: boolean;
  readonly teams: readonly string[];
  readonly identityId?: string;
}

/** What a single sign-on, or an invitation, knows of somebody who comes in. */
export interface Newcomer {
  readonly organizationId: string;
  readonly accountId: string;
  readonly identityId?: string;
  readonly displayName?: string;
  /** Of somebody who is not a member yet. Default: `member`. */
  readonly role?: Role;
}

/** Of the provisioned identity behind a membership, or of its link with the account. */
export interface Removal {
  readonly organizationId: string;
  readonly accountId: string;
  /** Absent: whichever it was. */
  readonly identityId?: string;
  readonly removedAt: Date;
}

type MemberRow = Member & {
  readonly email: string | null;
  readonly identityId: string | null;
  readonly suspendedBy: 'scim' | 'owner' | null;
};

/**
 * Who belongs to an organization, and its seats: as many as there are active memberships, counted each time. What takes a
 * seat happens under a lock on the organization's row, so that the last one is given away once.
 */
@Injectable()
export class MembershipsService {
  constructor(private readonly dataSource: DataSource) {}

  async seats(organizationId: string): Promise<{ limit: number; used: number }> {
    const { seatLimit } = await this.dataSource.getRepository(Organization).findOneByOrFail({ id: organizationId });
    return { limit: seatLimit, used: await countActive(organizationId, this.dataSource.manager) };
  }

  async list(organizationId: string): Promise<Member[]> {
    const rows = await this.dataSource.query<MemberRow[]>(LIST_MEMBERS, [organizationId]);
    return rows.map(({ email, identityId, suspendedBy, ...member }) => ({
      ...member,
      ...(email === null ? {} : { email }),
      ...(identityId === null ? {} : { identityId }),
      ...(suspendedBy === null ? {} : { suspendedBy }),
    }));
  }

  /** When the active membership began; undefined without one. */
  async activeSince(organizationId: string, accountId: string): Promise<Date | undefined> {
    const where = { organizationId, accountId, status: 'active' as const };
    return (await this.dataSource.getRepository(Membership).findOneBy(where))?.createdAt;
  }

  /** Lets somebody in whom a single sign-on proved, or an owner invited: in no team, or as what they are already. */
  async admit(newcomer: Newcomer, manager: EntityManager): Promise<'admitted' | 'no-seat' | 'membership-suspended'> {
    const { organizationId, accountId, role = 'member', ...known } = newcomer;
    const { seatLimit } = await lockOrganization(organizationId, manager);
    const memberships = manager.getRepository(Membership);
    const current = await memberships.findOneBy({ organizationId, accountId });
    if (current?.status === 'suspended' && current.suspendedBy !== 'scim') return 'membership-suspended';
    if (current?.status !== 'active' && (await countActive(organizationId, manager)) >= seatLimit) return 'no-seat';
    const before = current ?? { organizationId, accountId, role, identityId: null, displayName: null };
    await memberships.save({ ...before, ...known, status: 'active', suspendedBy: null });
    return 'admitted';
  }

  /** SCIM takes a membership: it stays, with its role and teams, and its seat is free. */
  async suspend(organizationId: string, accountId: string, identityId: string, manager: EntityManager): Promise<void> {
    await lockOrganization(organizationId, manager);
    const memberships = manager.getRepository(Membership);
    const where = { organizationId, accountId, status: 'active' as const };
    const taken = { status: 'suspended' as const, suspendedBy: 'scim' as const };
    await memberships.update(
      [
        { ...where, identityId },
        { ...where, identityId: IsNull() },
      ],
      taken,
    );
  }

  /** Gives back what SCIM took, if a seat is free. @returns how the membership stands now. */
  async restore(
    organizationId: string,
    accountId: string,
    manager: EntityManager,
  ): Promise<MembershipStatus | undefined> {
    const { seatLimit } = await lockOrganization(organizationId, manager);
    const memberships = manager.getRepository(Membership);
    const current = await memberships.findOneBy({ organizationId, accountId });
    if (current?.suspendedBy !== 'scim' || (await countActive(organizationId, manager)) >= seatLimit) {
      return current?.status;
    }
    await memberships.update({ organizationId, accountId }, { status: 'active', suspendedBy: null });
    return 'active';
  }

  /**
   * The membership that an identity stood behind ends, with its teams, sessions and keys. The account lives on, and so does a
   * membership that was made after the removal: then an owner invited the person again.
   */
  async revoke({ organizationId, accountId, identityId, removedAt }: Removal, manager: EntityManager): Promise<void> {
    await lockOrganization(organizationId, manager);
    const memberships = manager.getRepository(Membership);
    const where = { organizationId, accountId, createdAt: LessThanOrEqual(removedAt) };
    if (identityId === undefined) return void (await memberships.delete(where));
    await memberships.delete({ ...where, identityId });
    await memberships.delete({ ...where, identityId: IsNull() });
  }

  /** Notes which identity stands behind a membership, and the name it gives. */
  async describe({ organizationId, accountId, ...facts }: Newcomer, manager: EntityManager): Promise<void> {
    if (Object.keys(facts).length === 0) return;
    await manager.getRepository(Membership).update({ organizationId, accountId }, facts);
  }

  /**
   * Takes the membership of an owner who is about to be removed, unless it is the last one. It is taken here, in the
   * transaction that asks, because two owners removed at once would else each see the other one still there.
   */
  async takeOwner(
    organizationId: string,
    accountId: string,
    manager: EntityManager,
  ): Promise<'taken' | 'last-owner' | 'protected'> {
    await lockOrganization(organizationId, manager);
    const memberships = manager.getRepository(Membership);
    if (await memberships.existsBy({ organizationId, accountId, protected: true })) return 'protected';
    const owners = await memberships.findBy({ organizationId, role: 'owner', status: 'active' });
    if (!owners.some((owner) => owner.accountId === accountId)) return 'taken';
    if (owners.length === 1) return 'last-owner';
    await memberships.update({ organizationId, accountId }, { status: 'suspended', suspendedBy: 'scim' });
    return 'taken';
  }
}

const LIST_MEMBERS = `
SELECT m.account_id AS "accountId", a.email, coalesce(m.display_name, a.display_name) AS "displayName", m.role, m.status,
  m.suspended_by AS "suspendedBy", m.protected, m.identity_id AS "identityId", coalesce((
    SELECT array_agg(t.name ORDER BY t.name) FROM team_member tm JOIN team t ON t.id = tm.team_id
    WHERE tm.organization_id = m.organization_id AND tm.account_id = m.account_id), '{}') AS teams
FROM membership m JOIN account a ON a.id = m.account_id
WHERE m.organization_id = $1 ORDER BY m.created_at, m.account_id`;

const countActive = (organizationId: string, manager: EntityManager): Promise<number> =>
  manager.getRepository(Membership).countBy({ organizationId, status: 'active' });
