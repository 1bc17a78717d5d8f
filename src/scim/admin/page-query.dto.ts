import { Type } from 'class-transformer';
import { IsInt, Matches, Max, Min } from 'class-validator';
import { IfPresent } from './dto-rules.js';

/** Query of a list that comes in pages. */
export class PageQueryDto {
  /** `nextCursor` of the page before. */
  @IfPresent()
  @Matches(/^[0-9A-Za-z_-]{1,200}$/)
  cursor?: string;

  @IfPresent()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;
}
