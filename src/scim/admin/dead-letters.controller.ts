import { BadRequestException, Body, Controller, Get, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import type { Backlog, DeadLetter } from '../events/scim-dead-letters.js';
import { ScimEventsService } from '../events/scim-events.service.js';
import { AdminBody } from './admin-body.pipe.js';
import { AdminCaller } from './admin-caller.js';
import { DeadLetterDto, DeadLetterQueryDto, ReplayDto } from './events.dto.js';

const DEFAULT_LIMIT = 50;

/** Without the handler's error: it speaks of the host's internals, and the reader is the host's customer. */
export type ShownDeadLetter = Omit<DeadLetter, 'lastError' | 'eventSeq' | 'organizationId'>;

export interface DeadLetterListing {
  readonly counts: Omit<Backlog, 'oldestOpenAt'>;
  readonly oldestOpenAt: Date | null;
  readonly deliveries: readonly ShownDeadLetter[];
  readonly nextCursor?: string;
}

/** Events that the host's handlers failed on. */
@Controller('dead-letters')
export class DeadLettersController {
  constructor(
    @Inject(ScimEventsService) private readonly events: ScimEventsService,
    @Inject(AdminCaller) private readonly caller: AdminCaller,
  ) {}

  @Get()
  async list(@Req() request: unknown, @Query(AdminBody) query: DeadLetterQueryDto): Promise<DeadLetterListing> {
    const organizationId = this.caller.organizationOf(request);
    const { state, consumer, cursor, limit = DEFAULT_LIMIT } = query;
    const after = cursor === undefined ? undefined : readCursor(cursor);
    const [{ oldestOpenAt, ...counts }, rows] = await Promise.all([
      this.events.backlog(organizationId),
      this.events.deadLetters({ organizationId, state, consumer, after, limit: limit + 1 }),
    ]);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const listing = { counts, oldestOpenAt, deliveries: page.map(toShown) };
    return rows.length > limit && last ? { ...listing, nextCursor: writeCursor(last) } : listing;
  }

  @Post('replay')
  @HttpCode(200)
  async replay(@Req() request: unknown, @Body(AdminBody) body: ReplayDto): Promise<{ replayed: number }> {
    const organizationId = this.caller.organizationOf(request);
    const { all, eventId, consumer, state } = body;
    const isOne = eventId !== undefined && consumer !== undefined && state === undefined;
    if (all ? eventId !== undefined : !isOne) throw new BadRequestException('Name eventId and consumer, or all.');
    const actorId = this.caller.actorOf(request);
    return { replayed: await this.events.replay({ organizationId, eventId, consumer, state }, { actorId }) };
  }

  @Post('skip')
  @HttpCode(204)
  async skip(@Req() request: unknown, @Body(AdminBody) { eventId, consumer }: DeadLetterDto): Promise<void> {
    const organizationId = this.caller.organizationOf(request);
    await this.events.skip({ organizationId, eventId, consumer }, { actorId: this.caller.actorOf(request) });
  }
}

const toShown = ({ lastError: _error, eventSeq: _seq, organizationId: _id, ...shown }: DeadLetter): ShownDeadLetter =>
  shown;

type Place = Pick<DeadLetter, 'eventSeq' | 'consumer'>;

const writeCursor = ({ eventSeq, consumer }: Place): string =>
  Buffer.from(`${eventSeq} ${consumer}`).toString('base64url');

/** @throws BadRequestException for a cursor that is none of ours. */
function readCursor(cursor: string): Place {
  const [, eventSeq, consumer] = /^(\d{1,18}) (.+)$/s.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (eventSeq === undefined || consumer === undefined || consumer.includes('\0')) {
    throw new BadRequestException('The cursor is not one of ours.');
  }
  return { eventSeq, consumer };
}
