import type { IncomingHttpHeaders } from 'node:http';
import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  UnsupportedMediaTypeException,
} from '@nestjs/common';

interface AnyRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Against requests that another site makes an admin's browser send with the host's cookie, whatever else the host does about
 * them: a form can send no JSON, and a script of another site can send it only with the host's leave (CORS). What has no body
 * a script may send everywhere; browsers then say where it came from.
 */
@Injectable()
export class JsonOnlyGuard implements CanActivate {
  /** @throws HttpException 403, 415 */
  canActivate(context: ExecutionContext): boolean {
    const { method, headers } = context.switchToHttp().getRequest<AnyRequest>();
    if (method !== 'POST') return true;
    const type = headers['content-type'];
    if (type === undefined && !hasBody(headers)) {
      if (headers['sec-fetch-site'] === 'cross-site')
        throw new ForbiddenException('This request comes from another site.');
    } else if (!/^application\/json\s*(;|$)/i.test(type ?? '')) {
      throw new UnsupportedMediaTypeException('Send a JSON body with Content-Type: application/json.');
    }
    return true;
  }
}

const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
