import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Account } from '../auth/account.entity.js';
import { Organization } from './organization.entity.js';

export const roles = ['owner', 'member'] as const;
export type Role = (typeof roles)[number];

export const membershipStatuses = ['active', 'suspended'] as const;
/** Only an active membership lets somebody in and takes a seat; a suspended one keeps its role and teams. */
export type MembershipStatus = (typeof membershipStatuses)[number];

/** An account in an organization: one row for each pair. */
@Entity('membership')
@Index('membership_account', ['accountId'])
export class Membership {
  @PrimaryColumn({ type: 'uuid', name: 'organization_id' })
  @ForeignKey(() => Organization, { name: 'membership_organization', onDelete: 'CASCADE' })
  organizationId: string;

  @PrimaryColumn({ type: 'uuid', name: 'account_id' })
  @ForeignKey(() => Account, { name: 'membership_account_id', onDelete: 'CASCADE' })
  accountId: string;

  @Column({ type: 'text' })
  role: Role;

  @Column({ type: 'text' })
  status: MembershipStatus;

  /** Who took it: `scim` gives back only what `scim` took. */
  @Column({ type: 'text', name: 'suspended_by', nullable: true })
  suspendedBy: 'scim' | 'owner' | null;

  /** A way in that stays when the identity provider is wrong: SCIM may not remove it, whatever it says. */
  @Column({ type: 'boolean', default: false })
  protected: boolean;

  /** The provisioned identity that stands behind it; null for people no identity provider provisioned. */
  @Column({ type: 'text', name: 'identity_id', nullable: true })
  identityId: string | null;

  /** The name this organization's identity provider gives the person. The account's own name is not the organization's to change. */
  @Column({ type: 'text', name: 'display_name', nullable: true })
  displayName: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
