import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Account } from '../auth/account.entity.js';
import type { Role } from '../organizations/membership.entity.js';
import { Organization } from '../organizations/organization.entity.js';

/** Who or what ended an invitation: the person who took it, an owner, or the identity provider that took the person out. */
export type InvitationEnd = 'accepted' | 'owner' | 'scim';

/** An owner's word that somebody may join. It takes no seat until it is accepted. */
@Entity('invitation')
@Unique('invitation_hash', ['hash'])
@Index('invitation_open', ['organizationId', 'email'], { unique: true, where: 'ended_by IS NULL' })
export class Invitation {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'organization_id' })
  @ForeignKey(() => Organization, { name: 'invitation_organization', onDelete: 'CASCADE' })
  organizationId: string;

  /** Where it was sent, in lower case. It says who is invited, and is never a reason to give somebody an account. */
  @Column({ type: 'text' })
  email: string;

  @Column({ type: 'text' })
  role: Role;

  /** SHA-256 of what stands in the link. */
  @Column({ type: 'text' })
  hash: string;

  @Column({ type: 'uuid', name: 'invited_by', nullable: true })
  @ForeignKey(() => Account, { name: 'invitation_invited_by', onDelete: 'SET NULL' })
  invitedBy: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt: Date;

  /** Null: it can be accepted until it expires. */
  @Column({ type: 'text', name: 'ended_by', nullable: true })
  endedBy: InvitationEnd | null;

  /** The provisioned identity whose suspension or removal ended it: what SCIM took, SCIM gives back. */
  @Column({ type: 'text', name: 'identity_id', nullable: true })
  identityId: string | null;
}
