/** Classes of SQLSTATE and codes of sockets that say that the database, and not the statement, is the trouble. */
const CODES = /^(08...|53...|57P..|55000|25006|3D000|ECONN\w+|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** The words of pg, its pool and TypeORM where they give no code. */
const WORDS =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|calling end on the pool|Driver not Connected/;

/**
 * Whether an error says that the database cannot be reached: not the request's fault, and worth another try later. By shape,
 * because several packages throw such errors.
 */
export function isDatabaseDown(error: unknown): boolean {
  // TypeORM wraps what the driver says.
  const inner = textOf(error, 'message') === undefined ? undefined : (pick(error, 'driverError') ?? error);
  return CODES.test(textOf(inner, 'code') ?? '') || WORDS.test(textOf(inner, 'message') ?? '');
}

function pick(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value ? Reflect.get(value, key) : undefined;
}

function textOf(value: unknown, key: string): string | undefined {
  const text = pick(value, key);
  return typeof text === 'string' ? text : undefined;
}
