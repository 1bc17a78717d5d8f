import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Membership } from '../organizations/membership.entity.js';

/** A browser that is signed in to one organization; it ends with the membership. */
@Entity('session')
@ForeignKey(() => Membership, ['organizationId', 'accountId'], ['organizationId', 'accountId'], {
  name: 'session_membership',
  onDelete: 'CASCADE',
})
@Index('session_membership_key', ['organizationId', 'accountId'])
export class Session {
  /** SHA-256 of the cookie. */
  @PrimaryColumn({ type: 'text' })
  hash: string;

  @Column({ type: 'uuid', name: 'organization_id' })
  organizationId: string;

  @Column({ type: 'uuid', name: 'account_id' })
  accountId: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt: Date;
}
