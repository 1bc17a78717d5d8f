import type { GuideId, LinkKeyChoice, WrittenGuide } from '../guides/guide.js';
import { linkKeysOf } from '../guides/guides.js';
import type { LinkedBy } from '../persistence/entities/provisioned-identity.entity.js';
import {
  MOST_LOGINS,
  MOST_PEOPLE,
  type PeopleCounts,
  type SeenLoginRow,
  type SentNames,
} from '../persistence/link-check-statements.js';
import {
  type LinkFinding,
  loginFindings,
  type SeenLogin,
  sendingFindings,
  summaryOf,
  type Verdict,
} from './link-findings.js';
import { meaningOf } from './login-meaning.js';
import { type NameShape, shapeOf } from './name-shape.js';
import { LINK_KEYS, lookOf, looksOf, type SentAttribute, sentAttributes, unlike } from './sent-names.js';

/** Whether the NameIDs of sign-ins and what SCIM sends of people belong together. */
export interface LinkCheck {
  /**
   * `ok`: every sign-in of late found its person · `mixed`: some did not · `mismatch`: none did, and none can ·
   * `too-early`: nobody has signed in who tells · `nobody`: nobody is provisioned.
   */
  readonly verdict: Verdict;
  readonly summary: string;
  /** Whose words are used. */
  readonly guide: { readonly id: GuideId; readonly name: string };
  /** Each is counted up to `most`. */
  readonly people: PeopleCounts & { readonly most: number };
  /** Of the newest `most`; those that were refused are in the other numbers, too. */
  readonly logins: {
    readonly byExternalId: number;
    readonly byUserName: number;
    readonly byEmailOnly: number;
    readonly byNobody: number;
    readonly refused: number;
    readonly most: number;
  };
  /** Empty while nobody is provisioned. */
  readonly sends: readonly SentAttribute[];
  readonly findings: readonly LinkFinding[];
  /** What to set, the best first; empty where all is well. */
  readonly advice: readonly LinkKeyChoice[];
}

/** What the verdict is made of. */
export interface LinkFacts {
  readonly people: PeopleCounts;
  /** Some of them. */
  readonly sample: readonly SentNames[];
  /** The newest first. */
  readonly logins: readonly SeenLoginRow[];
  readonly guide: WrittenGuide;
}

export function judgeLinks({ people, sample, logins, guide }: LinkFacts): LinkCheck {
  const looks = looksOf(sample);
  const seen = logins.flatMap((login): SeenLogin[] => {
    const meaning = meaningOf(login);
    return meaning ? [{ login, meaning, isPossible: looks.has(lookOf(login.nameId)) }] : [];
  });
  const others = unlike(sample, shapesFound(seen));
  const verdict = verdictOf(people, seen, others.length);
  const sends = sentAttributes(sample);
  const story = { people, seen, sample, sends, others, guide, verdict };
  return {
    verdict,
    summary: summaryOf(story),
    guide: { id: guide.id, name: guide.name },
    people: { ...people, most: MOST_PEOPLE },
    logins: countLogins(seen),
    sends,
    findings: [...loginFindings(story), ...sendingFindings(story)],
    advice: verdict === 'ok' ? [] : adviceOf(guide, seen),
  };
}

/** Never `ok` while anything speaks against it: a setting that is wrong for some is found by those whom it is wrong for. */
function verdictOf(people: PeopleCounts, seen: readonly SeenLogin[], unlikeCount: number): Verdict {
  if (people.total === 0) return 'nobody';
  if (seen.some(hasFound)) return seen.every(hasFound) && unlikeCount === 0 ? 'ok' : 'mixed';
  // Owners and guests sign in by names that could be anybody's; only what can never be a person's name tells.
  const isWrong = ({ meaning, isPossible }: SeenLogin): boolean => meaning.type !== 'unknown' || !isPossible;
  return seen.some(isWrong) ? 'mismatch' : 'too-early';
}

/** What NameIDs look like that found somebody; none of them: nothing can be said of people who have not signed in. */
function shapesFound(seen: readonly SeenLogin[]): ReadonlyMap<LinkedBy, ReadonlySet<NameShape>> {
  const shapesBy = (attribute: LinkedBy): ReadonlySet<NameShape> =>
    new Set(seen.flatMap((each) => (foundBy(each) === attribute ? [shapeOf(each.login.nameId)] : [])));
  return new Map(LINK_KEYS.map((attribute) => [attribute, shapesBy(attribute)]));
}

/** Undefined where it found nobody. */
const foundBy = ({ meaning }: SeenLogin): LinkedBy | undefined =>
  meaning.type === 'linked' || meaning.type === 'waiting' ? meaning.by : undefined;

const hasFound = (seen: SeenLogin): boolean => foundBy(seen) !== undefined;

function countLogins(seen: readonly SeenLogin[]): LinkCheck['logins'] {
  const count = (is: (each: SeenLogin) => boolean): number => seen.filter(is).length;
  const byExternalId = count((each) => foundBy(each) === 'externalId');
  const byUserName = count((each) => foundBy(each) === 'userName');
  const byEmailOnly = count(({ meaning }) => meaning.type === 'email');
  return {
    byExternalId,
    byUserName,
    byEmailOnly,
    byNobody: seen.length - byExternalId - byUserName - byEmailOnly,
    refused: count(({ login }) => login.refusal !== null),
    most: MOST_LOGINS,
  };
}

/** What works for most already is what the others are set to; else what the guide recommends. */
function adviceOf(guide: WrittenGuide, seen: readonly SeenLogin[]): readonly LinkKeyChoice[] {
  const choices = linkKeysOf(guide);
  const { byExternalId, byUserName } = countLogins(seen);
  const best = byExternalId === byUserName ? undefined : byExternalId > byUserName ? 'externalId' : 'userName';
  if (!choices.some(({ id }) => id === best)) return choices;
  return choices
    .map((choice) => ({ ...choice, recommended: choice.id === best }))
    .toSorted((one, other) => Number(other.recommended) - Number(one.recommended));
}
