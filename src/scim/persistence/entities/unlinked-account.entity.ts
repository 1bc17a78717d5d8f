import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { ScimConnection } from './connection.entity.js';

/**
 * An account whose link an admin ended: what it had by the link it has no more, until a person invites it again or a login
 * proves that it belongs. Nothing of this is personal.
 */
@Entity('scim_unlinked_account')
@ForeignKey(() => ScimConnection, ['organizationId'], ['organizationId'], {
  name: 'scim_unlinked_account_connection',
  onDelete: 'CASCADE',
})
export class ScimUnlinkedAccount {
  @PrimaryColumn({ type: 'text', name: 'organization_id' })
  organizationId: string;

  /** The host's id. */
  @PrimaryColumn({ type: 'text', name: 'account_id' })
  accountId: string;

  /** The identity that it was linked to. */
  @Column({ type: 'uuid', name: 'identity_id' })
  identityId: string;

  @Column({ type: 'timestamptz', name: 'unlinked_at', precision: 3 })
  unlinkedAt: Date;
}
