import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';
import { ScimLog } from '../log/scim-log.js';
import { claimUrl } from './claim-url.js';
import { ScimPaths } from './scim-paths.js';
import { ScimRoutes } from './scim-routes.js';

const BODY = Symbol('scim:body');

/** What a request says about its body, as the client sent it. */
export interface BodyHeaders {
  readonly type: string | undefined;
  /** Bytes, if they were announced. */
  readonly length: number | undefined;
}

interface ClaimedMessage extends IncomingMessage {
  [BODY]?: BodyHeaders;
}

/** Also for a request that came past the server, as those of Fastify's `inject` do. */
export const bodyHeadersOf = (message: IncomingMessage): BodyHeaders =>
  (message as ClaimedMessage)[BODY] ?? toBodyHeaders(message);

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

interface FastifyLike {
  hasContentTypeParser(type: string): boolean;
  addContentTypeParser(
    type: string,
    parser: (request: unknown, body: unknown, done: (e: null, b: unknown) => void) => void,
  ): void;
}

/**
 * Takes requests under the SCIM path before the host's router and body parsers see them: their URL is put in order, and
 * their body is hidden from parsers that would refuse it in their own words, or read it before the token was checked:
 * without the headers that speak of a body, they see none. The same few lines serve Express and Fastify, whatever the
 * host configured.
 */
@Injectable()
export class ScimRequestClaim implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly paths: ScimPaths,
    private readonly routes: ScimRoutes,
    private readonly log: ScimLog,
  ) {}

  onModuleInit(): void {
    // Nest types the host of an application; one without a server (`createApplicationContext`) has no adapter.
    const { httpAdapter }: { httpAdapter: AbstractHttpAdapter | null } = this.adapterHost;
    if (!httpAdapter) return;
    const server = httpAdapter.getHttpServer() as Server;
    server.prependListener('request', (message: ClaimedMessage, response: ServerResponse) =>
      this.claim(message, response),
    );
    if (httpAdapter.getType() === 'fastify') this.passBodiesThrough(httpAdapter.getInstance<FastifyLike>());
  }

  private claim(message: ClaimedMessage, response: ServerResponse): void {
    const { root } = this.paths;
    const url = claimUrl(message.url ?? '/', root, this.routes.endpoints);
    if (url === undefined) return;
    message.url = url;
    this.log.begin(message, response, url.slice(root.length));
    // No endpoint has these, and Fastify would refuse them in its own words; nor has any TRACE, which it routes.
    if (!ROUTED.has(message.method)) message.method = 'TRACE';
    message[BODY] = toBodyHeaders(message);
    for (const name of ['content-type', 'content-length', 'transfer-encoding']) delete message.headers[name];
  }

  /** Fastify answers 415 for a type without a parser, if it sees one, as with `inject`; this one hands the stream on. */
  private passBodiesThrough(fastify: FastifyLike): void {
    const type = 'application/scim+json';
    if (fastify.hasContentTypeParser(type)) return;
    fastify.addContentTypeParser(type, (_request, body, done) => done(null, body));
  }
}

function toBodyHeaders({ headers }: IncomingMessage): BodyHeaders {
  const length = headers['content-length'];
  return { type: headers['content-type'], length: length === undefined ? undefined : Number(length) };
}
