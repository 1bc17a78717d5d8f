import { setTimeout as delay } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { type LoggedRequest, ScimLogService } from '../../scim/index.js';
import { organizationCommand, readNumber, readSince } from './arguments.js';
import { withOrganization } from './host-context.js';
import { LogTail } from './log-tail.js';
import type { OutputOptions } from './output.js';
import { printable, printableJson } from './printable.js';
import { showTime } from './table.js';

const DEFAULT_LINES = 20;
const POLL_MS = 500;

interface TailOptions extends OutputOptions {
  readonly org: string;
  readonly follow?: boolean;
  readonly lines?: number;
  readonly since?: Date;
  readonly status?: string;
  readonly person?: string;
}

/** `log tail`: what the identity provider sends, as it comes. */
export function addLogCommands(program: Command, stop: AbortSignal): void {
  const log = program.command('log').description('what the identity provider sent, and how it was answered');
  organizationCommand(log, 'tail')
    .description('show the last requests, the oldest first; people are hidden as on the settings page')
    .option('-f, --follow', 'go on with new ones until Ctrl+C')
    .option('-n, --lines <count>', 'how many (default: 20, with --since all)', readNumber(0, 100_000))
    .option('--since <time>', 'not before this time, or not longer ago than 90m, 2h, 7d', readSince)
    .option('--status <status>', 'a status, 2xx to 5xx, or failed', readStatus)
    .option('--person <name>', 'about whom: id, user name, external id or e-mail address, as a whole')
    .action((options: TailOptions) => tail(options, stop));
}

const tail = (options: TailOptions, stop: AbortSignal): Promise<void> =>
  withOrganization(options.org, async ({ app, organization }) => {
    const { status, person, since, follow, lines = since ? Infinity : DEFAULT_LINES } = options;
    const log = app.get(ScimLogService, { strict: false });
    const tailed = new LogTail((page) => log.list(organization.id, { ...page, status, person }));
    const show = options.json ? printableJson : showRequest;
    const print = (requests: readonly LoggedRequest[]): void => {
      if (requests.length > 0) process.stdout.write(`${requests.map(show).join('\n')}\n`);
    };
    print(await (follow ? tailed.begin(lines, since) : tailed.last(lines, since)));
    while (follow && !stop.aborted) {
      await delay(POLL_MS, undefined, { signal: stop }).catch(() => undefined);
      if (!stop.aborted) print(await tailed.next());
    }
  });

function showRequest(request: LoggedRequest): string {
  const { receivedAt, status, method, path, query, durationMs, scimType, detail, client, token } = request;
  const target = query === null ? path : `${path}?${query}`;
  const whence = [token?.label ?? token?.hint, client].filter((text) => typeof text === 'string').join(', ');
  const refusal = [scimType, detail].filter((text) => text !== null).join(': ');
  const parts = [showTime(receivedAt), String(status), method.padEnd(6), target, `${durationMs} ms`];
  return printable([...parts, whence && `(${whence})`, refusal].filter((part) => part !== '').join('  '));
}

function readStatus(text: string): string {
  if (/^([1-5]\d\d|[1-5]xx|failed)$/.test(text)) return text;
  throw new InvalidArgumentError('It may be a status, e.g. 409, or one of 2xx, 3xx, 4xx, 5xx and failed.');
}
