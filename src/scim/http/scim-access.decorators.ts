import { SetMetadata } from '@nestjs/common';
import type { TokenScope } from '../tokens/token-scopes.js';

export const SCIM_ACCESS = Symbol.for('scim:access');

/** What a route asks of a token. Every SCIM route states one: without, ScimTokenGuard lets nobody in. */
export type ScimAccess =
  | { readonly type: 'scope'; readonly scope: TokenScope }
  | { readonly type: 'any-token' }
  /** Discovery: open without a token, so that a client can find out how to get one; a bad token is refused all the same. */
  | { readonly type: 'discovery' };

export const RequireScope = (scope: TokenScope): MethodDecorator & ClassDecorator =>
  SetMetadata(SCIM_ACCESS, { type: 'scope', scope } satisfies ScimAccess);

export const AnyToken = (): MethodDecorator & ClassDecorator =>
  SetMetadata(SCIM_ACCESS, { type: 'any-token' } satisfies ScimAccess);

export const Discovery = (): MethodDecorator & ClassDecorator =>
  SetMetadata(SCIM_ACCESS, { type: 'discovery' } satisfies ScimAccess);
