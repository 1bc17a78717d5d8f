import { Inject, Injectable } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';

export const SCIM_PATH = Symbol.for('scim:path');

/** Where the SCIM endpoints are, below the host's global prefix, which is set after the module was made. */
@Injectable()
export class ScimPaths {
  constructor(
    private readonly application: ApplicationConfig,
    @Inject(SCIM_PATH) private readonly path: string,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  /** E.g. `/api/scim/v2`. */
  get root(): string {
    return this.locate(this.path, `/${this.path}/Users`);
  }

  /** E.g. `https://app.example.com/api/scim/v2`: what an admin copies into the IdP, and what `meta.location` begins with. */
  get baseUrl(): string {
    return this.serverUrl + this.root;
  }

  /** E.g. `https://app.example.com`: what stands before every path. */
  get serverUrl(): string {
    return this.options.baseUrl.replace(/\/+$/, '');
  }

  /**
   * Where the host serves a path: below its global prefix, unless it is taken out of that, as by
   * `setGlobalPrefix('api', { exclude: ['scim/v2/*path'] })`.
   * @param route a route of it, as the exclusion is matched against.
   */
  locate(path: string, route = `/${path}`): string {
    const { exclude = [] } = this.application.getGlobalPrefixOptions();
    const isExcluded = exclude.some(({ pathRegex }) => pathRegex.test(route));
    const prefix = isExcluded ? '' : this.application.getGlobalPrefix();
    const parts = `${prefix}/${path}`.split('/').filter((part) => part !== '');
    return `/${parts.join('/')}`;
  }
}
