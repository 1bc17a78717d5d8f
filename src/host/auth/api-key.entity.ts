import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Membership } from '../organizations/membership.entity.js';

/** A personal key for one organization. Unusable while the membership is suspended, gone with it. */
@Entity('api_key')
@ForeignKey(() => Membership, ['organizationId', 'accountId'], ['organizationId', 'accountId'], {
  name: 'api_key_membership',
  onDelete: 'CASCADE',
})
@Unique('api_key_hash', ['hash'])
@Index('api_key_membership_key', ['organizationId', 'accountId'])
export class ApiKey {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'organization_id' })
  organizationId: string;

  @Column({ type: 'uuid', name: 'account_id' })
  accountId: string;

  /** SHA-256 of the key: 256 random bits need no slow hash. */
  @Column({ type: 'text' })
  hash: string;

  @Column({ type: 'text', nullable: true })
  label: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
