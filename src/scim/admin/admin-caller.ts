import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import type { ScimAdminOptions } from '../scim.options.js';

export const SCIM_ADMIN = Symbol.for('scim:admin');

/** Who asks the admin API, as the host says after its guards. */
@Injectable()
export class AdminCaller {
  constructor(@Inject(SCIM_ADMIN) private readonly options: ScimAdminOptions) {}

  /** Without an answer of the host nothing is served. @throws NotFoundException */
  organizationOf(request: unknown): string {
    const organizationId = this.options.organizationOf(request);
    if (!organizationId) throw new NotFoundException();
    return organizationId;
  }

  /** Account id of the admin. */
  actorOf(request: unknown): string | undefined {
    return this.options.actorOf?.(request);
  }
}
