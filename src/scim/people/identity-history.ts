import { Injectable } from '@nestjs/common';
import { UserLinked } from '../events/scim-events.js';
import { maskPath } from '../log/mask-body.js';
import { type HistoryRow, listHistory } from '../persistence/people-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';

/** What happened to a person: which request of which token, or which admin, did what. */
export interface HistoryEntry {
  /** Of the event. */
  readonly id: string;
  /** 1, 2, 3 … in the life of the identity. */
  readonly sequence: number;
  /** E.g. `scim.user.updated`. */
  readonly type: string;
  readonly occurredAt: Date;
  /** After it. */
  readonly state: string;
  /** Names of the attributes that changed. */
  readonly changed: readonly string[];
  /** The host's account that it is about, where there is one. */
  readonly accountId: string | null;
  /** Why, where the event says so: see `UserUnlinked` and `UserErased`. */
  readonly reason: string | null;
  readonly by: {
    readonly type: 'token' | 'admin' | 'login' | 'host' | 'retention';
    readonly token: HistoryRow['token'];
    /** Account id. */
    readonly actorId: string | null;
  };
  readonly requestId: string | null;
  /** Null where it was no request, or stands not in the log any more. */
  readonly request: HistoryRow['request'];
}

/** A page of a history, the newest first. */
export interface HistoryPage {
  readonly entries: readonly HistoryEntry[];
  /** Sequences, both included, of entries that are not kept any more, among these and, on the last page, before them. */
  readonly missing: readonly { readonly from: number; readonly to: number }[];
  /** `after` of the next page; absent on the last one. */
  readonly next?: number;
}

/** Which page. */
export interface HistoryQuery {
  /** `next` of the page before. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** Reads the events of one identity as its history. */
@Injectable()
export class IdentityHistory {
  constructor(private readonly database: ScimDatabase) {}

  /** @param newest the sequence of the identity's last event, which tells what is missing at the end. */
  async page(
    organizationId: string,
    identityId: string,
    newest: number,
    { after, limit }: HistoryQuery,
  ): Promise<HistoryPage> {
    const parameters = [organizationId, identityId, after ?? null, limit + 1];
    const rows = await this.database.run<HistoryRow>(listHistory, parameters);
    const entries = rows.slice(0, limit).map(toEntry);
    const last = entries.at(-1)?.sequence;
    const isLast = rows.length <= limit || last === undefined;
    const missing = gapsIn(entries, after ?? newest + 1, isLast ? 0 : last);
    return { entries, missing, ...(isLast ? {} : { next: last }) };
  }
}

/** Between two sequences that are no gaps themselves. */
function gapsIn(entries: readonly HistoryEntry[], above: number, below: number): HistoryPage['missing'] {
  const kept = [above, ...entries.map(({ sequence }) => sequence), ...(below === 0 ? [0] : [])];
  return kept.slice(1).flatMap((sequence, index) => {
    const from = sequence + 1;
    const to = (kept[index] ?? 0) - 1;
    return from <= to ? [{ from, to }] : [];
  });
}

function toEntry({ payload, token, ...row }: HistoryRow): HistoryEntry {
  const actorId = textIn(payload['actorId']);
  const reason = textIn(payload['reason']);
  const { changed } = payload;
  return {
    id: row.id,
    sequence: row.sequence,
    type: row.type,
    occurredAt: row.occurredAt,
    state: textIn(payload['state']) ?? '',
    changed: Array.isArray(changed) ? changed.filter((name) => typeof name === 'string') : [],
    accountId: textIn(payload['accountId']),
    reason,
    by: { type: causeOf(row.type, { hasToken: token !== null, actorId, reason }), token, actorId },
    requestId: row.requestId,
    request: row.request && { ...row.request, path: maskPath(row.request.path) },
  };
}

function causeOf(
  type: string,
  { hasToken, actorId, reason }: { hasToken: boolean; actorId: string | null; reason: string | null },
): HistoryEntry['by']['type'] {
  if (hasToken) return 'token';
  if (actorId !== null || reason === 'admin') return 'admin';
  if (reason === 'retention') return 'retention';
  return type === UserLinked.type ? 'login' : 'host';
}

const textIn = (value: unknown): string | null => (typeof value === 'string' ? value : null);
