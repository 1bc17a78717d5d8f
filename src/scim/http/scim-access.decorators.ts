import { SetMetadata } from '@nestjs/common';
import type { TokenScope } from '../tokens/token-scopes.js';

export const SCIM_ACCESS = Symbol.for('scim:access');
export const SCIM_SCOPES = Symbol.for('scim:scopes');
export const SCIM_CHANGES = Symbol.for('scim:changes');
export const SCIM_REMOVALS = Symbol.for('scim:removals');

/** What a route asks of a token. Every SCIM route states one: without, ScimTokenGuard lets nobody in. */
export type ScimAccess =
  /** The scope that the controller's `RequireScopes` names for it. */
  | 'read'
  | 'write'
  | 'any-token'
  /** Open without a token, so that a client can find out how to get one; a bad token is refused all the same. */
  | 'discovery';

/** The scopes of a resource type. */
export interface ResourceScopes {
  readonly read: TokenScope;
  readonly write: TokenScope;
}

export const RequireScopes = (scopes: ResourceScopes): ClassDecorator => SetMetadata(SCIM_SCOPES, scopes);

const access = (value: ScimAccess): MethodDecorator & ClassDecorator => SetMetadata(SCIM_ACCESS, value);

export const Reads = (): MethodDecorator & ClassDecorator => access('read');
export const Writes = (): MethodDecorator & ClassDecorator => access('write');
export const AnyToken = (): MethodDecorator & ClassDecorator => access('any-token');
export const Discovery = (): MethodDecorator & ClassDecorator => access('discovery');

/** For a route whose access is not `write` and which changes something all the same: closed while the connection is paused. */
export const Changes = (): MethodDecorator => SetMetadata(SCIM_CHANGES, true);

/**
 * For a controller that does nothing but removals where its `ScimRequest` says so (`scimOnlyRemovals`): open for that where the
 * host lets an organization which may not use SCIM take people out all the same.
 */
export const Removes = (): ClassDecorator => SetMetadata(SCIM_REMOVALS, true);
