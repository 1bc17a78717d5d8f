import { Controller, Get, Inject, NotFoundException, Param, Req } from '@nestjs/common';
import type { Checklist } from '../connections/checklist.js';
import type { LinkCheck } from '../connections/judge-links.js';
import { ScimConnectionsService } from '../connections/scim-connections.service.js';
import type { SetupGuide } from '../guides/guide.js';
import { AdminCaller } from './admin-caller.js';
import { type GuideListing, ScimGuides } from './scim-guides.service.js';

/** How an organization gets from nothing to its first sync. */
@Controller()
export class SetupController {
  constructor(
    @Inject(ScimGuides) private readonly guides: ScimGuides,
    @Inject(ScimConnectionsService) private readonly connections: ScimConnectionsService,
    @Inject(AdminCaller) private readonly caller: AdminCaller,
  ) {}

  @Get('guides')
  async listGuides(@Req() request: unknown): Promise<GuideListing> {
    return this.guides.list(this.caller.organizationOf(request));
  }

  @Get('guides/:id')
  getGuide(@Req() request: unknown, @Param('id') id: string): SetupGuide {
    this.caller.organizationOf(request);
    const guide = this.guides.get(id);
    if (!guide) throw new NotFoundException('There is no such guide.');
    return guide;
  }

  @Get('checklist')
  async checklist(@Req() request: unknown): Promise<Checklist> {
    return this.connections.checklist(this.caller.organizationOf(request));
  }

  @Get('link-check')
  async linkCheck(@Req() request: unknown): Promise<LinkCheck> {
    return this.connections.linkCheck(this.caller.organizationOf(request));
  }
}
