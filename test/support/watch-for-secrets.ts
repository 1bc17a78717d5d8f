import { appendFileSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { SECRET_PATTERN } from './secrets.js';

const SECRET = new RegExp(SECRET_PATTERN);
/** Answers that show a new token, this once. */
const ONE_TIME = /^[^?]*\/tokens(\/[^/?]+\/rotate)?$/;
const LEVELS = ['log', 'error', 'warn', 'debug', 'verbose', 'fatal'] as const;

/** A place where a secret was found, never the secret. By default the run fails for it, at its end. */
let report = (place: string): void => {
  const { SCIM_TEST_SECRETS } = process.env;
  if (SCIM_TEST_SECRETS) appendFileSync(SCIM_TEST_SECRETS, `${place}\n`);
};

/** Places where secrets are found while `work` runs, which are no fault of the run then. */
export async function secretsDuring(work: () => Promise<void>): Promise<string[]> {
  const [places, before] = [[] as string[], report];
  report = (place) => void places.push(place);
  try {
    await work();
  } finally {
    report = before;
  }
  return places;
}

/**
 * Looks for secrets in all that hosts of this process answer and log; test hosts call it before they start. Of the log it
 * sees what is handed to Nest's loggers, at every level, whatever a host would show of it.
 */
export function watchForSecrets(): void {
  // Outside a run of the tests nobody reads what is found: a load run measures the module and not this.
  if (isWatching || process.env['SCIM_TEST_SECRETS'] === undefined) return;
  isWatching = true;
  watchAnswers();
  watchLogs();
}

/** One process runs many test files, and has one of each class. */
let isWatching = false;

type Method = (...values: unknown[]) => unknown;

function look(text: string, place: () => string): void {
  if (SECRET.test(text)) report(place());
}

function watchAnswers(): void {
  const prototype = ServerResponse.prototype as unknown as Record<'write' | 'end', Method>;
  const { write, end } = prototype;
  const written = new WeakMap<object, string>();
  const note = (response: object, chunk: unknown): string => {
    const isText = typeof chunk === 'string' || chunk instanceof Uint8Array;
    const text = (written.get(response) ?? '') + (isText ? Buffer.from(chunk).toString('latin1') : '');
    written.set(response, text);
    return text;
  };
  prototype.write = function (this: ServerResponse, ...values) {
    note(this, values[0]);
    return Reflect.apply(write, this, values);
  };
  prototype.end = function (this: ServerResponse, ...values) {
    const { req, statusCode } = this;
    const isOneTime = req.method === 'POST' && statusCode === 201 && ONE_TIME.test(req.url ?? '');
    const text = `${JSON.stringify(this.getHeaders())}\n${note(this, values[0])}`;
    if (!isOneTime) look(text, () => `answer ${statusCode} to ${req.method} ${hidden(req.url)}${here()}`);
    return Reflect.apply(end, this, values);
  };
}

function watchLogs(): void {
  const prototype = Logger.prototype as unknown as Record<string, Method>;
  for (const level of LEVELS) {
    const original = prototype[level]!;
    prototype[level] = function (this: Logger, ...values) {
      const text = values.map((value) => (typeof value === 'string' ? value : inspect(value, { depth: 8 }))).join(' ');
      look(text, () => `log, level ${level}${here()}`);
      return Reflect.apply(original, this, values);
    };
  }
}

const hidden = (url = ''): string => url.replaceAll(new RegExp(SECRET_PATTERN, 'g'), '…');

/** Jest's name of the test file, where there is one. */
function here(): string {
  const jest = (globalThis as { expect?: { getState(): { testPath?: string; currentTestName?: string } } }).expect;
  const { testPath, currentTestName } = jest?.getState() ?? {};
  return testPath === undefined ? '' : `, in ${testPath.replace(/^.*\/test\//, 'test/')} (${currentTestName ?? ''})`;
}
