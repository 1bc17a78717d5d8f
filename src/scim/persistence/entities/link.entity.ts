import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProvisionedIdentity } from './provisioned-identity.entity.js';

/** A NameID that a signed assertion proved, and whose account it is. Written at every first login, JIT included. */
@Entity('scim_link')
@Index('scim_link_name_id', ['organizationId', 'nameId', 'ssoConnectionId'], { unique: true })
@Index('scim_link_name_id_key', ['organizationId', 'nameIdKey'])
@Index('scim_link_identity', ['organizationId', 'identityId'], { unique: true })
@Index('scim_link_account', ['organizationId', 'accountId'])
@Index('scim_link_newest', ['organizationId', 'createdAt', 'id'])
@ForeignKey(() => ProvisionedIdentity, ['organizationId', 'identityId'], ['organizationId', 'id'], {
  name: 'scim_link_provisioned_identity',
})
export class ScimLink {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text', name: 'organization_id' })
  organizationId: string;

  @Column({ type: 'text', name: 'sso_connection_id' })
  ssoConnectionId: string;

  /** NFC of what the assertion said. */
  @Column({ type: 'text', name: 'name_id', collation: 'C' })
  nameId: string;

  /** Folded, to meet user names. */
  @Column({ type: 'text', name: 'name_id_key', collation: 'C' })
  nameIdKey: string;

  @Column({ type: 'text', name: 'account_id' })
  accountId: string;

  /** Null while nothing was provisioned for this person. */
  @Column({ type: 'uuid', name: 'identity_id', nullable: true })
  identityId: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'last_login_at', precision: 3, default: () => 'now()' })
  lastLoginAt: Date;
}
