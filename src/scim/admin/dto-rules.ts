import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsDate, IsInt, Matches, Max, Min, ValidateIf } from 'class-validator';
import { toInstant } from '../protocol/date-time.js';
import { PRINTABLE } from '../tokens/token-wishes.js';

/** Unlike `IsOptional`, null is no absence: a null that a script sent by mistake is not to mean all scopes. */
export const IfPresent = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

export const IsPrintable = (): PropertyDecorator =>
  Matches(PRINTABLE, { message: '$property must not contain control characters or broken Unicode' });

/** A parameter of a query that is how many a page holds, 1 to `most`. `Number` alone would take `0x10`, `1e1` and ` 5 `. */
export const IsLimit = (most: number): PropertyDecorator =>
  applyDecorators(IfPresent(), fromText(readWholeNumber), IsInt(), Min(1), Max(most));

/** A parameter of a query that is a time of RFC 3339. `Date` alone would take the 30th of February for a day in March. */
export const IsInstant = (): PropertyDecorator =>
  applyDecorators(
    IfPresent(),
    fromText(readInstant),
    IsDate({ message: '$property must be a time such as 2026-01-31T12:00:00Z' }),
  );

/** What is read as null is refused by the rules that follow; as undefined it would pass for absent. */
const fromText = (read: (text: string) => unknown): PropertyDecorator =>
  Transform(({ value }: { readonly value: unknown }) => (typeof value === 'string' ? read(value) : (value ?? null)));

const readWholeNumber = (text: string): number | null => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : null);

/** Seconds may be left out, and the year is one that PostgreSQL and JavaScript both know. */
const INSTANT = /^([1-9]\d{3}-\d\d-\d\dT(?!24)\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

function readInstant(text: string): Date | null {
  const [, minute, second = ':00', offset] = INSTANT.exec(text) ?? [];
  const instant = minute === undefined ? undefined : toInstant(`${minute}${second}${offset}`);
  return instant === undefined ? null : new Date(instant);
}
