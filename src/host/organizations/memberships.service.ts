import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
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
  readonly teams: readonly string[];
  readonly identityId?: string;
}

/** What a single sign-on knows of somebody who comes in. */
export interface Newcomer {
  readonly organizationId: string;
  readonly accountId: string;
  readonly identityId?: string;
  readonly displayName?: string;
}

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
    const rows = await this.dataSource.query<(Member & { email: string | null; identityId: string | null })[]>(
      LIST_MEMBERS,
      [organizationId],
    );
    return rows.map(({ email, identityId, ...member }) => ({
      ...member,
      ...(email === null ? {} : { email }),
      ...(identityId === null ? {} : { identityId }),
    }));
  }

  /** When the active membership began; undefined without one. */
  async activeSince(organizationId: string, accountId: string): Promise<Date | undefined> {
    const where = { organizationId, accountId, status: 'active' as const };
    return (await this.dataSource.getRepository(Membership).findOneBy(where))?.createdAt;
  }

  /** Lets somebody in whom a single sign-on proved: as a plain member in no team, or as what they are already. */
  async admit(newcomer: Newcomer, manager: EntityManager): Promise<'admitted' | 'no-seat' | 'membership-suspended'> {
    const { organizationId, accountId, identityId, displayName } = newcomer;
    const { seatLimit } = await lockOrganization(organizationId, manager);
    const memberships = manager.getRepository(Membership);
    const current = await memberships.findOneBy({ organizationId, accountId });
    if (current?.status === 'suspended' && current.suspendedBy !== 'scim') return 'membership-suspended';
    if (current?.status !== 'active' && (await countActive(organizationId, manager)) >= seatLimit) return 'no-seat';
    await memberships.save({
      organizationId,
      accountId,
      role: current?.role ?? 'member',
      status: 'active',
      suspendedBy: null,
      identityId: identityId ?? current?.identityId ?? null,
      displayName: displayName ?? current?.displayName ?? null,
    });
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

  /** The membership that an identity stood behind ends, with its teams, sessions and keys. The account lives on. */
  async revoke(organizationId: string, accountId: string, identityId: string, manager: EntityManager): Promise<void> {
    await lockOrganization(organizationId, manager);
    const memberships = manager.getRepository(Membership);
    await memberships.delete({ organizationId, accountId, identityId });
    await memberships.delete({ organizationId, accountId, identityId: IsNull() });
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
  async takeOwner(organizationId: string, accountId: string, manager: EntityManager): Promise<'taken' | 'last-owner'> {
    await lockOrganization(organizationId, manager);
    const memberships = manager.getRepository(Membership);
    const owners = await memberships.findBy({ organizationId, role: 'owner', status: 'active' });
    if (!owners.some((owner) => owner.accountId === accountId)) return 'taken';
    if (owners.length === 1) return 'last-owner';
    await memberships.update({ organizationId, accountId }, { status: 'suspended', suspendedBy: 'scim' });
    return 'taken';
  }
}

const LIST_MEMBERS = `
SELECT m.account_id AS "accountId", a.email, coalesce(m.display_name, a.display_name) AS "displayName", m.role, m.status,
  m.identity_id AS "identityId", coalesce((
    SELECT array_agg(t.name ORDER BY t.name) FROM team_member tm JOIN team t ON t.id = tm.team_id
    WHERE tm.organization_id = m.organization_id AND tm.account_id = m.account_id), '{}') AS teams
FROM membership m JOIN account a ON a.id = m.account_id
WHERE m.organization_id = $1 ORDER BY m.created_at, m.account_id`;

const countActive = (organizationId: string, manager: EntityManager): Promise<number> =>
  manager.getRepository(Membership).countBy({ organizationId, status: 'active' });
