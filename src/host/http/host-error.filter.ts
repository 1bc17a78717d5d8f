import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, HttpStatus, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ScimError } from '../../scim/index.js';
import { isDatabaseDown } from './database-down.js';
import { html } from './html.js';
import { page } from './page.js';

/** The host's errors: `{ message }` under /api, a page elsewhere. The module answers its own requests itself. */
@Catch()
export class HostErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(HostErrorFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const { status, message, retryAfterSeconds } = describe(error);
    if (status >= HttpStatus.INTERNAL_SERVER_ERROR) this.logger.error(`${request.method} ${request.path}`, error);
    if (response.headersSent) return void response.end();
    response.status(status).set('Cache-Control', 'no-store');
    if (retryAfterSeconds !== undefined) response.set('Retry-After', String(retryAfterSeconds));
    if (request.path.toLowerCase().startsWith('/api')) {
      response.json({ message });
    } else {
      const body = html`<h1>${message}</h1>
        <p><a href="/">Back to the start</a></p>`;
      response.type('html').send(page({ title: `Error ${status}`, body }));
    }
  }
}

interface Description {
  readonly status: number;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

function describe(error: unknown): Description {
  if (error instanceof HttpException) return describeException(error);
  if (error instanceof ScimError) return { status: error.status, message: error.message };
  // Body parsers throw errors of http-errors, which mark what a client may read with `expose`.
  if (error instanceof Error && 'expose' in error && error.expose === true && 'status' in error) {
    if (typeof error.status === 'number') return { status: error.status, message: error.message };
  }
  if (isDatabaseDown(error)) {
    return { status: HttpStatus.SERVICE_UNAVAILABLE, message: 'The database is not available. Try again later.' };
  }
  return { status: HttpStatus.INTERNAL_SERVER_ERROR, message: 'Something went wrong here. Try again later.' };
}

/** A validation pipe puts a list where others put a text. */
function describeException(error: HttpException): Description {
  const body = error.getResponse();
  const message: unknown = typeof body === 'object' && 'message' in body ? body.message : body;
  const seconds: unknown = typeof body === 'object' && 'retryAfterSeconds' in body ? body.retryAfterSeconds : undefined;
  return {
    status: error.getStatus(),
    message: Array.isArray(message) ? message.join('; ') : String(message),
    ...(typeof seconds === 'number' ? { retryAfterSeconds: seconds } : {}),
  };
}
