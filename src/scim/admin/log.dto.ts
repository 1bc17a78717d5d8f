import { IsString, Matches, MaxLength } from 'class-validator';
import { IfPresent, IsInstant, IsPrintable } from './dto-rules.js';
import { PageQueryDto } from './page-query.dto.js';

/** Query of `GET log`. */
export class LogQueryDto extends PageQueryDto {
  /** A status, `2xx` … `5xx`, or `failed`. */
  @IfPresent()
  @Matches(/^([1-5]\d\d|[1-5]xx|failed)$/)
  status?: string;

  /** Id, user name, external id or e-mail address, as a whole. */
  @IfPresent()
  @IsString()
  @MaxLength(200)
  @IsPrintable()
  person?: string;

  @IsInstant()
  from?: Date;

  /** Excluded. */
  @IsInstant()
  to?: Date;
}
