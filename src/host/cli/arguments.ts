import { type Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { isScimToken } from '../../scim/index.js';

const MINUTE_MS = 60_000;
const UNITS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: 24 * 60 * MINUTE_MS };

/** A command for one organization, whose answer a program can read, too. */
export const organizationCommand = (parent: Command, usage: string): Command =>
  parent
    .command(usage)
    .addOption(new Option('--org <slug>', 'the organization, by its name in URLs').makeOptionMandatory())
    .option('--json', 'answer with JSON');

/** A mistake that no single option makes. */
export const usageError = (message: string): CommanderError => new CommanderError(2, 'scim.usage', message);

/** An id, which is not repeated in an error where it is a secret: that would stand in a log next. */
export function readId(text: string): string {
  if (!isScimToken(text)) return text;
  throw new InvalidArgumentError(
    "This is a token's secret, not its id. Other users of this machine may have seen it, and your shell remembers it: revoke the token.",
  );
}

/** @throws InvalidArgumentError */
export const readNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It may be a whole number from ${least} to ${most}.`);
  };

/** A time, or how long ago: `90m`, `2h`, `7d`. @throws InvalidArgumentError */
export function readSince(text: string): Date {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return new Date(Date.now() - Number(count) * (UNITS[unit] ?? 0));
  const time = /^[1-9]\d{3}-\d\d-\d\d(T\S+)?$/.test(text) ? new Date(text) : undefined;
  if (time && !Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError('It may be a time, 2026-01-31T12:00:00Z, or how long ago: 90m, 2h, 7d.');
}
