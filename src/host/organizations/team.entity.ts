import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Membership } from './membership.entity.js';
import { Organization } from './organization.entity.js';

export type TeamSource = 'saml' | 'scim' | 'owner';

@Entity('team')
@Unique('team_name', ['organizationId', 'name'])
@Unique('team_organization_id', ['organizationId', 'id'])
export class Team {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'organization_id' })
  @ForeignKey(() => Organization, { name: 'team_organization', onDelete: 'CASCADE' })
  organizationId: string;

  @Column({ type: 'text' })
  name: string;
}

/** Goes with the membership: the keys carry the organization, so the database refuses a member of another one. */
@Entity('team_member')
@ForeignKey(() => Team, ['organizationId', 'teamId'], ['organizationId', 'id'], {
  name: 'team_member_team',
  onDelete: 'CASCADE',
})
@ForeignKey(() => Membership, ['organizationId', 'accountId'], ['organizationId', 'accountId'], {
  name: 'team_member_membership',
  onDelete: 'CASCADE',
})
@Index('team_member_membership_key', ['organizationId', 'accountId'])
export class TeamMember {
  @PrimaryColumn({ type: 'uuid', name: 'team_id' })
  teamId: string;

  @PrimaryColumn({ type: 'uuid', name: 'account_id' })
  accountId: string;

  @Column({ type: 'uuid', name: 'organization_id' })
  organizationId: string;

  /** Who gave it: a login takes away only what a login gave, and SCIM only what SCIM gave. */
  @Column({ type: 'text' })
  source: TeamSource;
}

/**
 * A group of the identity provider, by the `id` or `externalId` it has in SCIM or the value it has in the assertion's `groups`
 * claim, and the team it stands for. Never by its name.
 */
@Entity('group_mapping')
@ForeignKey(() => Team, ['organizationId', 'teamId'], ['organizationId', 'id'], {
  name: 'group_mapping_team',
  onDelete: 'CASCADE',
})
export class GroupMapping {
  @PrimaryColumn({ type: 'uuid', name: 'organization_id' })
  organizationId: string;

  @PrimaryColumn({ type: 'text', name: 'group_id' })
  groupId: string;

  @PrimaryColumn({ type: 'uuid', name: 'team_id' })
  teamId: string;
}
