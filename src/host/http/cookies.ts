import type { Request } from 'express';

/** A cookie's value as cookie-parser read it; undefined when it is absent or not plain text. */
export function readCookie(request: Request, name: string): string | undefined {
  const cookies: unknown = request.cookies;
  if (typeof cookies !== 'object' || cookies === null || !Object.hasOwn(cookies, name)) return undefined;
  const value: unknown = Reflect.get(cookies, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
