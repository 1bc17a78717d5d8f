import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type GeneratedToken,
  type OverlapHours,
  type RotatedToken,
  ScimTokensService,
  TOKEN_SCOPES,
  type TokenScope,
  type TokenSummary,
} from '../../scim/index.js';
import { organizationCommand, readId, readNumber } from './arguments.js';
import { type OrganizationContext, withOrganization } from './host-context.js';
import { answer, type OutputOptions } from './output.js';
import { printable } from './printable.js';
import { showTime, toFields, toTable } from './table.js';

/** Who did it, in the token's row and in events: nobody's account. */
const ACTOR = 'cli';
const OVERLAPS = ['0', '1', '24', '168'];

interface TokenOptions extends OutputOptions {
  readonly org: string;
}

interface NewTokenOptions extends TokenOptions {
  readonly label?: string;
  readonly expires?: number | 'never';
  readonly scope?: TokenScope[];
}

/** `token …`: what the settings page does with tokens, for an operator. */
export function addTokenCommands(program: Command): void {
  const token = program.command('token').description("an organization's tokens");
  organizationCommand(token, 'create')
    .description('generate a token; its secret is printed this once')
    .option('--label <text>', 'what to call it')
    .option('--expires <days>', 'days it lives, 1 to 730, or "never" where the host allows it (default: 365)', readLife)
    .addOption(new Option('--scope <scopes...>', 'what it may do (default: everything)').choices(TOKEN_SCOPES))
    .action(create);
  organizationCommand(token, 'rotate')
    .argument('<id>', 'of the token that is to be replaced', readId)
    .description('generate a token in place of another one; its secret is printed this once')
    .addOption(new Option('--overlap <hours>', 'how long the old one goes on working').choices(OVERLAPS).default('24'))
    .action(rotate);
  organizationCommand(token, 'revoke')
    .argument('<id>', 'of the token', readId)
    .description('refuse a token from now on, for good')
    .action(revoke);
  organizationCommand(token, 'list').description('all tokens ever made, the newest first').action(list);
}

const create = (options: NewTokenOptions): Promise<void> =>
  withOrganization(options.org, async (context) => {
    checkPeppers(context);
    const { label, expires: expiresInDays, scope: scopes } = options;
    const wanted = { label, expiresInDays, scopes, createdBy: ACTOR };
    const made = await tokensOf(context).generate(context.organization.id, wanted);
    answer(options, made, (one) => showSecret(one, context));
  });

const rotate = (id: string, options: TokenOptions & { readonly overlap: string }): Promise<void> =>
  withOrganization(options.org, async (context) => {
    checkPeppers(context);
    const wanted = { overlapHours: Number(options.overlap) as OverlapHours, actorId: ACTOR };
    const made = await tokensOf(context).rotate(context.organization.id, id, wanted);
    answer(options, made, (one) => `${showSecret(one, context)}\n${showRotation(one)}`);
  });

const revoke = (id: string, options: TokenOptions): Promise<void> =>
  withOrganization(options.org, async (context) => {
    await tokensOf(context).revoke(context.organization.id, id, ACTOR);
    answer(options, { id, state: 'revoked' }, () => `Revoked: ${printable(id)}`);
  });

const list = (options: TokenOptions): Promise<void> =>
  withOrganization(options.org, async (context) => {
    const tokens = await tokensOf(context).list(context.organization.id);
    answer(options, { tokens }, () => (tokens.length === 0 ? 'There are no tokens.' : showTokens(tokens)));
  });

const tokensOf = ({ app }: OrganizationContext): ScimTokensService => app.get(ScimTokensService, { strict: false });

/** Without the host's own, the token would open nothing there. */
function checkPeppers({ settings: { peppers, dataDirectory } }: OrganizationContext): void {
  if (peppers !== undefined) return;
  throw new Error(
    `The host's keys for token hashes are not known here: set SCIM_TOKEN_PEPPERS to what the host has, or DATA_DIR to its data folder (now ${dataDirectory}).`,
  );
}

const showSecret = (made: GeneratedToken, { organization }: OrganizationContext): string =>
  [
    `A token for ${printable(organization.name)}. This is its secret, shown once and kept nowhere:`,
    '',
    made.token,
    '',
    toFields({
      id: made.id,
      label: made.label,
      scopes: made.scopes.join(' '),
      expires: made.expiresAt ?? 'never',
    }),
  ].join('\n');

const showRotation = ({ replaces, retiresAt }: RotatedToken): string =>
  `\nIt replaces ${replaces}, which works until ${showTime(retiresAt)}.`;

const showTokens = (tokens: readonly TokenSummary[]): string =>
  toTable(
    ['ID', 'LABEL', 'STATE', 'HINT', 'SCOPES', 'CREATED', 'EXPIRES', 'LAST USED', 'FROM', 'CLIENT'],
    tokens.map((token) => [
      token.id,
      token.label,
      token.state,
      token.hint,
      token.scopes.length === TOKEN_SCOPES.length ? 'all' : token.scopes.join(' '),
      token.createdAt,
      (token.state === 'retiring' ? token.retiresAt : token.expiresAt) ?? 'never',
      token.lastUsedAt,
      token.lastUsedFrom,
      token.lastUsedClient,
    ]),
  );

function readLife(text: string): number | 'never' {
  if (text === 'never') return text;
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It may be a number of days, or "never".');
  return readNumber(1, 730)(text);
}
