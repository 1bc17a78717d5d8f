import { RequestMethod, type Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';

/** The SCIM endpoints that exist, read from the controllers, for 405 answers and for the spelling of their names. */
export class ScimRoutes {
  private readonly routes: readonly { readonly segments: readonly string[]; readonly method: string }[];

  constructor(controllers: readonly Type[]) {
    this.routes = controllers.flatMap(routesOf);
  }

  /** `Users`, `Schemas` … */
  get endpoints(): readonly string[] {
    return [...new Set(this.routes.flatMap(({ segments }) => segments.slice(0, 1)))];
  }

  /** What `path` (below the SCIM root) allows; none: it does not exist. */
  methodsOf(path: string): readonly string[] {
    const segments = split(path);
    const matching = this.routes.filter(
      (route) =>
        route.segments.length === segments.length &&
        route.segments.every((segment, index) => segment.startsWith(':') || segment === segments[index]),
    );
    return [...new Set(matching.map(({ method }) => method))];
  }
}

function routesOf(controller: Type): { segments: readonly string[]; method: string }[] {
  const base = String(Reflect.getMetadata(PATH_METADATA, controller));
  const prototype = controller.prototype as Readonly<Record<string, unknown>>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler)) return [];
    const method = RequestMethod[Number(Reflect.getMetadata(METHOD_METADATA, handler))] ?? 'ALL';
    const paths = [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat();
    return paths.map((path) => ({ segments: [...split(base), ...split(path)], method }));
  });
}

const split = (path: string): string[] => path.split('/').filter((segment) => segment !== '');
