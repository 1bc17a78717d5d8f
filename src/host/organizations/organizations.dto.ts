import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsOptional, IsString, Length, ValidateNested } from 'class-validator';
import { type Plan, plans } from './organization.entity.js';

export class ChangeOrganizationDto {
  @IsOptional()
  @IsIn(plans)
  plan?: Plan;

  @IsOptional()
  @IsBoolean()
  samlConfigured?: boolean;
}

export class GroupMappingDto {
  /** The group's value in the assertion's `groups` claim. */
  @IsString()
  @Length(1, 200)
  group: string;

  /** Name of a team; made if it does not exist. */
  @IsString()
  @Length(1, 100)
  team: string;
}

export class GroupMappingsDto {
  @IsArray()
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => GroupMappingDto)
  mappings: GroupMappingDto[];
}
