import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Injectable, Logger } from '@nestjs/common';
import { hideTokens } from '../log/secrets.js';
import { traceOf } from '../log/request-trace.js';
import { internalError, ScimError } from '../protocol/scim-error.js';
import { requestIdOf, type ScimRequest } from './scim-request.js';
import { ScimResponder } from './scim-responder.js';

/** Every failure under the SCIM path becomes a SCIM error, whoever raised it. */
@Catch()
@Injectable()
export class ScimExceptionFilter implements ExceptionFilter {
  private readonly logger = new Logger('ScimModule');

  constructor(private readonly responder: ScimResponder) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<ScimRequest>();
    const response = http.getResponse<unknown>();
    if (this.responder.isAnswered(response)) {
      // An interceptor that times or wraps responses comes too late for ours; a second answer would break the connection.
      this.logger.warn(`Ignored, because the answer was sent already: ${String(exception)}`);
      return;
    }
    const error = this.toScimError(exception, request);
    const trace = traceOf(request);
    if (trace) trace.error = error;
    this.responder.send(request, response, { status: error.status, body: error.toBody(), headers: error.headers });
  }

  /** What the client is told; what it is not told goes to the log. */
  toScimError(exception: unknown, request: ScimRequest): ScimError {
    if (exception instanceof ScimError) {
      if (exception.status >= 500 && exception.options.isExpected !== true)
        this.log(exception.message, exception.options.cause ?? exception, request);
      return withoutTokens(exception);
    }
    // What a guard, an interceptor or a pipe of the host threw.
    if (exception instanceof HttpException && exception.getStatus() < 500) {
      return withoutTokens(new ScimError(exception.getStatus(), undefined, exception.message));
    }
    const requestId = requestIdOf(request);
    this.log(`request ${requestId}`, exception, request);
    return internalError(requestId, exception);
  }

  /** The path without its query: filters hold personal data. */
  private log(what: string, cause: unknown, { method, url, scimPrincipal }: ScimRequest): void {
    const who = scimPrincipal ? ` (organization ${scimPrincipal.organizationId}, token ${scimPrincipal.tokenId})` : '';
    const stack = cause instanceof Error ? cause.stack : String(cause);
    this.logger.error(hideTokens(`${method} ${url.split('?')[0]}${who}: ${what}`), stack && hideTokens(stack));
  }
}

/** A message quotes what was sent, and somebody may have sent a token where a name belongs: proxies keep error bodies, too. */
export function withoutTokens(error: ScimError): ScimError {
  const { status, scimType, message, options } = error;
  const text = hideTokens(message);
  return text === message ? error : new ScimError(status, scimType, text, options);
}
