import type { LoggerService } from '@nestjs/common';
import { printable } from './printable.js';

/** Those whose failure ends the command, which says so itself, and those who speak of this process's keys, which the commands that need them ask for. */
const UNHEARD = new Set(['TypeOrmModule', 'ExceptionHandler', 'ScimTokenVerifier', 'ScimTokenUpkeep']);

/** What the host's parts want an operator to know goes beside the answer, not into it; what they merely tell goes nowhere. */
export class StderrLogger implements LoggerService {
  fatal(message: unknown, ...context: unknown[]): void {
    write('fatal', message, context);
  }

  error(message: unknown, ...context: unknown[]): void {
    write('error', message, context);
  }

  warn(message: unknown, ...context: unknown[]): void {
    write('warning', message, context);
  }

  log(): void {}
}

/** @param context Nest's, whose last one is the logger's name. */
const write = (level: string, message: unknown, context: readonly unknown[]): void => {
  if (UNHEARD.has(String(context.at(-1)))) return;
  const text = message instanceof Error ? message.message : String(message);
  process.stderr.write(`${level}: ${printable(text)}\n`);
};
