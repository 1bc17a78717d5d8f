import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { TOKEN_SCOPES, type TokenScope } from '../tokens/token-scopes.js';
import {
  LONGEST_LABEL,
  LONGEST_SOURCE,
  MOST_DAYS,
  MOST_SECRETS,
  OVERLAP_HOURS,
  type OverlapHours,
} from '../tokens/token-wishes.js';
import { IfPresent, IsPrintable } from './dto-rules.js';

/** Body of `POST tokens`. */
export class NewTokenDto {
  /** What the admin calls the token. */
  @IfPresent()
  @IsString()
  @MaxLength(LONGEST_LABEL)
  @IsPrintable()
  label?: string;

  /** Days, or `never` where the host allows it. */
  @ValidateIf((_object, value) => value !== undefined && value !== 'never')
  @IsInt()
  @Min(1)
  @Max(MOST_DAYS)
  expiresInDays?: number | 'never';

  @IfPresent()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(TOKEN_SCOPES, { each: true })
  scopes?: TokenScope[];
}

/** Body of `POST tokens/:id/rotate`. */
export class TokenRotationDto {
  /** How long the old token goes on working. */
  @IfPresent()
  @IsIn(OVERLAP_HOURS)
  overlapHours?: OverlapHours;
}

/** Body of a leak report. */
export class LeakReportDto {
  @IsArray()
  @ArrayMaxSize(MOST_SECRETS)
  @IsString({ each: true })
  tokens: string[];

  /** Where they were found. */
  @IfPresent()
  @IsString()
  @MaxLength(LONGEST_SOURCE)
  @IsPrintable()
  source?: string;
}
