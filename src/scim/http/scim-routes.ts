import type { Type } from '@nestjs/common';
import { type ControllerRoute, routesOf, split } from './controller-routes.js';

/** The SCIM endpoints that exist, read from the controllers, for 405 answers and for the spelling of their names. */
export class ScimRoutes {
  readonly all: readonly ControllerRoute[];
  /** `Users`, `Schemas` … */
  readonly endpoints: readonly string[];

  constructor(controllers: readonly Type[]) {
    this.all = controllers.flatMap(routesOf);
    this.endpoints = [...new Set(this.all.flatMap(({ segments }) => segments.slice(0, 1)))];
  }

  /** What `path` (below the SCIM root) allows; none: it does not exist. */
  methodsOf(path: string): readonly string[] {
    const segments = split(path);
    const matching = this.all.filter(
      (route) =>
        route.segments.length === segments.length &&
        route.segments.every((segment, index) => segment.startsWith(':') || segment === segments[index]),
    );
    return [...new Set(matching.map(({ method }) => method))];
  }
}
