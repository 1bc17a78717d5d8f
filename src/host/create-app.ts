import { fileURLToPath } from 'node:url';
import type { LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import cookieParser from 'cookie-parser';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { applyServerTimeouts } from '../scim/index.js';
import { AppModule } from './app.module.js';
import { BodyPipe } from './http/body.pipe.js';
import { HostErrorFilter } from './http/host-error.filter.js';
import { sameOrigin } from './http/same-origin.js';
import type { HostSettings } from './host-settings.js';
import { SCIM_PATH } from './provisioning.module.js';

/** The sources' folder serves both src/host and build/host, which lie equally deep. */
const ASSETS = fileURLToPath(new URL('../../src/host/assets/', import.meta.url));

export interface AppOptions {
  /** Default: all but Nest's start-up lines. */
  readonly logger?: LogLevel[] | false;
}

/**
 * The host, ready for `listen`. Its database must have all migrations.
 * @throws Error without `databaseUrl`: this does not start a server.
 */
export async function createApp(settings: HostSettings, options: AppOptions = {}): Promise<NestExpressApplication> {
  const { databaseUrl, publicUrl } = settings;
  if (databaseUrl === undefined) throw new Error('The settings have no databaseUrl.');
  const module = AppModule.forRoot({ ...settings, databaseUrl });
  const logger = options.logger ?? ['fatal', 'error', 'warn'];
  const app = await NestFactory.create<NestExpressApplication>(module, { logger, abortOnError: false });
  applyServerTimeouts(app.getHttpServer());
  app.disable('x-powered-by');
  if (settings.trustProxy !== undefined) app.set('trust proxy', settings.trustProxy);
  app.use(helmet(securityHeaders(publicUrl)));
  app.use(cookieParser());
  app.use(sameOrigin(publicUrl, `/${SCIM_PATH}`));
  app.useStaticAssets(ASSETS, { prefix: '/assets/', index: false });
  app.use(noStore);
  app.useGlobalPipes(new BodyPipe());
  app.useGlobalFilters(new HostErrorFilter());
  return app;
}

/** Every page and answer but the assets is somebody's own. */
const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

/** No script but our own files; forms go to this site under its public name too. */
function securityHeaders(publicUrl: string): Parameters<typeof helmet>[0] {
  const secure = publicUrl.startsWith('https:');
  return {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        formAction: ["'self'", publicUrl],
        frameAncestors: ["'none'"],
        // Over plain HTTP there is nothing to upgrade to.
        upgradeInsecureRequests: secure ? [] : null,
      },
    },
    strictTransportSecurity: secure,
    // With `no-referrer` browsers send `Origin: null` with a form, which looks like another site's.
    referrerPolicy: { policy: 'same-origin' },
  };
}
