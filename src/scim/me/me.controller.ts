import { Controller, Delete, Get, Inject, Patch, Put, Req, Res } from '@nestjs/common';
import { Reads, Removes, RequireScopes, Writes } from '../http/scim-access.decorators.js';
import { principalOf, type ScimRequest } from '../http/scim-request.js';
import { ScimResponder } from '../http/scim-responder.js';
import { ScimError, standsForNobody, unavailable } from '../protocol/scim-error.js';
import { ResourceController } from '../resources/resource-controller.js';
import { SCIM_OPTIONS, type ScimModuleExtras, type ScimModuleOptions } from '../scim.options.js';
import { UsersEndpoint, usersRoutes } from '../users/users.endpoint.js';

export const SCIM_ME = Symbol.for('scim:me');

/** What a host's `me` option is. */
type Me = NonNullable<ScimModuleExtras['me']>;

/** RFC 7644 §3.11 for hosts whose tokens stand for users: an alias of `/Users/{id}`, which `Location` still names. */
@Controller('Me')
@RequireScopes(usersRoutes.scopes)
@Removes()
export class MeController {
  private readonly users: UserById;

  constructor(
    @Inject(SCIM_ME) private readonly me: Me,
    @Inject(UsersEndpoint) users: UsersEndpoint,
    @Inject(ScimResponder) responder: ScimResponder,
    @Inject(SCIM_OPTIONS) options: ScimModuleOptions,
  ) {
    this.users = new UserById(users, responder, options);
  }

  @Get()
  @Reads()
  async get(@Req() request: ScimRequest, @Res() response: unknown): Promise<void> {
    await this.users.get(request, response, await this.idOf(request));
  }

  @Put()
  @Writes()
  async replace(@Req() request: ScimRequest, @Res() response: unknown): Promise<void> {
    await this.users.replace(request, response, await this.idOf(request));
  }

  @Patch()
  @Writes()
  async patch(@Req() request: ScimRequest, @Res() response: unknown): Promise<void> {
    await this.users.patch(request, response, await this.idOf(request));
  }

  @Delete()
  @Writes()
  async delete(@Req() request: ScimRequest, @Res() response: unknown): Promise<void> {
    await this.users.delete(request, response, await this.idOf(request));
  }

  /** @throws ScimError 501; 503 where the host cannot say. */
  private async idOf(request: ScimRequest): Promise<string> {
    const id = await this.ask(request);
    if (id === undefined) throw standsForNobody();
    return id;
  }

  private async ask(request: ScimRequest): Promise<string | undefined> {
    const { organizationId, tokenId } = principalOf(request);
    try {
      return await this.me({ organizationId, tokenId });
    } catch (error) {
      throw error instanceof ScimError
        ? error
        : unavailable('Whose token this is cannot be checked; try again later.', error);
    }
  }
}

class UserById extends ResourceController {}
