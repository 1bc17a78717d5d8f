import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Keyed hashes of what a deprovisioned identity was known by: keeps just-in-time logins from bringing the person back. */
@Entity('scim_tombstone')
@Index('scim_tombstone_external_id', ['organizationId', 'externalIdHash'])
@Index('scim_tombstone_user_name', ['organizationId', 'userNameHash'])
@Index('scim_tombstone_name_id', ['organizationId', 'nameIdHash'])
export class ScimTombstone {
  /** The deprovisioned identity. */
  @PrimaryColumn({ type: 'uuid', name: 'identity_id' })
  identityId: string;

  @Column({ type: 'text', name: 'organization_id' })
  organizationId: string;

  @Column({ type: 'bytea', name: 'external_id_hash', nullable: true })
  externalIdHash: Buffer | null;

  @Column({ type: 'bytea', name: 'user_name_hash' })
  userNameHash: Buffer;

  @Column({ type: 'bytea', name: 'name_id_hash', nullable: true })
  nameIdHash: Buffer | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
