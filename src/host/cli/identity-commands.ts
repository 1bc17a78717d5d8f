import type { Command } from 'commander';
import { DataSource } from 'typeorm';
import {
  fold,
  type HistoryEntry,
  type HistoryPage,
  type IdentityDetails,
  type IdentitySummary,
  ScimError,
  ScimIdentitiesService,
} from '../../scim/index.js';
import { Account } from '../auth/account.entity.js';
import { Membership } from '../organizations/membership.entity.js';
import { organizationCommand, readId, readNumber } from './arguments.js';
import { type OrganizationContext, withOrganization } from './host-context.js';
import { answer, type OutputOptions } from './output.js';
import { toFields, toTable } from './table.js';

const DEFAULT_CHANGES = 20;
/** Of one name there are a user name and an external id, living and removed ones. */
const MOST_NAMESAKES = 20;

interface ShowOptions extends OutputOptions {
  readonly org: string;
  readonly changes: number;
}

/** Whom the identity is in the host. */
interface HostAccount {
  readonly accountId: string;
  readonly displayName: string | null;
  readonly email: string | null;
  /** Null: it is no member of the organization. */
  readonly role: string | null;
  readonly status: string | null;
}

/** What `--json` prints. */
interface Shown {
  readonly identity: IdentityDetails;
  readonly account: HostAccount | null;
  readonly history: Omit<HistoryPage, 'next'>;
}

/** `identity show`: what is known of one provisioned person. */
export function addIdentityCommands(program: Command): void {
  const identity = program.command('identity').description('people whom the identity provider provisioned');
  organizationCommand(identity, 'show')
    .argument('<who>', 'id, user name or external id', readId)
    .description('state, account, groups and the newest changes of one person, removed ones too')
    .option('--changes <count>', 'how many changes', readNumber(0, 1000), DEFAULT_CHANGES)
    .action(show);
}

const show = (who: string, options: ShowOptions): Promise<void> =>
  withOrganization(options.org, async (context) => {
    const people = context.app.get(ScimIdentitiesService, { strict: false });
    const organizationId = context.organization.id;
    const identity = await getPerson(people, organizationId, who);
    // One at least: a page has no room for nothing.
    const { entries, missing } = await people.history(organizationId, identity.id, {
      limit: Math.max(options.changes, 1),
    });
    const history = { entries: entries.slice(0, options.changes), missing };
    answer<Shown>(options, { identity, account: await findAccount(context, identity), history }, showPerson);
  });

/** @throws Error where nobody, or more than one, is called so. */
async function getPerson(people: ScimIdentitiesService, organizationId: string, who: string): Promise<IdentityDetails> {
  const byId = await people.get(organizationId, who).catch(whereFound);
  if (byId) return byId;
  const query = { text: who, limit: MOST_NAMESAKES };
  const living = await people.list(organizationId, query);
  const removed = await people.list(organizationId, { ...query, state: 'deprovisioned' });
  const isCalled = isCalledSo(who);
  const [called, gone] = [living.identities.filter(isCalled), removed.identities.filter(isCalled)];
  const ids = (called.length > 0 ? called : gone).map(({ id }) => id);
  const [id] = ids;
  if (id === undefined) throw new Error('Nobody is called so: give an id, a user name or an external id as a whole.');
  if (ids.length === 1) return people.get(organizationId, id);
  throw new Error(`${ids.length} people are called so; give the id of one: ${ids.join(', ')}`);
}

function whereFound(error: unknown): undefined {
  if (!(error instanceof ScimError) || error.status !== 404) throw error;
}

/** User names are compared in letters of any case, external ids are not. */
const isCalledSo =
  (who: string) =>
  ({ userName, externalId }: IdentitySummary): boolean =>
    externalId === who || (userName !== '' && fold(userName) === fold(who));

async function findAccount(
  { app, organization }: OrganizationContext,
  { accountId }: IdentityDetails,
): Promise<HostAccount | null> {
  if (accountId === null) return null;
  const dataSource = app.get(DataSource, { strict: false });
  const account = await dataSource.getRepository(Account).findOneBy({ id: accountId });
  const key = { organizationId: organization.id, accountId };
  const membership = await dataSource.getRepository(Membership).findOneBy(key);
  return {
    accountId,
    displayName: membership?.displayName ?? account?.displayName ?? null,
    email: account?.email ?? null,
    role: membership?.role ?? null,
    status: membership?.status ?? null,
  };
}

const showPerson = ({ identity, account, history }: Shown): string =>
  [
    toFields({
      id: identity.id,
      'user name': identity.userName,
      'external id': identity.externalId,
      name: identity.displayName,
      state: identity.state,
      since: identity.stateChangedAt,
      created: identity.createdAt,
      erased: identity.erasedAt,
      account: account && textOf(account),
      NameID: identity.link && `${identity.link.nameId} (${identity.link.linkedBy ?? 'by hand'})`,
      'last login': identity.link?.lastLoginAt,
      groups: identity.groups.map(showGroup).join(', ') || 'none',
      'last request': identity.lastRequest?.receivedAt,
    }),
    ...(history.entries.length === 0 ? [] : ['', showChanges(history.entries)]),
    ...history.missing.map(({ from, to }) => `Changes ${from} to ${to} are no longer kept.`),
  ].join('\n');

const textOf = ({ accountId, displayName, email, role, status }: HostAccount): string =>
  [accountId, displayName, email, role === null ? 'no member' : `${role}, ${status}`]
    .filter((part) => part !== null)
    .join(' · ');

const showGroup = ({ displayName, type }: IdentityDetails['groups'][number]): string =>
  type === 'direct' ? displayName : `${displayName} (${type})`;

const showChanges = (entries: readonly HistoryEntry[]): string =>
  toTable(
    ['#', 'WHEN', 'EVENT', 'STATE', 'CHANGED', 'BY', 'REQUEST'],
    entries.map(({ sequence, occurredAt, type, state, changed, by, request }) => [
      sequence,
      occurredAt,
      type,
      state,
      changed.join(' '),
      [by.type, by.token?.label ?? by.token?.hint ?? by.actorId].filter((part) => typeof part === 'string').join(' '),
      request && `${request.method} ${request.path} ${request.status}`,
    ]),
  );
