import { IsString, Matches, MaxLength } from 'class-validator';
import { IfPresent, IsPrintable } from './dto-rules.js';
import { PageQueryDto } from './page-query.dto.js';

/** RFC 3339, in a year that PostgreSQL and JavaScript both know. */
const INSTANT = /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

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

  @IfPresent()
  @Matches(INSTANT)
  from?: string;

  /** Excluded. */
  @IfPresent()
  @Matches(INSTANT)
  to?: string;
}
