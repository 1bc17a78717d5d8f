import { IsEmail, IsIn, IsString, MaxLength } from 'class-validator';
import { IsText, MayBeAbsent } from '../http/text.js';
import { type Role, roles } from '../organizations/membership.entity.js';

export class NewInvitationDto {
  @IsEmail()
  @IsText(3, 320)
  email: string;

  @MayBeAbsent()
  @IsIn(roles)
  role?: Role;
}

export class AcceptInvitationDto {
  /** What stands in the link after `#`. */
  @IsString()
  @MaxLength(100)
  token: string;

  /** Of a new account. */
  @MayBeAbsent()
  @IsText(1, 100)
  displayName?: string;

  /** Of the account with the invited address, or, of 8 characters or more, of a new one. Not asked of somebody who is signed in. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(1000)
  password?: string;
}
