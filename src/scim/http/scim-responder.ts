import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { traceOf } from '../log/request-trace.js';
import type { JsonObject } from '../protocol/resource.js';
import type { ScimRequest } from './scim-request.js';

export interface ScimResponse {
  readonly status: number;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

interface FastifyReply {
  readonly sent: boolean;
  code(status: number): FastifyReply;
  headers(values: Readonly<Record<string, string>>): FastifyReply;
  send(payload?: string): unknown;
}

/** Answers past the host's interceptors and serializers, so that a response is what the RFC says. */
@Injectable()
export class ScimResponder {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /** `response` is the adapter's own. */
  send(request: ScimRequest, response: unknown, { status, body, headers = {} }: ScimResponse): void {
    const trace = traceOf(request);
    if (trace) trace.location = headers['Location'];
    const text = body === undefined ? undefined : JSON.stringify(body);
    const type = body === undefined ? {} : { 'Content-Type': mediaType(request.headers.accept) };
    // Personal data: no cache keeps it.
    const all = { ...type, 'Cache-Control': 'no-store', ...headers };
    if (this.isFastify) {
      (response as FastifyReply).code(status).headers(all).send(text);
      return;
    }
    const message = response as ServerResponse;
    message.statusCode = status;
    for (const [name, value] of Object.entries(all)) message.setHeader(name, value);
    message.end(text);
  }

  isAnswered(response: unknown): boolean {
    return this.isFastify ? (response as FastifyReply).sent : (response as ServerResponse).headersSent;
  }

  private get isFastify(): boolean {
    return this.adapterHost.httpAdapter.getType() === 'fastify';
  }
}

/** RFC 7644 §3.8: `application/scim+json` unless the client lists only `application/json`; never a 406. */
function mediaType(accept: string | undefined): string {
  const types = (accept ?? '').toLowerCase();
  const plain = types.includes('application/json') && !types.includes('application/scim+json');
  return `${plain ? 'application/json' : 'application/scim+json'}; charset=utf-8`;
}

/** RFC 7644 §3.3 and §3.14: what an answer with one resource says of it in its headers. */
export function headersOf(resource: JsonObject): { Location: string; ETag: string } {
  const { location, version } = resource['meta'] as { location: string; version: string };
  return { Location: location, ETag: version };
}
