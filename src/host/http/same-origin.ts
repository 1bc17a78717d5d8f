import type { NextFunction, Request, RequestHandler, Response } from 'express';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Identity providers post here from their own site; what counts there is the signature. */
const FROM_ANYWHERE = /^\/orgs\/[a-z0-9-]+\/sso\/acs$/;
/** The two forms that browsers post without a script. */
const FORMS = [FROM_ANYWHERE, /^\/demo-idp\/[a-z0-9-]+\/login$/];

/**
 * Against requests that another site makes a visitor's browser send: an unsafe method with a foreign Origin is refused (no
 * Origin at all means that no browser is involved), and bodies are JSON, which no form of another site can send.
 * The exceptions are exact paths, so that a path written in an unexpected way falls under the rule, not out of it.
 */
export function sameOrigin(publicUrl: string, scimRoot: string): RequestHandler {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (SAFE_METHODS.has(request.method) || isUnder(scimRoot, request.path)) return next();
    if (!FROM_ANYWHERE.test(request.path) && isForeign(request, publicUrl)) {
      response.status(403).json({ message: `This request comes from another site than ${publicUrl}.` });
    } else if (!FORMS.some((form) => form.test(request.path)) && hasOtherBody(request)) {
      response.status(415).json({ message: 'Send a JSON body with Content-Type: application/json.' });
    } else {
      next();
    }
  };
}

/** SCIM has neither cookies nor forms, and its own words for every error. */
const isUnder = (root: string, path: string): boolean => path === root || path.startsWith(`${root}/`);

/** Scheme, name and port must be those of the configuration: the Host header is the client's word. */
const isForeign = ({ headers: { origin } }: Request, publicUrl: string): boolean =>
  origin !== undefined && origin !== new URL(publicUrl).origin;

/** `is` yields null where there is no body. */
const hasOtherBody = (request: Request): boolean => request.is('application/json') === false && hasBytes(request);

const hasBytes = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
