import { type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { MemberGuard } from './member.guard.js';

/** Lets in an owner who is signed in; an API key administers nothing, because keys get lost more easily than sessions. */
@Injectable()
export class OwnerGuard extends MemberGuard {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const actor = await this.letIn(context.switchToHttp().getRequest<Request>());
    if (actor.role !== 'owner') throw new ForbiddenException('Only an owner of the organization can do this.');
    if (actor.via !== 'session') throw new ForbiddenException('This needs a signed-in owner, not an API key.');
    return true;
  }
}
