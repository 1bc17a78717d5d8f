import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { ScimError, unavailable } from '../protocol/scim-error.js';
import { SCIM_OPTIONS, type ScimModuleOptions } from '../scim.options.js';

export const SCIM_DATA_SOURCE = Symbol.for('scim:data-source');

/** SQL with `$1 …` parameters. Only texts that never vary have a `name`: PostgreSQL plans those once a connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
}

/** What both a pg client and a pg pool do; TypeORM's own `query` cannot name a statement. */
interface Queryable {
  query(config: { name?: string; text: string; values: unknown[] }): Promise<{ rows: unknown[] }>;
}

/** The module's statements, on the pool of the host's DataSource or inside a transaction of its EntityManager. */
@Injectable()
export class ScimDatabase {
  constructor(
    @Inject(SCIM_DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(SCIM_OPTIONS) private readonly options: ScimModuleOptions,
  ) {}

  /**
   * Runs one statement. `Row` is what its select list yields: the caller's statement and type stand side by side.
   * @throws ScimError 503 when the database cannot be reached or gave up.
   */
  async run<Row>(statement: Statement, values: readonly unknown[], manager?: EntityManager): Promise<Row[]> {
    const named = statement.name !== undefined && this.options.preparedStatements !== false;
    try {
      const connection = await this.connectionOf(manager);
      const result = await connection.query({
        ...(named ? { name: statement.name } : {}),
        text: statement.text,
        values: [...values],
      });
      return result.rows as Row[];
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  /** TypeORM's way to the same tables, for what is not hot. */
  get entities(): EntityManager {
    return this.dataSource.manager;
  }

  /** READ COMMITTED; what is thrown rolls back. */
  async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.dataSource.transaction('READ COMMITTED', work);
    } catch (error) {
      throw translateDatabaseError(error);
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

  private async connectionOf(manager: EntityManager | undefined): Promise<Queryable> {
    if (manager?.queryRunner) {
      return (await manager.queryRunner.connect()) as Queryable;
    }
    // TypeORM calls the pg pool `master`, and types drivers without it; a DataSource that was shut has none.
    const { master } = this.dataSource.driver as unknown as { master: Queryable | undefined };
    if (!master) throw unavailable('The database is not available; try again later.');
    return master;
  }
}

const MOST_TRIES = 3;

/** After translation the driver's error is the cause. */
const isDeadlock = (error: unknown): boolean =>
  error instanceof ScimError && ['40P01', '40001'].includes(driverError(error.options.cause).code ?? '');

/** Which unique index an insert or update ran into; undefined for every other error. */
export function violatedIndex(error: unknown): string | undefined {
  const { code, constraint } = driverError(error);
  return code === '23505' ? constraint : undefined;
}

interface DriverError {
  readonly code?: string;
  readonly constraint?: string;
  readonly message?: string;
}

// By shape, not by class: errors of Node's core and of another copy of pg are not `instanceof` ours.
function driverError(error: unknown): DriverError {
  if (typeof error !== 'object' || error === null) return {};
  const inner = (error as { driverError?: unknown }).driverError;
  return (typeof inner === 'object' && inner !== null ? inner : error) as DriverError;
}

/**
 * Connection exceptions (08), resources (53), operator intervention (57P), serialization and deadlock (40), lock timeout
 * (55P03), cancelled query (57014), a server that is read-only since a failover (25006), a database that is closed (55000),
 * gone (3D000) or refuses its user (28), sockets, and pg's and TypeORM's own words for a lost connection
 * or a pool with none to give.
 */
const UNAVAILABLE =
  /^(08...|53...|57P..|28...|40001|40P01|55P03|57014|25006|55000|3D000|ECONN.*|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN)$/;
const LOST_CONNECTION =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|calling end on the pool|Driver not Connected/;

function translateDatabaseError(error: unknown): unknown {
  const { code, message } = driverError(error);
  const lost =
    (typeof code === 'string' && UNAVAILABLE.test(code)) ||
    (typeof message === 'string' && LOST_CONNECTION.test(message));
  return lost ? unavailable('The database is not available; try again later.', error) : error;
}
