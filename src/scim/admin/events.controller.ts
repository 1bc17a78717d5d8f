import { BadRequestException, Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { eventTypes } from '../events/scim-events.js';
import { ScimEventsService } from '../events/scim-events.service.js';
import { type ScimCloudEvent, toCloudEvent } from '../publishers/cloud-event.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import { AdminBody } from './admin-body.pipe.js';
import { AdminCaller } from './admin-caller.js';
import { FeedQueryDto } from './events.dto.js';

export interface EventListing {
  readonly events: readonly ScimCloudEvent[];
  readonly next: string;
  readonly hasMore: boolean;
}

/** What happened, for a program that comes and asks. */
@Controller('events')
export class EventsController {
  constructor(
    @Inject(ScimEventsService) private readonly events: ScimEventsService,
    @Inject(AdminCaller) private readonly caller: AdminCaller,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  @Get()
  async list(@Req() request: unknown, @Query(AdminBody) query: FeedQueryDto): Promise<EventListing> {
    const organizationId = this.caller.organizationOf(request);
    const { after, limit } = query;
    const page = await this.events.feed(organizationId, { after, limit, types: readTypes(query.types) });
    return { ...page, events: page.events.map((event) => toCloudEvent(event, this.options.baseUrl)) };
  }
}

/** @throws BadRequestException for a type that there is not: waiting for it would be in vain. */
function readTypes(text: string | undefined): readonly string[] | undefined {
  const types = text?.split(',');
  const unknown = types?.find((type) => !eventTypes.has(type));
  if (unknown !== undefined) throw new BadRequestException(`There are no events of type ${unknown}.`);
  return types;
}
