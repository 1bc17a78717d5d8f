import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { limitsOf, SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';
import {
  databaseDown,
  isDeadlock,
  isDown,
  isQueryTimeout,
  LOST,
  NO_CONNECTION,
  translateDatabaseError,
} from './database-errors.js';
import { within } from './within.js';

export const SCIM_DATA_SOURCE = Symbol.for('scim:data-source');

/** SQL with `$1 …` parameters. Only texts that never vary have a `name`: PostgreSQL plans those once a connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
}

/** As pg takes it; TypeORM's own `query` can neither name a statement nor bound it. */
interface QueryConfig {
  name?: string;
  text: string;
  values: unknown[];
  query_timeout: number;
}

interface Connection {
  query(config: QueryConfig): Promise<{ rows: unknown[] }>;
}

interface PooledConnection extends Connection {
  /** With an error it is destroyed. */
  release(error?: Error): void;
  on(event: 'error', listener: () => void): void;
  removeListener(event: 'error', listener: () => void): void;
}

interface Pool {
  connect(): Promise<PooledConnection>;
}

/**
 * The module's statements, on the pool of the host's DataSource or inside a transaction of its EntityManager.
 *
 * A server that answers nothing (frozen, or behind a network that swallows packets) holds nobody for longer than
 * `limits.statementTimeoutMs`, which bounds the wait for a connection and the statement together, and its connections are
 * destroyed, not given back. Statements that a host sends through a `manager` of its own accord are not bounded here.
 */
@Injectable()
export class ScimDatabase {
  private readonly timeoutMs: number;

  constructor(
    @Inject(SCIM_DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {
    this.timeoutMs = limitsOf(options).statementTimeoutMs;
  }

  /**
   * Runs one statement. `Row` is what its select list yields: the caller's statement and type stand side by side.
   * @throws ScimError 503 when the database cannot be reached or gave up; Error for a manager without a transaction.
   */
  async run<Row>(statement: Statement, values: readonly unknown[], manager?: EntityManager): Promise<Row[]> {
    const named = statement.name !== undefined && this.options.preparedStatements !== false;
    const config: QueryConfig = {
      ...(named ? { name: statement.name } : {}),
      text: statement.text,
      values: [...values],
      query_timeout: this.timeoutMs,
    };
    try {
      const { rows } = await (manager ? queryIn(openTransactionOf(manager), config) : this.queryPool(config));
      return rows as Row[];
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  /**
   * READ COMMITTED; what is thrown rolls back.
   * @param limitMs how long `work` may take. After it the connection is destroyed, so that nothing that `work` still does
   * has an effect.
   */
  async transaction<T>(work: (manager: EntityManager) => Promise<T>, limitMs?: number): Promise<T> {
    const runner = await this.openRunner();
    let expired: Error | undefined;
    const expire = (): Error => {
      expired = new Error(`The transaction was not done within ${(limitMs ?? 0) / 1000} s.`);
      destroy(runner, expired);
      return expired;
    };
    try {
      await this.bounded(runner, runner.startTransaction('READ COMMITTED'));
      const working = work(runner.manager);
      const result = await (limitMs === undefined ? working : within(working, limitMs, expire));
      await this.bounded(runner, runner.commitTransaction());
      return result;
    } catch (error) {
      if (error === expired) throw error;
      // TypeORM releases the runner whose connection breaks; `error` may be any that followed from it.
      if (runner.isReleased) throw databaseDown(new Error(LOST, { cause: error }));
      await this.bounded(runner, runner.rollbackTransaction()).catch(() => undefined);
      throw translateDatabaseError(error);
    } finally {
      await runner.release();
    }
  }

  /** The same, again where it was chosen as the victim of a deadlock: `work` may be called up to three times. */
  async transactionWithRetry<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.transaction(work);
      } catch (error) {
        if (tries === MOST_TRIES || !isDeadlock(error)) throw error;
      }
    }
  }

  private async queryPool(config: QueryConfig): Promise<{ rows: unknown[] }> {
    // TypeORM calls the pg pool `master`, and types drivers without it; a DataSource that was shut has none.
    const { master: pool } = this.dataSource.driver as unknown as { master: Pool | undefined };
    if (!pool) throw databaseDown();
    const start = performance.now();
    const connecting = pool.connect();
    const connection = await within(connecting, this.timeoutMs, () => {
      connecting.then((late) => late.release(), ignore);
      return new Error(NO_CONNECTION);
    });
    // Nobody else listens while it is out of the pool, and an unheard `error` ends the process.
    connection.on('error', ignore);
    let failure: unknown;
    try {
      const left = Math.ceil(this.timeoutMs - (performance.now() - start));
      return await connection.query({ ...config, query_timeout: Math.max(left, 1) });
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      connection.release(isDown(failure) ? new Error(LOST, { cause: failure }) : undefined);
      connection.removeListener('error', ignore);
    }
  }

  private async openRunner(): Promise<QueryRunner> {
    const runner = this.dataSource.createQueryRunner();
    const connecting = runner.connect();
    try {
      await within(connecting, this.timeoutMs, () => {
        // Not before it has its connection: released earlier, it would keep it for ever.
        connecting.then(() => runner.release(), ignore);
        return new Error(NO_CONNECTION);
      });
      return runner;
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  /** For what TypeORM sends itself: BEGIN, COMMIT, ROLLBACK. */
  private async bounded(runner: QueryRunner, work: Promise<void>): Promise<void> {
    return within(work, this.timeoutMs, () => {
      const error = new Error(LOST);
      destroy(runner, error);
      return error;
    });
  }
}

const MOST_TRIES = 3;

const ignore = (): void => {};

/**
 * A runner keeps its connection after its release, when somebody else may have a transaction on it.
 * @throws ScimError 503 when it is over or its connection broke; Error when there never was one.
 */
function openTransactionOf({ queryRunner }: EntityManager): QueryRunner {
  if (queryRunner?.isReleased) {
    throw databaseDown(new Error('The transaction of this EntityManager is over, or its connection broke.'));
  }
  if (!queryRunner?.isTransactionActive) {
    throw new Error('This EntityManager has no open transaction: hand in the one that `dataSource.transaction` gives.');
  }
  return queryRunner;
}

async function queryIn(runner: QueryRunner, config: QueryConfig): Promise<{ rows: unknown[] }> {
  const connection = (await runner.connect()) as Connection;
  try {
    return await connection.query(config);
  } catch (error) {
    if (isQueryTimeout(error)) destroy(runner, new Error(LOST, { cause: error }));
    throw error;
  }
}

/** A ROLLBACK would queue up behind the statement that hangs. TypeORM has the method, and keeps it out of its types. */
function destroy(runner: QueryRunner, error: Error): void {
  void (runner as unknown as { releasePostgresConnection(error: Error): Promise<void> }).releasePostgresConnection(
    error,
  );
}
