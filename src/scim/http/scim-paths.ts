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
    const prefix = this.isExcluded ? '' : this.application.getGlobalPrefix();
    const parts = `${prefix}/${this.path}`.split('/').filter((part) => part !== '');
    return `/${parts.join('/')}`;
  }

  /** E.g. `https://app.example.com/api/scim/v2`: what an admin copies into the IdP, and what `meta.location` begins with. */
  get baseUrl(): string {
    return this.options.baseUrl.replace(/\/+$/, '') + this.root;
  }

  /** Whether the host takes SCIM out of its global prefix: `setGlobalPrefix('api', { exclude: ['scim/v2/*path'] })`. */
  private get isExcluded(): boolean {
    const { exclude = [] } = this.application.getGlobalPrefixOptions();
    return exclude.some(({ pathRegex }) => pathRegex.test(`/${this.path}/Users`));
  }
}
