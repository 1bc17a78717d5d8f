import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ScimConnection } from './connection.entity.js';

/**
 * The NameID of a verified login that was refused, for the link check: the newest few of an organization, for thirty days at
 * most. What was let in stands in `scim_link`.
 */
@Entity('scim_refused_login')
@Index('scim_refused_login_age', ['refusedAt'])
@ForeignKey(() => ScimConnection, ['organizationId', 'connectionId'], ['organizationId', 'id'], {
  name: 'scim_refused_login_connection',
  onDelete: 'CASCADE',
})
export class ScimRefusedLogin {
  @PrimaryColumn({ type: 'text', name: 'organization_id' })
  organizationId: string;

  /** NFC of what the assertion said; empty where that was no name to know anybody by. */
  @PrimaryColumn({ type: 'text', name: 'name_id', collation: 'C' })
  nameId: string;

  @Column({ type: 'uuid', name: 'connection_id' })
  connectionId: string;

  /** Folded, to meet user names. */
  @Column({ type: 'text', name: 'name_id_key', collation: 'C' })
  nameIdKey: string;

  @Column({ type: 'text', name: 'sso_connection_id' })
  ssoConnectionId: string;

  @Column({ type: 'text' })
  reason: string;

  @Column({ type: 'timestamptz', name: 'refused_at', precision: 3, default: () => 'now()' })
  refusedAt: Date;
}
