import type { IncomingMessage, Server } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { claimUrl } from './claim-url.js';
import { ScimPaths } from './scim-paths.js';
import { ScimRoutes } from './scim-routes.js';

/** A media type that no body parser knows. */
const CLAIMED_TYPE = 'application/x-scim-claimed';
const ORIGINAL_TYPE = Symbol('scim:content-type');

interface ClaimedMessage extends IncomingMessage {
  [ORIGINAL_TYPE]?: string | undefined;
}

/** Methods that both adapters route and read bodies of as they should. */
const ROUTED: ReadonlySet<string | undefined> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
]);

/** The Content-Type the client sent. */
export const contentTypeOf = (message: IncomingMessage): string | undefined =>
  ORIGINAL_TYPE in message ? (message as ClaimedMessage)[ORIGINAL_TYPE] : message.headers['content-type'];

interface FastifyLike {
  hasContentTypeParser(type: string): boolean;
  addContentTypeParser(
    type: string,
    parser: (request: unknown, body: unknown, done: (e: null, b: unknown) => void) => void,
  ): void;
}

/**
 * Takes requests under the SCIM path before the host's router and body parsers see them: their URL is put in order, and
 * their body is hidden from parsers that would refuse it in their own words, or read it before the token was checked.
 * The same few lines serve Express and Fastify, whatever the host configured.
 */
@Injectable()
export class ScimRequestClaim implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly paths: ScimPaths,
    private readonly routes: ScimRoutes,
  ) {}

  onModuleInit(): void {
    const { httpAdapter } = this.adapterHost;
    const server = httpAdapter.getHttpServer() as Server;
    server.prependListener('request', (message: ClaimedMessage) => this.claim(message));
    if (httpAdapter.getType() === 'fastify') this.passBodiesThrough(httpAdapter.getInstance<FastifyLike>());
  }

  private claim(message: ClaimedMessage): void {
    const url = claimUrl(message.url ?? '/', this.paths.root, this.routes.endpoints);
    if (url === undefined) return;
    message.url = url;
    // No endpoint has these, and Fastify would refuse them in its own words; nor has any TRACE, which it routes.
    if (!ROUTED.has(message.method)) message.method = 'TRACE';
    message[ORIGINAL_TYPE] = message.headers['content-type'];
    const hasBody = message.headers['transfer-encoding'] !== undefined || Number(message.headers['content-length']) > 0;
    if (hasBody) message.headers['content-type'] = CLAIMED_TYPE;
    else delete message.headers['content-type'];
  }

  /** Fastify answers 415 for a type without a parser; this one hands the unread stream on. `app.inject` sends the plain type. */
  private passBodiesThrough(fastify: FastifyLike): void {
    for (const type of [CLAIMED_TYPE, 'application/scim+json']) {
      if (!fastify.hasContentTypeParser(type)) {
        fastify.addContentTypeParser(type, (_request, body, done) => done(null, body));
      }
    }
  }
}
