import { randomUUID } from 'node:crypto';
import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull } from 'typeorm';
import { toEmail } from '../auth/accounts.service.js';
import { hashSecret, newSecret } from '../auth/secret.js';
import { readClock } from '../database/read-clock.js';
import { lockOrganization } from '../organizations/lock-organization.js';
import type { Role } from '../organizations/membership.entity.js';
import { Invitation } from './invitation.entity.js';
import { findDenial } from './provisioned-people.js';

const LIFETIME_DAYS = 7;
/** The newest. */
const MOST_LISTED = 200;

type InvitationState = 'pending' | 'expired' | 'accepted' | 'cancelled';

export interface InvitationSummary {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly state: InvitationState;
  /** Of one that is cancelled. */
  readonly cancelledBy?: 'owner' | 'scim';
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface NewInvitation {
  readonly organizationId: string;
  readonly email: string;
  readonly role: Role;
  readonly invitedBy: string;
}

/** Owners' invitations, and what SCIM takes of them and gives back. */
@Injectable()
export class InvitationsService {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * In place of an open one to the same address.
   * @returns the invitation and, this once, what its link holds.
   * @throws ConflictException for somebody whom the identity provider has suspended.
   */
  async invite(wish: NewInvitation): Promise<{ readonly invitation: InvitationSummary; readonly token: string }> {
    const { organizationId, role, invitedBy } = wish;
    const email = toEmail(wish.email);
    const token = newSecret();
    const row = await this.dataSource.transaction(async (manager) => {
      await lockOrganization(organizationId, manager);
      const now = await readClock(manager);
      if (await findDenial({ organizationId, emails: [email] }, now, manager)) throw new ConflictException(SUSPENDED);
      const invitations = manager.getRepository(Invitation);
      await invitations.update({ organizationId, email, endedBy: IsNull() }, { endedBy: 'owner' });
      const expiresAt = new Date(now.getTime() + LIFETIME_DAYS * 24 * 60 * 60 * 1000);
      const times = { createdAt: now, expiresAt };
      const names = { id: randomUUID(), organizationId, email, role, invitedBy, hash: hashSecret(token) };
      return invitations.save({ ...names, ...times, endedBy: null, identityId: null });
    });
    return { invitation: toSummary(row, row.createdAt), token };
  }

  async list(organizationId: string): Promise<InvitationSummary[]> {
    const { manager } = this.dataSource;
    const newest = { createdAt: 'DESC', id: 'ASC' } as const;
    const rows = await manager
      .getRepository(Invitation)
      .find({ where: { organizationId }, order: newest, take: MOST_LISTED });
    const now = await readClock(manager);
    return rows.map((row) => toSummary(row, now));
  }

  /** Also one that SCIM took: it comes back no more. @throws NotFoundException where there is nothing to cancel. */
  async cancel(organizationId: string, id: string): Promise<void> {
    const invitations = this.dataSource.getRepository(Invitation);
    const end = { endedBy: 'owner' as const, identityId: null };
    const { affected } = await invitations.update(
      [
        { organizationId, id, endedBy: IsNull() },
        { organizationId, id, endedBy: 'scim' },
      ],
      end,
    );
    if (!affected) throw new NotFoundException('There is no such open invitation.');
  }

  /** Those that a person whom SCIM took out could still accept. */
  async take(
    organizationId: string,
    { identityId, emails, before }: { identityId: string; emails: readonly string[]; before: Date | undefined },
    manager: EntityManager,
  ): Promise<void> {
    await lockOrganization(organizationId, manager);
    await manager
      .createQueryBuilder()
      .update(Invitation)
      .set({ endedBy: 'scim', identityId })
      .where({ organizationId, email: In(emails), endedBy: IsNull() })
      .andWhere('created_at <= coalesce(:before, created_at)', { before: before ?? null })
      .execute();
  }

  /** The addresses that were taken with an identity; that there was an invitation may be known. */
  async erase(organizationId: string, identityId: string, manager: EntityManager): Promise<void> {
    await manager.getRepository(Invitation).update({ organizationId, identityId, endedBy: 'scim' }, { email: '' });
  }

  /** What SCIM took because of this identity, unless the same address was invited again meanwhile. */
  async giveBack(organizationId: string, identityId: string, manager: EntityManager): Promise<void> {
    await lockOrganization(organizationId, manager);
    const invitations = manager.getRepository(Invitation);
    const open = await invitations.findBy({ organizationId, endedBy: IsNull() });
    const taken = await invitations.find({
      where: { organizationId, identityId, endedBy: 'scim' },
      order: { createdAt: 'DESC' },
    });
    const emails = new Set(open.map(({ email }) => email));
    for (const { id, email } of taken) {
      if (emails.has(email)) continue;
      emails.add(email);
      await invitations.update({ organizationId, id }, { endedBy: null, identityId: null });
    }
  }
}

const SUSPENDED =
  'Your identity provider has suspended this person. Have them activated there, or removed, before you invite them.';

function toSummary({ id, email, role, createdAt, expiresAt, endedBy }: Invitation, now: Date): InvitationSummary {
  const summary = { id, email, role, createdAt, expiresAt };
  if (endedBy === 'accepted') return { ...summary, state: 'accepted' };
  if (endedBy !== null) return { ...summary, state: 'cancelled', cancelledBy: endedBy };
  return { ...summary, state: expiresAt > now ? 'pending' : 'expired' };
}
