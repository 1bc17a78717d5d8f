import { type Command, Option } from 'commander';
import { DataSource } from 'typeorm';
import { type Backlog, type DeadLetter, type DeadLetterState, ScimEventsService } from '../../scim/index.js';
import { Organization } from '../organizations/organization.entity.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { readId, readNumber, usageError } from './arguments.js';
import { type HostContext, withHost } from './host-context.js';
import { answer, type OutputOptions } from './output.js';
import { toTable } from './table.js';

const DEFAULT_LIMIT = 100;

interface EventOptions extends OutputOptions {
  readonly org?: string;
  readonly consumer?: string;
  readonly state?: DeadLetterState;
}

/** `events …`: those that a handler failed on. The host handles them; what is decided here it does within a second. */
export function addEventCommands(program: Command): void {
  const events = program.command('events').description("events that one of the host's handlers failed on");
  eventCommand(events, 'dead')
    .description('list them: those that were given up, and those that are tried again')
    .option('-n, --lines <count>', 'how many', readNumber(1, 1000), DEFAULT_LIMIT)
    .action(listDead);
  eventCommand(events, 'replay')
    .argument('[event-id]', 'one event, for --consumer or for all that failed on it', readId)
    .description('have them handled again, now')
    .option('--all', 'all that match --org, --consumer and --state')
    .action(replay);
  eventCommand(events, 'skip')
    .argument('[event-id]', 'one event, for --consumer or for all that failed on it', readId)
    .description('have them handled never; what waits for them goes on')
    .action(skip);
}

const eventCommand = (parent: Command, usage: string): Command =>
  parent
    .command(usage)
    .option('--org <slug>', 'of one organization, by its name in URLs (default: of all)')
    .option('--consumer <name>', 'of one handler')
    .addOption(new Option('--state <state>', 'given up, or still tried (default: both)').choices(['dead', 'failing']))
    .option('--json', 'answer with JSON');

const listDead = (options: EventOptions & { readonly lines: number }): Promise<void> =>
  withHost(async (context) => {
    const filter = await filterOf(context, options);
    const events = eventsOf(context);
    const deliveries = await events.deadLetters({ ...filter, limit: options.lines });
    const backlog = await events.backlog(filter.organizationId);
    const slugs = options.json ? new Map<string, string>() : await slugsOf(context);
    answer(options, { backlog, deliveries }, () => showDeliveries(backlog, deliveries, slugs));
  });

function replay(eventId: string | undefined, options: EventOptions & { readonly all?: boolean }): Promise<void> {
  if ((eventId ?? options.consumer ?? options.all) === undefined) {
    throw usageError('Say which: an event id, --consumer, or --all.');
  }
  if (eventId !== undefined && options.all) throw usageError('Say which: an event id or --all, not both.');
  return withHost(async (context) => {
    const replayed = await eventsOf(context).replay({ ...(await filterOf(context, options)), eventId });
    answer(options, { replayed }, () => `To be handled again: ${replayed}`);
  });
}

function skip(eventId: string | undefined, options: EventOptions): Promise<void> {
  if ((eventId ?? options.consumer) === undefined) throw usageError('Say which: an event id, or --consumer.');
  return withHost(async (context) => {
    const skipped = await eventsOf(context).skip({ ...(await filterOf(context, options)), eventId });
    answer(options, { skipped }, () => `Never to be handled: ${skipped}`);
  });
}

const eventsOf = ({ app }: HostContext): ScimEventsService => app.get(ScimEventsService, { strict: false });

async function filterOf(
  context: HostContext,
  { org, consumer, state }: EventOptions,
): Promise<{
  organizationId?: string | undefined;
  consumer?: string | undefined;
  state?: DeadLetterState | undefined;
}> {
  const organization =
    org === undefined ? undefined : await context.app.get(OrganizationsService, { strict: false }).getBySlug(org);
  if (consumer !== undefined) await checkConsumer(context, consumer);
  return { organizationId: organization?.id, consumer, state };
}

/** Of a name that is mistyped nothing ever failed; of a retired one there may be dead letters still. @throws Error */
async function checkConsumer(context: HostContext, consumer: string): Promise<void> {
  const events = eventsOf(context);
  if ((await events.consumers({ retired: true })).includes(consumer)) return;
  const names = await events.consumers();
  throw new Error(`There is no consumer "${consumer}". There are: ${names.join(', ') || 'none'}.`);
}

async function slugsOf({ app }: HostContext): Promise<ReadonlyMap<string, string>> {
  const organizations = await app.get(DataSource, { strict: false }).getRepository(Organization).find();
  return new Map(organizations.map(({ id, slug }) => [id, slug]));
}

function showDeliveries(backlog: Backlog, letters: readonly DeadLetter[], slugs: ReadonlyMap<string, string>): string {
  const { open, failing, dead, atLeast } = backlog;
  const counts = `Open: ${open}, of which failing: ${failing}. Given up: ${dead}.${atLeast ? ' Or more.' : ''}`;
  if (letters.length === 0) return counts;
  const headings = [
    'EVENT',
    'CONSUMER',
    'ORGANIZATION',
    'TYPE',
    'WHEN',
    'ABOUT',
    'STATE',
    'TRIES',
    'NEXT',
    'HOLDS',
    'ERROR',
  ];
  const rows = letters.map((letter) => [
    letter.eventId,
    letter.consumer,
    slugs.get(letter.organizationId) ?? letter.organizationId,
    letter.type,
    letter.occurredAt,
    `${letter.subject.type} ${letter.subject.name ?? letter.subject.id}`,
    letter.takesAway ? `${letter.state}, takes access away` : letter.state,
    letter.attempts,
    letter.nextTryAt,
    letter.heldBack,
    letter.lastError,
  ]);
  return `${toTable(headings, rows)}\n\n${counts}`;
}
