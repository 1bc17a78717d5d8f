import { randomUUID } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable, Module } from '@nestjs/common';
import { type ModuleHost, type ModuleHostSettings, startModuleHost } from '../../support/module-host.js';
import { type ScimAnswer, ScimClient } from '../../support/scim-client.js';

export const PATH = '/api/organizations';

/** The host's own guard: owners have a header. */
@Injectable()
class OwnersOnly implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest().headers['x-owner'] !== undefined;
  }
}

@Module({ providers: [OwnersOnly], exports: [OwnersOnly] })
class OwnersModule {}

interface AdminRequest {
  readonly params: { readonly slug: string };
  readonly headers: Readonly<Record<string, string>>;
}

/** An admin API whose organizations are named by the path. */
export const adminExtras = {
  imports: [OwnersModule],
  admin: {
    path: 'api/organizations/:slug/scim',
    guards: [OwnersOnly],
    organizationOf: (request: unknown) => {
      const { slug } = (request as AdminRequest).params;
      return slug === 'unknown' ? undefined : slug;
    },
    actorOf: (request: unknown) => (request as AdminRequest).headers['x-owner'],
  },
};

/** A module host with an admin API whose organizations are named by the path. */
export const startAdminHost = (settings: ModuleHostSettings = {}): Promise<ModuleHost> =>
  startModuleHost({ ...settings, extras: adminExtras, options: { deliverEvents: false, ...settings.options } });

/** The settings page of one organization, in an owner's hands. */
export interface Settings {
  readonly slug: string;
  readonly send: (method: string, path: string, body?: unknown) => Promise<ScimAnswer>;
}

/** Of a new organization, or of the one named; without an owner, in a stranger's hands. */
export function settingsOf(host: ModuleHost, slug: string = randomUUID(), owner = 'account-1'): Settings {
  const client = new ScimClient(host.url, '', slug, `${PATH}/${slug}/scim`);
  const headers = { authorization: '', 'x-owner': owner, 'content-type': 'application/json' };
  return {
    slug,
    send: (method, path, body) =>
      client.send(method, path, body, body === undefined ? { ...headers, 'content-type': '' } : headers),
  };
}
