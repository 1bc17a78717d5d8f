import { invalidValue } from '../protocol/scim-error.js';
import { TOKEN_SCOPES, type TokenScope } from './token-scopes.js';

/** An IdP keeps one static token, so it lives long; a year is what most SCIM services give. */
export const DEFAULT_DAYS = 365;
export const MOST_DAYS = 730;
export const LONGEST_LABEL = 100;
/** Control characters have no place on a page; PostgreSQL takes neither NUL nor halves of surrogate pairs. */
export const PRINTABLE = /^[^\p{Cc}\p{Cs}]*$/u;
/** Two, so that a new one can be put into the IdP while the old one still works. */
export const MOST_LIVE_TOKENS = 2;
/** Of one leak report. */
export const MOST_SECRETS = 100;
export const LONGEST_SOURCE = 500;

/** How long the old token of a rotation goes on working, in hours: not at all (it leaked), 1 h, a day, a week. */
export const OVERLAP_HOURS = [0, 1, 24, 168] as const;
const DEFAULT_OVERLAP_HOURS = 24;

/** One of 0, 1, 24 and 168. */
export type OverlapHours = (typeof OVERLAP_HOURS)[number];

/** What an admin may say about a token that is to be made. */
export interface NewToken {
  /** What the admin calls it; at most 100 characters, without control characters. Default: none. */
  readonly label?: string | undefined;
  /** Days, 1 to 730; `never` only where the host's `tokens.neverExpiring` allows it. Default 365. */
  readonly expiresInDays?: number | 'never' | undefined;
  /** Default: all. */
  readonly scopes?: readonly TokenScope[] | undefined;
  /** Account id of the admin. */
  readonly createdBy?: string | undefined;
}

/** What an admin may say about the replacement of a token. */
export interface TokenRotation {
  /** How long the old one goes on working: 0, 1, 24 or 168 hours. 0 is for one that leaked. Default 24. */
  readonly overlapHours?: OverlapHours | undefined;
  /** Account id of the admin. */
  readonly actorId?: string | undefined;
}

/** What a secret scanner found. */
export interface LeakReport {
  /** At most 100; what is no token of ours is ignored. */
  readonly secrets: readonly string[];
  /** Where, e.g. a URL; at most 500 characters, without control characters. It goes into the event `scim.token.leaked`. */
  readonly source?: string | undefined;
}

/**
 * Types say so too, but what a host hands in may come from a form of its own.
 * @throws ScimError 400
 */
export function checkNewToken(
  { label = '', expiresInDays, scopes = TOKEN_SCOPES }: NewToken,
  neverExpiring: boolean,
): void {
  checkLife(expiresInDays, neverExpiring);
  if (typeof label !== 'string' || label.length > LONGEST_LABEL || !PRINTABLE.test(label)) {
    throw invalidValue(`A label is a text of at most ${LONGEST_LABEL} characters, without control characters.`);
  }
  const known = Array.isArray(scopes) && scopes.length > 0 && scopes.every((scope) => TOKEN_SCOPES.includes(scope));
  if (!known || new Set(scopes).size < scopes.length) {
    throw invalidValue(`Scopes are some of ${TOKEN_SCOPES.join(', ')}, each once.`);
  }
}

function checkLife(days: NewToken['expiresInDays'] = DEFAULT_DAYS, neverExpiring: boolean): void {
  if (days === 'never') {
    if (!neverExpiring) throw invalidValue(`A token that never expires is not allowed here: 1 to ${MOST_DAYS} days.`);
  } else if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS) {
    throw invalidValue(`A token lives 1 to ${MOST_DAYS} days.`);
  }
}

/** @throws ScimError 400 */
export function readOverlap({ overlapHours = DEFAULT_OVERLAP_HOURS }: TokenRotation): OverlapHours {
  if (!OVERLAP_HOURS.includes(overlapHours)) {
    throw invalidValue(`The overlap of a rotation is ${OVERLAP_HOURS.join(', ')} hours.`);
  }
  return overlapHours;
}

/** @throws ScimError 400 */
export function checkLeakReport({ secrets, source = '' }: LeakReport): void {
  const areTexts = Array.isArray(secrets) && secrets.every((secret) => typeof secret === 'string');
  if (!areTexts || secrets.length > MOST_SECRETS) {
    throw invalidValue(`A report is a list of at most ${MOST_SECRETS} secrets.`);
  }
  if (typeof source !== 'string' || source.length > LONGEST_SOURCE || !PRINTABLE.test(source)) {
    throw invalidValue(`A source is a text of at most ${LONGEST_SOURCE} characters, without control characters.`);
  }
}
