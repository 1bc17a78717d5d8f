import { BadRequestException, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { HistoryPage } from '../people/identity-history.js';
import {
  type IdentityDetails,
  type IdentitySummary,
  ScimIdentitiesService,
} from '../people/scim-identities.service.js';
import { AdminBody } from './admin-body.pipe.js';
import { AdminCaller } from './admin-caller.js';
import { HistoryQueryDto, IdentityQueryDto } from './identities.dto.js';
import { readCursor, writeCursor } from './time-cursor.js';

const DEFAULT_LIMIT = 50;

export interface IdentityListing {
  readonly identities: readonly IdentitySummary[];
  readonly nextCursor?: string;
}

export interface HistoryListing extends Pick<HistoryPage, 'entries' | 'missing'> {
  readonly nextCursor?: string;
}

/** The people whom the identity provider provisioned, and what an admin may do about them. */
@Controller('identities')
export class IdentitiesController {
  constructor(
    @Inject(ScimIdentitiesService) private readonly identities: ScimIdentitiesService,
    @Inject(AdminCaller) private readonly caller: AdminCaller,
  ) {}

  @Get()
  async listIdentities(@Req() request: unknown, @Query(AdminBody) query: IdentityQueryDto): Promise<IdentityListing> {
    const { state, q, cursor, limit = DEFAULT_LIMIT } = query;
    const place = cursor === undefined ? undefined : readCursor(cursor);
    const after = place && { createdAt: new Date(place.at), id: place.id };
    const organizationId = this.caller.organizationOf(request);
    const { identities, next } = await this.identities.list(organizationId, { state, text: q, after, limit });
    return { identities, ...(next ? { nextCursor: writeCursor({ at: next.createdAt, id: next.id }) } : {}) };
  }

  @Get(':id')
  async getIdentity(@Req() request: unknown, @Param('id') id: string): Promise<IdentityDetails> {
    return this.identities.get(this.caller.organizationOf(request), id);
  }

  @Get(':id/history')
  async getHistory(
    @Req() request: unknown,
    @Param('id') id: string,
    @Query(AdminBody) { cursor, limit = DEFAULT_LIMIT }: HistoryQueryDto,
  ): Promise<HistoryListing> {
    const after = cursor === undefined ? undefined : readSequence(cursor);
    const page = await this.identities.history(this.caller.organizationOf(request), id, { after, limit });
    const { entries, missing, next } = page;
    return { entries, missing, ...(next === undefined ? {} : { nextCursor: writeSequence(next) }) };
  }

  @Post(':id/unlink')
  @HttpCode(200)
  async unlink(@Req() request: unknown, @Param('id') id: string): Promise<IdentityDetails> {
    const organizationId = this.caller.organizationOf(request);
    await this.identities.unlink(organizationId, id, this.caller.actorOf(request));
    return this.identities.get(organizationId, id);
  }

  @Post(':id/erase')
  @HttpCode(200)
  async erase(@Req() request: unknown, @Param('id') id: string): Promise<IdentityDetails> {
    const organizationId = this.caller.organizationOf(request);
    await this.identities.erase(organizationId, id, this.caller.actorOf(request));
    return this.identities.get(organizationId, id);
  }
}

const writeSequence = (sequence: number): string => Buffer.from(String(sequence)).toString('base64url');

/** @throws BadRequestException for a cursor that is none of ours. */
function readSequence(cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new BadRequestException('The cursor is not one of ours.');
  return Number(text);
}
