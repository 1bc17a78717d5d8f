import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, Reflector } from '@nestjs/core';
import type { TokenScope } from '../tokens/token-scopes.js';
import { type ResourceScopes, SCIM_ACCESS, SCIM_SCOPES, type ScimAccess } from './scim-access.decorators.js';

/** A route as its controller's decorators say it. */
export interface ControllerRoute {
  readonly controller: Type;
  /** Name of the method that answers it. */
  readonly handler: string;
  /** `GET` …; `ALL` for every method. */
  readonly method: string;
  /** Of the path, with `:name` for parameters: `['Users', ':id']`. */
  readonly segments: readonly string[];
  /** What it asks of a token; undefined outside SCIM. */
  readonly access: ScimAccess | undefined;
  /** The scope that reading or writing needs. */
  readonly scope: TokenScope | undefined;
}

export function routesOf(controller: Type): readonly ControllerRoute[] {
  const base = String(Reflect.getMetadata(PATH_METADATA, controller));
  const scopes = new Reflector().get<ResourceScopes | undefined>(SCIM_SCOPES, controller);
  const prototype = controller.prototype as Readonly<Record<string, unknown>>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler)) return [];
    const method = RequestMethod[Number(Reflect.getMetadata(METHOD_METADATA, handler))] ?? 'ALL';
    const access = new Reflector().getAllAndOverride<ScimAccess | undefined>(SCIM_ACCESS, [handler, controller]);
    const paths = [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat();
    return paths.map((path) => ({
      controller,
      handler: name,
      method,
      segments: [...split(base), ...split(path)],
      access,
      scope: access === 'read' || access === 'write' ? scopes?.[access] : undefined,
    }));
  });
}

export const split = (path: string): string[] => path.split('/').filter((segment) => segment !== '');
