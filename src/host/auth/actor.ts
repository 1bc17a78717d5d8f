import { createParamDecorator, UnauthorizedException, type ExecutionContext } from '@nestjs/common';
import type { Role } from '../organizations/membership.entity.js';

/** Who makes a request, in the one organization that the session or API key is for. */
export interface Actor {
  readonly accountId: string;
  readonly email: string | null;
  readonly displayName: string;
  readonly organizationId: string;
  readonly organizationSlug: string;
  readonly organizationName: string;
  readonly role: Role;
  readonly via: 'session' | 'api-key';
}

const actors = new WeakMap<object, Actor>();

/** What a guard found out about a request. */
export const setActor = (request: object, actor: Actor): void => void actors.set(request, actor);

/** Undefined where no guard let anybody in. */
export const actorOf = (request: unknown): Actor | undefined =>
  typeof request === 'object' && request !== null ? actors.get(request) : undefined;

/** A controller's parameter: the actor that the guard let in. */
export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  const actor = actorOf(context.switchToHttp().getRequest<unknown>());
  if (!actor) throw new UnauthorizedException('Sign in first.');
  return actor;
});
