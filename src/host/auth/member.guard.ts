import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  NotFoundException,
  UnauthorizedException,
} from '@nestjs/common';
import type { Request } from 'express';
import { type Actor, setActor } from './actor.js';
import { ActorsService } from './actors.service.js';

/** Lets in an active member of the organization in the path (of any organization, where the path names none). */
@Injectable()
export class MemberGuard implements CanActivate {
  constructor(private readonly actors: ActorsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.letIn(context.switchToHttp().getRequest<Request>());
    return true;
  }

  /** Another organization's name is answered like one that does not exist. */
  protected async letIn(request: Request): Promise<Actor> {
    const actor = await this.actors.find(request);
    if (!actor) throw new UnauthorizedException('Sign in first.');
    const { slug } = request.params;
    if (slug !== undefined && slug !== actor.organizationSlug)
      throw new NotFoundException('There is no such organization.');
    setActor(request, actor);
    return actor;
  }
}
