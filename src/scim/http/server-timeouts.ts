/** How long a client may take over its request, in milliseconds. */
export interface ServerTimeouts {
  /** For the headers, from the connection on, or from the first byte of a later request. Default 10,000; Node's is 60,000. */
  readonly headersTimeoutMs?: number;
  /** For the whole request. A body of 16 MiB, the most that SCIM takes, needs 4.5 Mbit/s then. Default 30,000; Node's is 300,000. */
  readonly requestTimeoutMs?: number;
}

/** What is set of Node's HTTP and HTTPS servers. */
export interface TimedServer {
  readonly listening: boolean;
  headersTimeout: number;
  requestTimeout: number;
}

/** Times that Node looks for late clients within the time for headers: they are ended after at most half of it more. */
const CHECKS = 2;

/**
 * Ends connections on which a client says nothing, or next to nothing: a thousand of them cost an attacker little, and a
 * server its sockets. For the host to call between creating the application and `listen`, with `app.getHttpServer()`; it
 * holds for all that the server serves. Late clients are answered 408. Connections that wait for a next request are left to Node's
 * `keepAliveTimeout`, whose value is that of the proxy in front.
 * @throws Error when the server listens already: how often it looks for late clients, each 30 s by default, is fixed then. Also
 * for times that are not positive, or longer for the headers than for the whole request.
 */
export function applyServerTimeouts(
  server: TimedServer,
  { headersTimeoutMs = 10_000, requestTimeoutMs = 30_000 }: ServerTimeouts = {},
): void {
  if (server.listening) throw new Error('Call applyServerTimeouts before the server listens.');
  if (!(headersTimeoutMs > 0 && requestTimeoutMs >= headersTimeoutMs)) {
    throw new Error('headersTimeoutMs is more than 0 and at most requestTimeoutMs.');
  }
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  // Node documents it as an option of createServer alone, which Nest calls; the server reads its property when it begins to listen.
  Object.assign(server, { connectionsCheckingInterval: Math.ceil(headersTimeoutMs / CHECKS) });
}
