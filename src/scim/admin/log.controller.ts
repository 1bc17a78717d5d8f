import { Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { type LoggedRequest, type LoggedRequestDetails, ScimLogService } from '../log/scim-log.service.js';
import { AdminBody } from './admin-body.pipe.js';
import { AdminCaller } from './admin-caller.js';
import { LogQueryDto } from './log.dto.js';
import { readCursor, writeCursor } from './time-cursor.js';

const DEFAULT_LIMIT = 50;

export interface LogListing {
  readonly requests: readonly LoggedRequest[];
  readonly nextCursor?: string;
}

/** What the identity provider sent, and how it was answered. */
@Controller('log')
export class LogController {
  constructor(
    @Inject(ScimLogService) private readonly log: ScimLogService,
    @Inject(AdminCaller) private readonly caller: AdminCaller,
  ) {}

  @Get()
  async listRequests(@Req() request: unknown, @Query(AdminBody) query: LogQueryDto): Promise<LogListing> {
    const { status, person, from, to, cursor, limit = DEFAULT_LIMIT } = query;
    const place = cursor === undefined ? undefined : readCursor(cursor);
    const rows = await this.log.list(this.caller.organizationOf(request), {
      status,
      person,
      from,
      to,
      after: place && { receivedAt: place.at, id: place.id },
      limit: limit + 1,
    });
    const requests = rows.slice(0, limit);
    const last = requests.at(-1);
    if (rows.length <= limit || !last) return { requests };
    return { requests, nextCursor: writeCursor({ at: last.receivedAt, id: last.id }) };
  }

  @Get(':id')
  async getRequest(@Req() request: unknown, @Param('id') id: string): Promise<LoggedRequestDetails> {
    return this.log.get(this.caller.organizationOf(request), id);
  }

  /** A POST, because it writes down who saw it. */
  @Post(':id/reveal')
  @HttpCode(200)
  async revealRequest(@Req() request: unknown, @Param('id') id: string): Promise<LoggedRequestDetails> {
    return this.log.reveal(this.caller.organizationOf(request), id, this.caller.actorOf(request));
  }
}
