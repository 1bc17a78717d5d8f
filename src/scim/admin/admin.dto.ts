import { Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import type { IdentityState } from '../persistence/entities/provisioned-identity.entity.js';
import { TOKEN_SCOPES, type TokenScope } from '../tokens/token-scopes.js';

/** Body of `POST tokens`. */
export class NewTokenDto {
  /** What the admin calls the token; control characters have no place in a list. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  @Matches(/^[^\p{Cc}]*$/u, { message: 'label must not contain control characters' })
  label?: string;

  /** Days. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(730)
  expiresInDays?: number;

  @IsOptional()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(TOKEN_SCOPES, { each: true })
  scopes?: TokenScope[];
}

const VISIBLE_STATES = ['provisioned', 'active', 'suspended'] as const satisfies readonly IdentityState[];

/** Query of `GET identities`. */
export class IdentityQueryDto {
  @IsOptional()
  @IsIn(VISIBLE_STATES)
  state?: (typeof VISIBLE_STATES)[number];

  /** Part of a user name, external id, display name or e-mail address. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  q?: string;

  /** `nextCursor` of the page before. */
  @IsOptional()
  @Matches(/^[0-9A-Za-z_-]{1,200}$/)
  cursor?: string;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;
}
