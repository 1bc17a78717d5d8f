import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Keyed hashes of what a deprovisioned identity was known by: keeps just-in-time logins from bringing the person back. */
@Entity('scim_tombstone')
@Index('scim_tombstone_external_id', ['organizationId', 'externalIdHash'])
@Index('scim_tombstone_user_name', ['organizationId', 'userNameHash'])
@Index('scim_tombstone_name_id', ['organizationId', 'nameIdHash'])
@Index('scim_tombstone_other_name_ids', { synchronize: false })
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

  /** Of the account's further NameIDs, once the links that held them were erased. */
  @Column({ type: 'bytea', name: 'other_name_id_hashes', array: true, nullable: true })
  otherNameIdHashes: Buffer[] | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;
}
