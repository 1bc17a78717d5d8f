import { Injectable } from '@nestjs/common';
import { IdentitiesService } from '../identities/identities.service.js';
import { resourceOf } from '../identities/identity-values.js';
import { ScimLog } from '../log/scim-log.js';
import { type LoggedRequest, ScimLogService } from '../log/scim-log.service.js';
import type { IdentityState, LinkedBy } from '../persistence/entities/provisioned-identity.entity.js';
import { isId } from '../persistence/is-id.js';
import {
  findPeopleCalled,
  findPerson,
  type FoundRow,
  listPeople,
  type PersonDetailsRow,
  type PersonRow,
  searchPeople,
} from '../persistence/people-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { fold } from '../protocol/comparable.js';
import type { ResourceAttributes } from '../protocol/resource.js';
import { conflict, notFound } from '../protocol/scim-error.js';
import { IdentityErasure } from './identity-erasure.js';
import { type HistoryEntry, type HistoryPage, type HistoryQuery, IdentityHistory } from './identity-history.js';
import { PeopleUpkeep } from './people-upkeep.js';

/** A provisioned person as lists show them. */
export type IdentitySummary = PersonRow;

/** A provisioned person with all that is known of them. */
export interface IdentityDetails extends IdentitySummary {
  /** The SCIM attribute. */
  readonly active: boolean;
  /** The NameID that leads to them. */
  readonly link: {
    readonly nameId: string;
    readonly ssoConnectionId: string;
    readonly linkedBy: LinkedBy | null;
    readonly linkedAt: Date;
    readonly lastLoginAt: Date;
  } | null;
  readonly groups: readonly {
    readonly id: string;
    readonly displayName: string;
    readonly type: 'direct' | 'indirect';
  }[];
  /** As the identity provider sent them; none where the person was erased. */
  readonly attributes: ResourceAttributes;
  readonly lastChange: HistoryEntry | null;
  /** The newest request about them that the log has, reads included; what it says of them is hidden. */
  readonly lastRequest: LoggedRequest | null;
}

/** A place in the order of lists: the newest first. */
export interface IdentityPlace {
  readonly createdAt: Date;
  readonly id: string;
}

/** Which people. */
export interface IdentityQuery {
  /** Default: all but the deprovisioned. */
  readonly state?: IdentityState | undefined;
  /** Part of a user name, external id, display name or e-mail address, in letters of any case but for the external id. */
  readonly text?: string | undefined;
  /** `next` of the page before. */
  readonly after?: IdentityPlace | undefined;
  readonly limit: number;
}

/** A page of people, the newest first. */
export interface IdentityPage {
  readonly identities: readonly IdentitySummary[];
  /** Absent on the last page. */
  readonly next?: IdentityPlace;
}

/** The people whom an organization's identity provider provisioned, for those who administer it. */
@Injectable()
export class ScimIdentitiesService {
  constructor(
    private readonly database: ScimDatabase,
    private readonly identities: IdentitiesService,
    private readonly erasure: IdentityErasure,
    private readonly log: ScimLogService,
    private readonly entries: ScimLog,
    private readonly histories: IdentityHistory,
    private readonly upkeep: PeopleUpkeep,
  ) {}

  /**
   * A page costs the same wherever it is. With `text` it looks at 20,000 people at most, so that it may be short, or empty, and have
   * a `next` all the same; whoever is called exactly so stands first on the first page.
   */
  async list(organizationId: string, query: IdentityQuery): Promise<IdentityPage> {
    const { state, text, after, limit } = query;
    const place = [after?.createdAt.toISOString() ?? null, after?.id ?? null];
    const parameters = [organizationId, ...place, state ?? null];
    if (text !== undefined && text !== '') return this.search(parameters, text, query);
    const rows = await this.database.run<PersonRow>(listPeople(state !== undefined), [...parameters, limit + 1]);
    return toPage(rows, limit);
  }

  /** In any state. @throws ScimError 404 */
  async get(organizationId: string, id: string): Promise<IdentityDetails> {
    const row = await this.find(organizationId, id);
    const [lastRequest] = await this.log.list(organizationId, { person: id, limit: 1 });
    const { entries } = await this.histories.page(organizationId, id, row.eventSeq, { limit: 1 });
    return toDetails(row, entries[0] ?? null, lastRequest ?? null);
  }

  /** The newest first; a page costs the same wherever it is. @throws ScimError 404 */
  async history(organizationId: string, id: string, query: HistoryQuery): Promise<HistoryPage> {
    await this.entries.flush(organizationId);
    const { eventSeq } = await this.find(organizationId, id);
    return this.histories.page(organizationId, id, eventSeq, query);
  }

  /**
   * Ends the link of somebody who was linked wrongly: the account is out (`access` denies it, `UserUnlinked` tells it), and the
   * next login links anew by the rules. Nothing happens to a person who is not linked.
   * @param actorId account id of the admin.
   * @throws ScimError 404; 409 where the person is removed, or the host refuses: `mayRemove` is asked.
   */
  async unlink(organizationId: string, id: string, actorId?: string): Promise<void> {
    const { state } = await this.find(organizationId, id);
    if (state === 'deprovisioned') throw conflict('This person is removed already: there is nothing to unlink.');
    await this.identities.unlink(organizationId, id, actorId === undefined ? {} : { actorId });
  }

  /**
   * Takes all that is personal out of the module's tables: attributes, names, NameIDs, what events and the log say. What stays
   * are keyed hashes that keep just-in-time logins from bringing the person back, the account's id, and that there was a history.
   * A suspended person is deprovisioned first. Nothing happens to one who was erased before. It cannot be undone.
   * @param actorId account id of the admin.
   * @throws ScimError 404; 409 while the person is provisioned or active, or where the host refuses: `mayRemove` is asked.
   */
  async erase(organizationId: string, id: string, actorId?: string): Promise<void> {
    const erased = await this.erasure.erase(organizationId, id, actorId);
    if (erased) this.upkeep.lookAgain(erased);
  }

  private async search(
    parameters: readonly unknown[],
    text: string,
    { state, after, limit }: IdentityQuery,
  ): Promise<IdentityPage> {
    const [organizationId] = parameters;
    const called = await this.database.run<PersonRow>(findPeopleCalled, [
      organizationId,
      fold(text),
      text,
      state ?? null,
      limit,
    ]);
    // More of one name fill a page: they come with the others.
    const first = called.length < limit ? called : [];
    const shown = after ? [] : first;
    const room = limit - shown.length;
    const found = await this.database.run<FoundRow>(searchPeople(state !== undefined), [
      ...parameters,
      room + 1,
      fold(text),
      text,
      first.map(({ id }) => id),
    ]);
    const rows = found.filter(({ id }) => id !== null).map(({ endAt: _at, endId: _id, ...row }) => row);
    const page = toPage(rows, room);
    const [end] = found;
    const ending = end?.endAt && end.endId ? { next: { createdAt: end.endAt, id: end.endId } } : {};
    return { ...ending, ...page, identities: [...shown, ...page.identities] };
  }

  private async find(organizationId: string, id: string): Promise<PersonDetailsRow> {
    const [row] = isId(id) ? await this.database.run<PersonDetailsRow>(findPerson, [organizationId, id]) : [];
    if (!row) throw notFound('There is no such person.');
    return row;
  }
}

function toPage(rows: readonly PersonRow[], limit: number): IdentityPage {
  const identities = rows.slice(0, limit);
  const last = identities.at(-1);
  return rows.length > limit && last
    ? { identities, next: { createdAt: last.createdAt, id: last.id } }
    : { identities };
}

function toDetails(
  row: PersonDetailsRow,
  lastChange: HistoryEntry | null,
  lastRequest: LoggedRequest | null,
): IdentityDetails {
  const { id, userName, externalId, state, accountId, groupCount, active, link, linkedBy } = row;
  const { createdAt, modifiedAt, stateChangedAt, lastChangeAt, erasedAt } = row;
  const { displayName } = row.attributes;
  return {
    id,
    userName,
    externalId,
    displayName: typeof displayName === 'string' ? displayName : null,
    state,
    accountId,
    groupCount,
    createdAt,
    modifiedAt,
    stateChangedAt,
    lastChangeAt,
    erasedAt,
    active,
    link: link && {
      ...link,
      linkedBy,
      linkedAt: new Date(link.linkedAt),
      lastLoginAt: new Date(link.lastLoginAt),
    },
    groups: row.groups.map(({ value, display, type }) => ({ id: value, displayName: display, type })),
    attributes: erasedAt === null ? resourceOf(row) : {},
    lastChange,
    lastRequest,
  };
}
