import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { traceOf } from '../log/request-trace.js';
import { forbidden, invalidSyntax, paused, unauthorized } from '../protocol/scim-error.js';
import { ScimEntitlements } from '../tokens/scim-entitlements.js';
import type { ScimPrincipal } from '../tokens/scim-token-verifier.js';
import type { ScimEntitlement } from '../scim.options.js';
import type { TokenScope } from '../tokens/token-scopes.js';
import {
  type ResourceScopes,
  SCIM_ACCESS,
  SCIM_CHANGES,
  SCIM_REMOVALS,
  SCIM_SCOPES,
  type ScimAccess,
} from './scim-access.decorators.js';
import { INVALID_TOKEN_CHALLENGE, ScimBearerStrategy } from './scim-bearer.strategy.js';
import { ScimRateLimits } from './scim-rate-limits.js';
import { queryOf, type ScimRequest } from './scim-request.js';

const PRINCIPAL = 'scimPrincipal';

/** Who may do what: token, the organization's budget, its entitlement, the token's scope, and whether it is paused, in this order. */
@Injectable()
export class ScimTokenGuard implements CanActivate {
  private readonly bearer: CanActivate;

  constructor(
    strategy: ScimBearerStrategy,
    private readonly reflector: Reflector,
    private readonly entitlements: ScimEntitlements,
    private readonly limits: ScimRateLimits,
  ) {
    this.bearer = new (bearerGuard(strategy.name))();
  }

  /** @throws ScimError 400, 401, 403, 429; 503 when the host or the database cannot say. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ScimRequest>();
    const access = this.accessOf(context);
    const trace = traceOf(request);
    if (trace) trace.address = request.ip;
    if (hasTokenInQuery(request)) {
      throw invalidSyntax('A token is taken from the Authorization header only; this one is in a URL now: revoke it.');
    }
    if (access === 'discovery' && request.headers.authorization === undefined) return true;
    const principal = await this.authenticate(context, request);
    const { organizationId, tokenId } = principal;
    if (trace) Object.assign(trace, { organizationId, tokenId });
    await this.limits.countRequest(principal.organizationId);
    const entitlement = await this.entitlements.get(principal.organizationId);
    if (!entitlement.allowed) request.scimOnlyRemovals = this.admitRemovals(entitlement, access, context);
    if (!access) throw forbidden('No token is good for this endpoint.');
    const scope = this.scopeOf(access, context);
    if (scope !== undefined && !principal.scopes.has(scope)) throw forbidden(`This token lacks the scope ${scope}.`);
    if (principal.isPaused && this.changes(access, context)) throw paused();
    return true;
  }

  private accessOf(context: ExecutionContext): ScimAccess | undefined {
    return this.reflector.getAllAndOverride<ScimAccess | undefined>(SCIM_ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
  }

  /**
   * Of an organization that may not use SCIM: what reads, and what tells removals from all else.
   * @returns what is not one is refused with.
   * @throws ScimError 403
   */
  private admitRemovals(
    { removals, detail }: ScimEntitlement & { readonly allowed: false },
    access: ScimAccess | undefined,
    context: ExecutionContext,
  ): string {
    const removes = this.reflector.get<boolean>(SCIM_REMOVALS, context.getClass()) === true;
    if (removals !== true || (this.changes(access, context) && !removes)) throw forbidden(detail);
    return detail;
  }

  /** Whether the route can change anything. */
  private changes(access: ScimAccess | undefined, context: ExecutionContext): boolean {
    return access === 'write' || this.reflector.get<boolean>(SCIM_CHANGES, context.getHandler()) === true;
  }

  private scopeOf(access: ScimAccess, context: ExecutionContext): TokenScope | undefined {
    if (access !== 'read' && access !== 'write') return undefined;
    return this.reflector.get<ResourceScopes>(SCIM_SCOPES, context.getClass())[access];
  }

  /**
   * An address that has failed too often is refused by the answer to its next bad token, not before: Entra ID serves many
   * organizations from one address, and only the look-up tells their tokens from its own junk. Junk costs none anyway
   * (`publicIdOf`), and a forged token one look-up in a unique index.
   */
  private async authenticate(context: ExecutionContext, request: ScimRequest): Promise<ScimPrincipal> {
    try {
      if (authorizationsOf(request) > 1) throw unauthorized(INVALID_TOKEN_CHALLENGE);
      await this.bearer.canActivate(context);
    } catch (error) {
      if (isUnauthorized(error)) await this.limits.countFailure(request.ip);
      throw error;
    }
    if (!request.scimPrincipal) throw unauthorized(INVALID_TOKEN_CHALLENGE);
    return request.scimPrincipal;
  }
}

/** In whatever spelling some parser would take it: a token in a URL is in logs already. */
const hasTokenInQuery = (request: ScimRequest): boolean =>
  [...queryOf(request).keys()].some((name) => /^access_token($|\[)/i.test(name.trim()));

/** Node keeps the first of several and drops the others, and a proxy may have looked at another one. */
function authorizationsOf(request: ScimRequest): number {
  const { rawHeaders = [] } = ('raw' in request ? request.raw : request) as Partial<IncomingMessage>;
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization').length;
}

/** Nest's guard for one strategy; its own 401 has no challenge and no SCIM body. */
function bearerGuard(strategyName: string): new () => CanActivate {
  return class extends AuthGuard(strategyName) {
    constructor() {
      super({ property: PRINCIPAL, session: false });
    }

    override handleRequest<User>(error: unknown, user: User | false, challenge: unknown): User {
      if (error) throw error;
      if (!user) throw unauthorized(typeof challenge === 'string' ? challenge : INVALID_TOKEN_CHALLENGE);
      return user;
    }
  };
}

const isUnauthorized = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'status' in error && error.status === 401;
