import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ExpressAdapter } from '@nestjs/platform-express';

/** Longer than a SCIM request waits for its events. */
const GRACE_MS = 2500;

/**
 * A server that closes waits for the connections it has, and browsers open some in advance on which they ask nothing: those
 * would hold a stop for a minute. What is being answered has a moment to end.
 */
@Injectable()
export class ConnectionCloser implements BeforeApplicationShutdown {
  constructor(private readonly adapterHost: HttpAdapterHost<ExpressAdapter>) {}

  beforeApplicationShutdown(): void {
    const server = this.adapterHost.httpAdapter.getHttpServer();
    setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
  }
}
