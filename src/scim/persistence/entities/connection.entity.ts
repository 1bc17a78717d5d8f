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

  /** Milestones of the set-up: when each was reached first; they outlive what they were seen by. Null: not yet. */
  @Column({ type: 'timestamptz', name: 'tested_at', precision: 3, nullable: true })
  testedAt: Date | null;

  @Column({ type: 'timestamptz', name: 'first_user_at', precision: 3, nullable: true })
  firstUserAt: Date | null;

  @Column({ type: 'timestamptz', name: 'first_link_at', precision: 3, nullable: true })
  firstLinkAt: Date | null;

  @Column({ type: 'timestamptz', name: 'first_deactivation_at', precision: 3, nullable: true })
  firstDeactivationAt: Date | null;

  @Column({ type: 'timestamptz', name: 'first_group_at', precision: 3, nullable: true })
  firstGroupAt: Date | null;

  /** Since when the organization is gone: its tokens died at once, its rows go in batches, this one last. */
  @Column({ type: 'timestamptz', name: 'removed_at', precision: 3, nullable: true })
  removedAt: Date | null;
}
