import pg from 'pg';

/**
 * A connection that is given up when a statement took longer than its `query_timeout`. That is a timer of this side, so a
 * server that is frozen, or behind a network that swallows packets, cannot hold it back. pg itself rejects the statement
 * and keeps the connection: in a pool, the next to get it would wait behind the same statement, or find itself in the
 * transaction that was not rolled back.
 */
export class BoundedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const send = this.query.bind(this) as (...parameters: unknown[]) => unknown;
    // As a property: no override has all of the overloads, and the result is passed on as it is.
    Object.defineProperty(this, 'query', {
      value: (...parameters: unknown[]): unknown => {
        const sent = send(...parameters);
        if (sent instanceof Promise) sent.catch((error: unknown) => this.giveUp(error));
        return sent;
      },
    });
  }

  /** Before whoever sent the statement learns of it. With a statement under way this closes the socket at once. */
  private giveUp(error: unknown): void {
    if (error instanceof Error && error.message === 'Query read timeout') void this.end();
  }
}
