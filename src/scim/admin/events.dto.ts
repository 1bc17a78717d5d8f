import { applyDecorators } from '@nestjs/common';
import { Equals, IsIn, IsString, Matches, MaxLength } from 'class-validator';
import { UUID } from '../persistence/is-id.js';
import { IfPresent, IsLimit, IsPrintable } from './dto-rules.js';

const STATES = ['dead', 'failing'] as const;

/** Names of consumers are the host's; nobody needs longer ones. */
const LONGEST_CONSUMER = 500;
const IsConsumer = (): PropertyDecorator => applyDecorators(IsString(), MaxLength(LONGEST_CONSUMER), IsPrintable());

/** As long as a cursor with the longest name is. */
const LONGEST_CURSOR = 3000;

/** Query of `GET dead-letters`. */
export class DeadLetterQueryDto {
  /** Default: both. */
  @IfPresent()
  @IsIn(STATES)
  state?: (typeof STATES)[number];

  @IfPresent()
  @IsConsumer()
  consumer?: string;

  /** `nextCursor` of the page before. */
  @IfPresent()
  @MaxLength(LONGEST_CURSOR)
  @Matches(/^[0-9A-Za-z_-]+$/)
  cursor?: string;

  /** Default 50. */
  @IsLimit(200)
  limit?: number;
}

/** Body of `POST dead-letters/skip`. */
export class DeadLetterDto {
  @Matches(UUID)
  eventId: string;

  @IsConsumer()
  consumer: string;
}

/** Body of `POST dead-letters/replay`: `eventId` and `consumer`, or `all`. */
export class ReplayDto {
  @IfPresent()
  @Matches(UUID)
  eventId?: string;

  @IfPresent()
  @IsConsumer()
  consumer?: string;

  /** Instead of `eventId`: all, or all of `consumer` and `state`. */
  @IfPresent()
  @Equals(true)
  all?: true;

  @IfPresent()
  @IsIn(STATES)
  state?: (typeof STATES)[number];
}

/** Query of `GET events`. */
export class FeedQueryDto {
  /** `next` of the page before. Default: begin with the oldest event that is kept. */
  @IfPresent()
  @Matches(/^[0-9A-Za-z_-]{1,200}$/)
  after?: string;

  /** Event types, separated by commas. Default: all. */
  @IfPresent()
  @MaxLength(1000)
  @Matches(/^[a-z_.]+(,[a-z_.]+)*$/)
  types?: string;

  /** Default 100. */
  @IsLimit(1000)
  limit?: number;
}
