import { ScimError, unavailable } from '../protocol/scim-error.js';

/** Messages of ours that `isDown` knows. */
export const NO_CONNECTION = 'timeout exceeded when trying to connect';
export const LOST = 'Connection terminated: no answer, or lost during a transaction';

export const databaseDown = (cause?: unknown): ScimError =>
  unavailable('The database is not available; try again later.', cause);

/** After translation the driver's error is the cause. */
export const isDeadlock = (error: unknown): boolean =>
  error instanceof ScimError && ['40P01', '40001'].includes(driverError(error.options.cause).code ?? '');

/** pg's error for a statement that took longer than its `query_timeout`. */
export const isQueryTimeout = (error: unknown): boolean => driverError(error).message === 'Query read timeout';

/** Whether what `run` or `transaction` threw says that the database was not there, which is nobody's mistake. */
export const isDatabaseDown = (error: unknown): boolean => error instanceof ScimError && isDown(error.options.cause);

/** Which unique index an insert or update ran into; undefined for every other error. */
export function violatedIndex(error: unknown): string | undefined {
  const { code, constraint } = driverError(error);
  return code === '23505' ? constraint : undefined;
}

/** What the database says of the key that was there already: names and values of columns, for telling which it was. */
export const violatedKey = (error: unknown): string | undefined => driverError(error).detail;

/** A rule of the table itself that a write broke. */
export interface BrokenRule {
  /** A key that is there already; a row of another table that is missing, or refers to this one; a value that the rules of the table refuse. */
  readonly type: 'unique' | 'reference' | 'value';
  readonly table: string | undefined;
  /** Name of the constraint or index, where it is one. */
  readonly constraint: string | undefined;
}

/** Undefined for errors that do not come from what was written: those of data (22), integrity (23), and an index entry that is too long. */
export function brokenRule(error: unknown): BrokenRule | undefined {
  const { code, table, constraint } = driverError(error);
  if (typeof code !== 'string' || !/^(22...|23...|54000)$/.test(code)) return undefined;
  const type = code === '23505' || code === '23P01' ? 'unique' : code === '23503' ? 'reference' : 'value';
  return { type, table, constraint };
}

interface DriverError {
  readonly code?: string;
  readonly table?: string;
  readonly constraint?: string;
  readonly detail?: string;
  readonly message?: string;
}

// By shape, not by class: errors of Node's core and of another copy of pg are not `instanceof` ours.
function driverError(error: unknown): DriverError {
  if (typeof error !== 'object' || error === null) return {};
  const inner = (error as { driverError?: unknown }).driverError;
  return (typeof inner === 'object' && inner !== null ? inner : error) as DriverError;
}

/**
 * Connection exceptions (08), resources (53), operator intervention (57P), a server that is read-only since a failover
 * (25006), a database that is closed (55000), gone (3D000) or refuses its user (28), sockets.
 */
const DOWN = /^(08...|53...|57P..|28...|25006|55000|3D000|ECONN.*|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN)$/;
/** pg's, TypeORM's and our words for a connection that is lost, silent, or not to be had. */
const LOST_CONNECTION =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|calling end on the pool|Driver not Connected/;
/** Serialization and deadlock (40), lock timeout (55P03), cancelled query (57014): the next try may do better. */
const BUSY = /^(40001|40P01|55P03|57014)$/;

export function isDown(error: unknown): boolean {
  const { code, message } = driverError(error);
  return (
    (typeof code === 'string' && DOWN.test(code)) || (typeof message === 'string' && LOST_CONNECTION.test(message))
  );
}

export function translateDatabaseError(error: unknown): unknown {
  const { code } = driverError(error);
  const lost = isDown(error) || (typeof code === 'string' && BUSY.test(code));
  return lost ? databaseDown(error) : error;
}
