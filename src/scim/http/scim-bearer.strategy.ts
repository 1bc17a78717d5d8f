import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import passport from 'passport';
import bearer from 'passport-http-bearer';
import { traceOf } from '../log/request-trace.js';
import { ScimTokenVerifier } from '../tokens/scim-token-verifier.js';
import { readBearerToken } from './read-bearer-token.js';
import type { ScimRequest } from './scim-request.js';

/** RFC 6750 §3: told to every client without a good token, in the same words. */
const CHALLENGE = 'Bearer realm="SCIM"';
export const INVALID_TOKEN_CHALLENGE = `${CHALLENGE}, error="invalid_token"`;

type Done = (error: unknown, principal?: unknown) => void;

/**
 * The strategy behind ScimTokenGuard. Its name is its own, because passport is one object for all applications of a
 * process.
 */
@Injectable()
export class ScimBearerStrategy implements OnApplicationShutdown {
  readonly name = `scim-bearer-${randomUUID()}`;

  constructor(@Inject(ScimTokenVerifier) verifier: ScimTokenVerifier) {
    const strategy = new HeaderOnlyStrategy({ realm: 'SCIM', passReqToCallback: true }, ((
      sent: SentToken,
      token: string,
      done: Done,
    ) => {
      const { ip: address, headers } = sent.request;
      const userAgent = headers['user-agent'];
      const origin = {
        ...(address === undefined ? {} : { address }),
        ...(userAgent === undefined ? {} : { userAgent }),
      };
      const trace = traceOf(sent.request);
      const verified = verifier.verify(token, origin, (refused) => trace && Object.assign(trace, refused));
      verified.then(
        (principal) => done(null, principal ?? false),
        (error: unknown) => done(error),
      );
    }) as never);
    passport.use(this.name, strategy);
  }

  /** Not before: Nest closes the server after the hooks for the end of modules, and a request in between needs it. */
  onApplicationShutdown(): void {
    passport.unuse(this.name);
  }
}

/** All that passport-http-bearer is shown of a request: left alone, it also takes tokens from the query and the body. */
interface SentToken {
  readonly headers: { readonly authorization: string };
  readonly request: ScimRequest;
}

class HeaderOnlyStrategy extends bearer.Strategy<never> {
  override authenticate(request: unknown): void {
    const { authorization } = (request as ScimRequest).headers;
    const token = readBearerToken(authorization);
    if (token === undefined) {
      // passport adds `fail` to the copy of a strategy that serves a request.
      const self = this as unknown as { fail(challenge: string): void };
      self.fail(authorization === undefined ? CHALLENGE : INVALID_TOKEN_CHALLENGE);
      return;
    }
    const sent: SentToken = { headers: { authorization: `Bearer ${token}` }, request: request as ScimRequest };
    super.authenticate(sent as never);
  }
}
