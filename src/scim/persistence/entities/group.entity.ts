import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { ResourceAttributes } from '../../protocol/resource.js';
import { ScimConnection } from './connection.entity.js';
import { ProvisionedIdentity } from './provisioned-identity.entity.js';

/** A SCIM Group. Its members are rows of `scim_group_member`; its name grants nothing. */
@Entity('scim_group')
@Unique('scim_group_organization_id_id', ['organizationId', 'id'])
@Index('scim_group_unique_name', ['organizationId', 'uniqueNameKey'], { unique: true })
@Index('scim_group_external_id', ['organizationId', 'externalId'], { unique: true })
@Index('scim_group_name', ['organizationId', 'displayNameKey'])
@Index('scim_group_order', ['organizationId', 'createdAt', 'id'])
@ForeignKey(() => ScimConnection, ['organizationId', 'connectionId'], ['organizationId', 'id'], {
  name: 'scim_group_connection',
  onDelete: 'CASCADE',
})
export class ProvisionedGroup {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text', name: 'organization_id' })
  organizationId: string;

  @Column({ type: 'uuid', name: 'connection_id' })
  connectionId: string;

  @Column({ type: 'text', name: 'external_id', collation: 'C', nullable: true })
  externalId: string | null;

  /** As sent. */
  @Column({ type: 'text', name: 'display_name' })
  displayName: string;

  /** As compared. */
  @Column({ type: 'text', name: 'display_name_key', collation: 'C' })
  displayNameKey: string;

  /** The same, null where names need not be unique. */
  @Column({ type: 'text', name: 'unique_name_key', collation: 'C', nullable: true })
  uniqueNameKey: string | null;

  /** Attributes of extensions, as sent. */
  @Column({ type: 'jsonb', default: {} })
  attributes: ResourceAttributes;

  /** The same as compared, and the schemas, for filters. */
  @Column({ type: 'jsonb', default: () => `'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:group"]}'` })
  search: ResourceAttributes;

  /** Moves when the group or its members change; the ETag. */
  @Column({ type: 'integer' })
  version: number;

  /** Moves with every event of this group. */
  @Column({ type: 'integer', name: 'event_seq' })
  eventSeq: number;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'modified_at', precision: 3 })
  modifiedAt: Date;
}

/** One member of one group: a user or a group of the same organization, which the composite keys make sure of. */
@Entity('scim_group_member')
@Index('scim_group_member_member', ['memberId'])
@Index('scim_group_member_user_id', ['userId'], { where: 'user_id IS NOT NULL' })
@Index('scim_group_member_nested_id', ['memberGroupId'], { where: 'member_group_id IS NOT NULL' })
@Index('scim_group_member_order', ['groupId', 'position'])
@Check(
  'scim_group_member_is_one',
  'num_nonnulls(user_id, member_group_id) = 1 AND member_id = coalesce(user_id, member_group_id)',
)
@Check('scim_group_member_is_not_itself', 'member_id <> group_id')
@ForeignKey(() => ProvisionedGroup, ['organizationId', 'groupId'], ['organizationId', 'id'], {
  name: 'scim_group_member_group',
  onDelete: 'CASCADE',
})
@ForeignKey(() => ProvisionedIdentity, ['organizationId', 'userId'], ['organizationId', 'id'], {
  name: 'scim_group_member_user',
  onDelete: 'CASCADE',
})
@ForeignKey(() => ProvisionedGroup, ['organizationId', 'memberGroupId'], ['organizationId', 'id'], {
  name: 'scim_group_member_nested',
  onDelete: 'CASCADE',
})
export class ScimGroupMember {
  @PrimaryColumn({ type: 'uuid', name: 'group_id' })
  groupId: string;

  /** Whichever of the two it is. */
  @PrimaryColumn({ type: 'uuid', name: 'member_id' })
  memberId: string;

  @Column({ type: 'text', name: 'organization_id' })
  organizationId: string;

  @Column({ type: 'uuid', name: 'user_id', nullable: true })
  userId: string | null;

  @Column({ type: 'uuid', name: 'member_group_id', nullable: true })
  memberGroupId: string | null;

  /** Order of joining. */
  @Column({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' })
  position: string;
}
