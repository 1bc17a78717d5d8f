import { isId } from '../persistence/is-id.js';

/** A place in a feed: after the event at `position`. */
export interface FeedPlace {
  readonly feedId: string;
  readonly position: number;
}

/** Of an organization that has no feed yet: the beginning. */
export const FEED_BEGIN = 'begin';

/** A text without a secret: whoever changes it reads on elsewhere in the same feed, which they may read anyway. */
export const writeFeedCursor = ({ feedId, position }: FeedPlace): string =>
  Buffer.from(`${feedId} ${position}`).toString('base64url');

/** Undefined for what is none. */
export function readFeedCursor(cursor: string): FeedPlace | undefined {
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const [feedId = '', digits = ''] = text.split(' ');
  const place = { feedId, position: Number(digits) };
  // Node decodes other spellings of the same bytes too, and a number has many.
  const isOurs = isId(feedId) && Number.isSafeInteger(place.position) && writeFeedCursor(place) === cursor;
  return isOurs && place.position >= 0 ? place : undefined;
}
