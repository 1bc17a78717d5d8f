import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isId } from '../persistence/is-id.js';
import {
  eraseFromLog,
  findLogRow,
  findPersonKeys,
  listLogRows,
  listLogRowsOfPerson,
  listLogRowsOfStatus,
  listReveals,
  type LogRow,
  type LogRowWithBody,
  revealLogRow,
} from '../persistence/log-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { fold } from '../protocol/comparable.js';
import type { Json } from '../protocol/resource.js';
import { notFound } from '../protocol/scim-error.js';
import { maskBody, maskPath } from './mask-body.js';
import { MASK } from './mask-filter.js';
import { maskQuery, showQuery } from './query-text.js';
import { ScimLog } from './scim-log.js';

/** A request of the log; what it says of people is hidden unless it was revealed. */
export interface LoggedRequest extends Omit<LogRow, 'tokenId' | 'tokenLabel' | 'tokenHint' | 'personKeys'> {
  /** The token it came with, be it good or not. */
  readonly token: { readonly id: string; readonly label: string | null; readonly hint: string | null } | null;
}

/** With its body, and who saw it unhidden. */
export interface LoggedRequestDetails extends LoggedRequest {
  /** Without passwords and tokens; cut where it is long, which an ellipsis shows. */
  readonly body: Json;
  readonly isRevealed: boolean;
  readonly reveals: readonly { readonly revealedAt: Date; readonly actorId: string | null }[];
}

/** Which requests. */
export interface LogQuery {
  /** A status, or `2xx` … `5xx`, or `failed`: 4xx and 5xx. */
  readonly status?: string | undefined;
  /** Id, user name, external id or e-mail address of a person, as a whole. */
  readonly person?: string | undefined;
  readonly from?: Date | undefined;
  /** Excluded. */
  readonly to?: Date | undefined;
  /** The last one of the page before. */
  readonly after?: { readonly receivedAt: string; readonly id: string } | undefined;
  readonly limit: number;
}

/** Reads an organization's log. */
@Injectable()
export class ScimLogService {
  constructor(
    private readonly database: ScimDatabase,
    private readonly log: ScimLog,
  ) {}

  /** The newest first; without what they say of people. */
  async list(organizationId: string, query: LogQuery): Promise<LoggedRequest[]> {
    await this.log.flush(organizationId);
    const { status, person, from, to, after, limit } = query;
    const exact = status !== undefined && /^\d{3}$/.test(status) ? Number(status) : null;
    const parameters = [
      organizationId,
      digitsOf(status),
      exact,
      from?.toISOString() ?? null,
      to?.toISOString() ?? null,
      after?.receivedAt ?? null,
      after?.id ?? null,
      limit,
    ];
    const rows =
      person === undefined
        ? await this.database.run<LogRow>(exact === null ? listLogRows : listLogRowsOfStatus, parameters)
        : await this.database.run<LogRow>(listLogRowsOfPerson, [
            ...parameters,
            await this.keysOf(organizationId, person),
          ]);
    return rows.map((row) => toRequest(row, false));
  }

  /** One with its body; without what it says of people. @throws ScimError 404 */
  async get(organizationId: string, id: string): Promise<LoggedRequestDetails> {
    await this.log.flush(organizationId);
    const [row] = isId(id) ? await this.database.run<LogRowWithBody>(findLogRow, [organizationId, id]) : [];
    return this.toDetails(organizationId, row, false);
  }

  /**
   * One with all that is kept of it; who asked is written down in the same statement.
   * @param actorId account id of the admin.
   * @throws ScimError 404
   */
  async reveal(organizationId: string, id: string, actorId?: string): Promise<LoggedRequestDetails> {
    await this.log.flush(organizationId);
    const parameters = [organizationId, id, randomUUID(), actorId ?? null];
    const [row] = isId(id) ? await this.database.run<LogRowWithBody>(revealLogRow, parameters) : [];
    return this.toDetails(organizationId, row, true);
  }

  /**
   * Takes all that the log says of a person out of it: bodies, queries, answers and names. That there was a request stays.
   * @param identityId of the person's provisioned identity.
   * @param names more of what they are, or were, called: user names, external ids, e-mail addresses.
   * @param manager to do it in a transaction of the caller's.
   * @returns how many entries were changed.
   */
  async erase(
    organizationId: string,
    identityId: string,
    names: readonly string[] = [],
    manager?: EntityManager,
  ): Promise<number> {
    if (!isId(identityId)) return 0;
    await this.log.flush(organizationId);
    const keys = names.flatMap((name) => [name, fold(name)]);
    const known = await this.database.run<PersonRow>(findPersonKeys, [organizationId, identityId, identityId], manager);
    const own = known.filter(({ id }) => id === identityId).flatMap(namesOf);
    const changed = await this.database.run(eraseFromLog, [organizationId, identityId, [...own, ...keys]], manager);
    return changed.length;
  }

  private async keysOf(organizationId: string, person: string): Promise<readonly string[]> {
    const rows = await this.database.run<PersonRow>(findPersonKeys, [organizationId, person, fold(person)]);
    // An external id is compared as it is: where it is one, the folded text may be another person's.
    const folded = rows.length === 0 || person.includes('@') ? [fold(person)] : [];
    return [...new Set([person, ...folded, ...rows.flatMap((row) => [row.id, ...namesOf(row)])])];
  }

  private async toDetails(
    organizationId: string,
    row: LogRowWithBody | undefined,
    isRevealed: boolean,
  ): Promise<LoggedRequestDetails> {
    if (!row) throw notFound('There is no such request in the log.');
    const reveals = await this.database.run<LoggedRequestDetails['reveals'][number]>(listReveals, [
      organizationId,
      row.id,
    ]);
    const body = row.body === null ? null : (JSON.parse(row.body) as Json);
    return { ...toRequest(row, isRevealed), body: isRevealed ? body : maskBody(body), isRevealed, reveals };
  }
}

interface PersonRow {
  readonly id: string;
  readonly userNameKey: string;
  readonly externalId: string | null;
}

const namesOf = ({ userNameKey, externalId }: PersonRow): string[] => [
  userNameKey,
  ...(externalId === null ? [] : [externalId]),
];

/** First digits of the statuses that are asked for. */
function digitsOf(status: string | undefined): readonly number[] {
  if (status === undefined) return [1, 2, 3, 4, 5];
  return status === 'failed' ? [4, 5] : [Number(status.charAt(0))];
}

function toRequest(
  { tokenId, tokenLabel, tokenHint, personKeys, ...shown }: LogRow,
  isRevealed: boolean,
): LoggedRequest {
  const token = tokenId === null ? null : { id: tokenId, label: tokenLabel, hint: tokenHint };
  const { query, detail } = shown;
  if (isRevealed) return { ...shown, query: query === null ? null : showQuery(query), token };
  return {
    ...shown,
    path: maskPath(shown.path),
    query: query === null ? null : maskQuery(query),
    detail: detail === null ? null : maskDetail(detail, shown.scimType, personKeys),
    token,
  };
}

const QUOTED = /()"(?:[^"\\]|\\.)*"?/g;
/** What a message says was sent, and what a quoted path compares with. */
const SENT =
  /(\b(?:the text|the number|instead of) )(?:"(?:[^"\\]|\\.)*"?|-?\d(?:[\w+-]|\.(?=\w))*)|\\"(?:[^"\\]|\\\\\\?.)*(?:\\"|…"|$)/g;

/** What the client was told may quote whom the request was about, and tells what is taken already. */
function maskDetail(detail: string, scimType: string | null, personKeys: readonly string[]): string {
  const quoted = scimType === 'uniqueness' ? QUOTED : SENT;
  const text = detail.replaceAll(quoted, (_all, before = '') => `${before}"${MASK}"`);
  const names = personKeys.filter((key) => key.length > 1 && !isId(key));
  if (names.length === 0) return text;
  const longestFirst = names.toSorted((one, other) => other.length - one.length);
  const pattern = longestFirst.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|');
  return text.replaceAll(new RegExp(pattern, 'gi'), MASK);
}
