import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** An organization's SCIM configuration. One per organization today; other rows point to it, so that a second IdP can come. */
@Entity('scim_connection')
@Unique('scim_connection_organization_id_id', ['organizationId', 'id'])
export class ScimConnection {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text', name: 'organization_id', unique: true })
  organizationId: string;

  /** Keys the hashes of tombstones, so that they say nothing outside this database. */
  @Column({ type: 'bytea', name: 'tombstone_key' })
  tombstoneKey: Buffer;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt: Date;

  /** Since when changes are refused; null: they are taken. */
  @Column({ type: 'timestamptz', name: 'paused_at', precision: 3, nullable: true })
  pausedAt: Date | null;

  /** Account id of the admin who paused it. */
  @Column({ type: 'text', name: 'paused_by', nullable: true })
  pausedBy: string | null;
}
