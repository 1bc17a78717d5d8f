import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { beginFeed, type FeedRow, lockFeeds, placeEvents, readFeedPage } from '../persistence/feed-statements.js';
import type { StoredEvent } from '../persistence/outbox-statements.js';
import { ScimDatabase } from '../persistence/scim-database.js';
import { ScimError } from '../protocol/scim-error.js';
import { checkLimit } from './check-limit.js';
import { FEED_BEGIN, type FeedPlace, readFeedCursor, writeFeedCursor } from './feed-cursor.js';
import { readEvent } from './read-event.js';
import type { ScimEvent } from './scim-events.js';

const DEFAULT_LIMIT = 100;
/** Events that get their places with one request. */
const PLACED_AT_ONCE = 1000;
/** Places that one request looks at for the types it wants. */
const LOOKED_AT = 10_000;

/** What is read of a feed. */
export interface FeedQuery {
  /** `next` of the page before. Default: begin with the oldest event that is kept. */
  readonly after?: string | undefined;
  /** E.g. `['scim.user.deactivated']`. Default: all. */
  readonly types?: readonly string[] | undefined;
  /** Most events, 1 to 1,000. Default 100. */
  readonly limit?: number | undefined;
}

/** A page of a feed. */
export interface FeedPage {
  /** In order; those of one identity, group, resource, token or connection by their `sequence`. */
  readonly events: readonly ScimEvent[];
  /** For `after`, also where the page is empty: it says how far all was read. */
  readonly next: string;
  /** Whether there is more already that this process can tell: an event that only a newer release knows is for its processes. */
  readonly hasMore: boolean;
}

interface Feed {
  readonly id: string;
  readonly last: number;
  readonly horizon: number;
  readonly hasUnread: boolean;
  readonly events: readonly { readonly position: number; readonly stored: StoredEvent }[];
}

/**
 * All events of an organization, one after the other, for those who come and ask. An event gets its place when somebody first
 * reads so far, and keeps it: transactions may commit in any order and take as long as they like, nobody misses one and
 * nobody waits for one.
 */
@Injectable()
export class ScimFeed {
  private readonly logger = new Logger(ScimFeed.name);

  constructor(private readonly database: ScimDatabase) {}

  /**
   * @throws ScimError 400 for a cursor that is none of this feed, or a limit that is none; 410 where what comes after the cursor
   * is no longer kept.
   */
  async read(organizationId: string, query: FeedQuery): Promise<FeedPage> {
    const after = query.after === undefined || query.after === FEED_BEGIN ? undefined : readPlace(query.after);
    const types = query.types ?? null;
    const limit = checkLimit(query.limit ?? DEFAULT_LIMIT);
    const look = (): Promise<Feed | undefined> =>
      this.look([organizationId, after?.position ?? null, types, limit, LOOKED_AT]);
    let feed = await look();
    if (!feed) {
      await this.database.run(beginFeed, [organizationId, randomUUID()]);
      feed = await look();
    }
    if (!feed) return { events: [], next: FEED_BEGIN, hasMore: false };
    check(feed, after);
    const begin = after?.position ?? feed.horizon;
    if (feed.hasUnread && feed.events.length < limit && feed.last - begin < LOOKED_AT) {
      await this.place(organizationId);
      feed = (await look()) ?? feed;
      check(feed, after);
    }
    return this.toPage(feed, after?.position ?? feed.horizon, limit);
  }

  private async look(values: readonly unknown[]): Promise<Feed | undefined> {
    const rows = await this.database.run<FeedRow>(readFeedPage, values);
    const [first] = rows;
    if (!first) return undefined;
    return {
      id: first.feedId,
      last: Number(first.lastPosition),
      horizon: Number(first.horizon),
      hasUnread: first.hasUnread,
      events: rows.filter(isEvent).map((stored) => ({ position: Number(stored.position), stored })),
    };
  }

  private async place(organizationId: string): Promise<void> {
    await this.database.transactionWithRetry(async (manager) => {
      await this.database.run(lockFeeds, [[organizationId]], manager);
      await this.database.run(placeEvents, [organizationId, PLACED_AT_ONCE], manager);
    });
  }

  private toPage(feed: Feed, begin: number, limit: number): FeedPage {
    const events: ScimEvent[] = [];
    let end = feed.events.length === limit ? begin : Math.min(begin + LOOKED_AT, feed.last);
    const cursor = (position: number): string => writeFeedCursor({ feedId: feed.id, position });
    for (const { position, stored } of feed.events) {
      const event = this.readOne(stored);
      // Of a newer release, whose processes can tell it. Whoever asked this one again at once would ask in vain.
      if (!event) return { events, next: cursor(position - 1), hasMore: false };
      events.push(event);
      end = Math.max(end, position);
    }
    return { events, next: cursor(end), hasMore: end < feed.last || feed.hasUnread };
  }

  private readOne(stored: StoredEvent): ScimEvent | undefined {
    try {
      return readEvent(stored);
    } catch (error) {
      this.logger.warn(`The feed of organization ${stored.organizationId} waits: ${String(error)}`);
      return undefined;
    }
  }
}

const isEvent = (row: FeedRow): row is FeedRow & StoredEvent => row.position !== null;

function readPlace(cursor: string): FeedPlace {
  const place = readFeedCursor(cursor);
  if (!place) throw notOurs();
  return place;
}

/** Another organization's cursor is told nothing else than one that never was. */
const notOurs = (): ScimError => new ScimError(400, undefined, '`after` is not a cursor of this feed.');

function check({ id, last, horizon }: Feed, after: FeedPlace | undefined): void {
  if (!after) return;
  if (after.feedId !== id) throw notOurs();
  // Beyond the end: the database was set back, and other events may have those places now.
  if (after.position < horizon || after.position > last) {
    throw new ScimError(
      410,
      undefined,
      'Events after this cursor are no longer kept: read the people anew, and begin without `after`.',
    );
  }
}
