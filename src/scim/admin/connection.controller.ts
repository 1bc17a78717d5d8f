import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ScimConnectionsService } from '../connections/scim-connections.service.js';
import { AdminCaller } from './admin-caller.js';

/** Whether the identity provider may change anything. */
@Controller()
export class ConnectionController {
  constructor(
    @Inject(ScimConnectionsService) private readonly connections: ScimConnectionsService,
    @Inject(AdminCaller) private readonly caller: AdminCaller,
  ) {}

  @Post('pause')
  @HttpCode(204)
  async pause(@Req() request: unknown): Promise<void> {
    await this.connections.pause(this.caller.organizationOf(request), this.caller.actorOf(request));
  }

  @Post('resume')
  @HttpCode(204)
  async resume(@Req() request: unknown): Promise<void> {
    await this.connections.resume(this.caller.organizationOf(request), this.caller.actorOf(request));
  }
}
