import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, ValidateNested } from 'class-validator';
import { IsText, MayBeAbsent } from '../http/text.js';
import { type MembershipStatus, membershipStatuses, type Role, roles } from './membership.entity.js';
import { type Plan, plans } from './organization.entity.js';

export class ChangeOrganizationDto {
  @MayBeAbsent()
  @IsIn(plans)
  plan?: Plan;

  @MayBeAbsent()
  @IsBoolean()
  samlConfigured?: boolean;
}

export class ChangeMemberDto {
  @MayBeAbsent()
  @IsIn(roles)
  role?: Role;

  @MayBeAbsent()
  @IsIn(membershipStatuses)
  status?: MembershipStatus;

  @MayBeAbsent()
  @IsBoolean()
  protected?: boolean;
}

export class GroupMappingDto {
  /** `id` or `externalId` of a SCIM group, or the group's value in the assertion's `groups` claim. */
  @IsText(1, 200)
  group: string;

  /** Name of a team; made if it does not exist. */
  @IsText(1, 100)
  team: string;
}

export class GroupMappingsDto {
  @IsArray()
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => GroupMappingDto)
  mappings: GroupMappingDto[];
}
