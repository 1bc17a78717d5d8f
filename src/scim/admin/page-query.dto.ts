import { Matches } from 'class-validator';
import { IfPresent, IsLimit } from './dto-rules.js';

/** Query of a list that comes in pages. */
export class PageQueryDto {
  /** `nextCursor` of the page before. */
  @IfPresent()
  @Matches(/^[0-9A-Za-z_-]{1,200}$/)
  cursor?: string;

  /** Default 50. */
  @IsLimit(200)
  limit?: number;
}
