import type { WrittenGuide } from '../guides/guide.js';
import type { PeopleCounts, SeenLoginRow, SentNames } from '../persistence/link-check-statements.js';
import type { LoginMeaning } from './login-meaning.js';
import { mask, type NameShape } from './name-shape.js';
import { isNickname, type SentAttribute } from './sent-names.js';

/** Verdicts of the link check, see `LinkCheck.verdict`. */
export const VERDICTS = ['ok', 'mixed', 'mismatch', 'too-early', 'nobody'] as const;

/** What the link check comes to. */
export type Verdict = (typeof VERDICTS)[number];

/** Something that the link check saw. */
export interface LinkFinding {
  /** Stable; the text is not. */
  readonly id: string;
  readonly severity: 'good' | 'note' | 'problem';
  readonly text: string;
  /** Three at most, the newest first. */
  readonly examples: readonly {
    /** Masked. */
    readonly nameId: string;
    /** The person whom it found, or looks like. */
    readonly identityId: string | null;
    readonly at: Date;
  }[];
}

/** A login that tells something. */
export interface SeenLogin {
  readonly login: SeenLoginRow;
  readonly meaning: LoginMeaning;
  /** Whether it looks like what is sent of others. */
  readonly isPossible: boolean;
}

/** What findings are written from. */
export interface LinkStory {
  readonly people: PeopleCounts;
  readonly seen: readonly SeenLogin[];
  readonly sample: readonly SentNames[];
  readonly sends: readonly SentAttribute[];
  /** People whose names look unlike the NameIDs that found somebody. */
  readonly others: readonly SentNames[];
  readonly guide: WrittenGuide;
  readonly verdict: Verdict;
}

const MOST_EXAMPLES = 3;

interface Rule {
  readonly id: string;
  readonly severity: LinkFinding['severity'];
  readonly is: (seen: SeenLogin) => boolean;
  readonly text: (count: string) => string;
}

const found =
  (by: 'externalId' | 'userName') =>
  ({ meaning }: SeenLogin): boolean =>
    meaning.type === 'linked' && meaning.by === by;

const means =
  (type: LoginMeaning['type']) =>
  ({ meaning }: SeenLogin): boolean =>
    meaning.type === type;

const RULES: readonly Rule[] = [
  {
    id: 'email-only',
    severity: 'problem',
    is: means('email'),
    text: (count) =>
      `${count} came with the e-mail address of a provisioned person as NameID, which is neither their externalId nor their userName. An e-mail address links nobody, because it may be given to somebody else.`,
  },
  {
    id: 'case-differs',
    severity: 'problem',
    is: means('case'),
    text: (count) =>
      `${count} came with a NameID that is the externalId of a person but for upper and lower case. An externalId is compared exactly.`,
  },
  {
    id: 'part-differs',
    severity: 'problem',
    is: means('part'),
    text: (count) =>
      `${count} came with a NameID that agrees with the userName or externalId of a person only up to the @. They have to be equal as a whole.`,
  },
  {
    id: 'linked-before',
    severity: 'problem',
    is: means('linked-before'),
    text: (count) =>
      `${count} came from people who are linked by another NameID already: what is sent as NameID was changed. Set it back, or unlink these people here.`,
  },
  {
    id: 'ambiguous',
    severity: 'problem',
    is: means('ambiguous'),
    text: (count) =>
      `${count} came with a NameID that is one person's externalId and another one's userName. Correct one of the two.`,
  },
  {
    id: 'unusable-name-id',
    severity: 'problem',
    is: means('unusable'),
    text: (count) =>
      `${count} had a NameID that is empty or transient, and so says nothing of who it is the next time. Choose a persistent one.`,
  },
  {
    id: 'unlike-anybody',
    severity: 'problem',
    is: (seen) => means('unknown')(seen) && !seen.isPossible,
    text: (count) =>
      `${count} came with a NameID that nobody has, and that looks like nothing that is sent as externalId or userName: the two sides are set to different things.`,
  },
  {
    id: 'unknown',
    severity: 'note',
    is: (seen) => means('unknown')(seen) && seen.isPossible,
    text: (count) =>
      `${count} came with a NameID that nobody has who is provisioned. That is right for people who are not assigned in the identity provider, such as owners and guests; it is wrong for all others.`,
  },
  {
    id: 'waiting',
    severity: 'note',
    is: means('waiting'),
    text: (count) =>
      `${count} came when nobody had that NameID yet; somebody has it now, and is linked at the next sign-in.`,
  },
  {
    id: 'linked-by-external-id',
    severity: 'good',
    is: found('externalId'),
    text: (count) => `${count} found their person by externalId.`,
  },
  {
    id: 'linked-by-user-name',
    severity: 'good',
    is: found('userName'),
    text: (count) =>
      `${count} found their person by userName. Who is renamed has to be unlinked here before they sign in again.`,
  },
];

/** What the sign-ins say, problems first. */
export function loginFindings({ seen }: LinkStory): readonly LinkFinding[] {
  return RULES.flatMap(({ id, severity, is, text }) => {
    const some = seen.filter(is);
    return some.length === 0
      ? []
      : [{ id, severity, text: text(counted(some.length, 'sign-in')), examples: examplesOf(some) }];
  });
}

const examplesOf = (seen: readonly SeenLogin[]): LinkFinding['examples'] =>
  seen.slice(0, MOST_EXAMPLES).map(({ login, meaning }) => ({
    nameId: login.nameId === '' ? '' : mask(login.nameId),
    identityId: meaning.identityId,
    at: login.at,
  }));

const note = (id: string, severity: LinkFinding['severity'], text: string): LinkFinding => ({
  id,
  severity,
  text,
  examples: [],
});

/** What can be said from what is sent, before anybody signs in, too. */
export function sendingFindings({ sample, sends, others, guide, verdict }: LinkStory): readonly LinkFinding[] {
  if (sample.length === 0 || verdict === 'ok') return [];
  const shape = (attribute: SentAttribute['attribute']): NameShape | undefined =>
    sends.find((each) => each.attribute === attribute)?.shape;
  const findings: LinkFinding[] = [];
  if (others.length > 0) {
    findings.push(
      note(
        'sent-unlike',
        'problem',
        `${counted(others.length, 'person', 'people')} of ${sample.length} that were looked at have neither an externalId nor a userName like the NameIDs that work; they will not be found.`,
      ),
    );
  }
  if (shape('externalId') === 'none') {
    findings.push(
      note(
        'no-external-id',
        'note',
        'Most people are sent without an externalId, so only their userName can equal a NameID.',
      ),
    );
  }
  if (isNickname(sample)) findings.push(nickname(guide));
  if (shape('userName') === 'okta-id') {
    findings.push(
      note(
        'okta-id-as-user-name',
        'note',
        'userName is the id of the user in Okta: right, if the application username, and with it the NameID, is user.getInternalProperty("id") for everybody.',
      ),
    );
  }
  return findings;
}

const nickname = ({ id }: WrittenGuide): LinkFinding =>
  note(
    'nickname-as-external-id',
    'note',
    id === 'entra'
      ? 'externalId is the mail nickname, as Entra ID sends it unless its mapping (mailNickname to externalId) is changed. The NameID user.objectid equals none of them: map objectId to externalId, or let the NameID be user.userprincipalname.'
      : 'externalId is what stands before the @ of the address, which is hardly ever a NameID: send an id that never changes, or let the NameID be the userName.',
  );

/** In one or two sentences. */
export function summaryOf({ verdict, people, sends, guide }: LinkStory): string {
  switch (verdict) {
    case 'ok':
      return 'Every sign-in of late found its person.';
    case 'mixed':
      return 'Some sign-ins found their person, and others did not, or will not. See below what they have in common.';
    case 'mismatch':
      return `No sign-in found its person: what ${guide.id === 'generic' ? 'the identity provider' : guide.name} sends as NameID is neither the externalId nor the userName that it provisions.`;
    case 'too-early':
      return `${counted(people.total, 'person is', 'people are')} provisioned, and nobody has signed in yet who tells whether it works. ${expectation(sends)}`;
    case 'nobody':
      return 'Nobody is provisioned yet.';
  }
}

function expectation(sends: readonly SentAttribute[]): string {
  const examples = sends.flatMap(({ attribute, example }) =>
    example === null ? [] : [`like ${example} (${attribute})`],
  );
  return `It does if the NameID is ${examples.join(' or ')}.`;
}

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
