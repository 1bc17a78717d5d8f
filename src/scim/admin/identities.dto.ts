import { IsIn, IsString, MaxLength } from 'class-validator';
import type { IdentityState } from '../persistence/entities/provisioned-identity.entity.js';
import { IfPresent, IsPrintable } from './dto-rules.js';
import { PageQueryDto } from './page-query.dto.js';

export const IDENTITY_STATES = [
  'provisioned',
  'active',
  'suspended',
  'deprovisioned',
] as const satisfies readonly IdentityState[];

/** Query of `GET identities`. */
export class IdentityQueryDto extends PageQueryDto {
  /** Without it: all but the deprovisioned. */
  @IfPresent()
  @IsIn(IDENTITY_STATES)
  state?: IdentityState;

  /** Part of a user name, external id, display name or e-mail address. */
  @IfPresent()
  @IsString()
  @MaxLength(200)
  @IsPrintable()
  q?: string;
}

/** Query of `GET identities/:id/history`. */
export class HistoryQueryDto extends PageQueryDto {}
