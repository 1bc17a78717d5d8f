import { poll } from './api.js';
import { badge, button, byId, code, el, facts, identifier, put } from './dom.js';
import { attempt, say } from './feedback.js';
import { choices } from './steps.js';
import { amount, listed, time } from './words.js';
import { openPerson } from './person.js';

/** Whether logins will find the people that were added. */

const VERDICTS = {
  ok: ['good', 'The ids match'],
  mixed: ['warning', 'The ids match for some only'],
  mismatch: ['bad', 'The ids do not match'],
  'too-early': ['waiting', 'Too early to tell'],
  nobody: ['waiting', 'Nobody has been added yet'],
};

export const startLinkCheck = (refresh) => {
  const again = byId('link-check-again');
  again.addEventListener('click', () =>
    attempt(
      'link-error',
      async () => {
        await load(refresh);
        say('Checked.');
      },
      again,
    ),
  );
};

export const showLinkCheck = (refresh) => attempt('link-error', () => load(refresh));

async function load(refresh) {
  const { answer, changed } = await poll('/scim/link-check');
  if (changed) put(byId('link-check'), drawn(answer, refresh));
}

function drawn({ verdict, summary, people, logins, sends, findings, advice }, refresh) {
  const [kind, title] = VERDICTS[verdict] ?? ['waiting', verdict];
  return [
    el('div', { class: `health ${kind}` }, el('p', { class: 'verdict' }, title), el('p', {}, summary)),
    findings.length > 0 &&
      el(
        'ul',
        { class: 'findings' },
        findings.map((one) => finding(one, refresh)),
      ),
    verdict !== 'nobody' &&
      facts([
        [
          'People',
          `${atMost(people.total, people.most)}: ${atMost(people.linked, people.most)} linked to an account, ${atMost(people.notLinked, people.most)} not`,
        ],
        ['Newest sign-ins', signIns(logins)],
        ...sends.map(sent),
      ]),
    // Before there is anything to put right, the guide says the same.
    advice.length > 0 &&
      el(
        'details',
        { open: verdict === 'mismatch' || verdict === 'mixed' },
        el('summary', {}, 'What to set'),
        choices(advice),
      ),
  ];
}

const atMost = (number, most) => (number >= most ? `${amount(most)} or more` : amount(number));

function signIns({ byExternalId, byUserName, byEmailOnly, byNobody, refused }) {
  const parts = [
    [byExternalId, 'matched an external ID'],
    [byUserName, 'matched a user name'],
    [byEmailOnly, 'matched an e-mail address only, which does not count'],
    [byNobody, 'matched nobody'],
    [refused, 'refused'],
  ].filter(([number]) => number > 0);
  return parts.length === 0 ? 'none yet' : listed(parts.map(([number, text]) => `${amount(number)} ${text}`));
}

const SHAPES = {
  none: 'nothing',
  email: 'e-mail addresses',
  uuid: 'UUIDs, as object ids are',
  'okta-id': 'Okta’s own ids',
  number: 'numbers',
  name: 'names',
  opaque: 'ids of another kind',
};

const sent = ({ attribute, shape, share, example }) => [
  `Sent as ${attribute}`,
  [share < 1 && `mostly `, SHAPES[shape] ?? shape, example && [', such as ', code(example)]],
];

const finding = ({ severity, text, examples }, refresh) =>
  el(
    'li',
    {},
    badge(severity, severity),
    ' ',
    text,
    examples.length > 0 &&
      el(
        'ul',
        {},
        examples.map((one) => example(one, refresh)),
      ),
  );

const example = ({ nameId, identityId, at }, refresh) =>
  el(
    'li',
    {},
    'Sign-in as ',
    identifier(nameId),
    at && [', ', time(at)],
    identityId && [' ', button('Show the person', { kind: 'link', onclick: () => openPerson(identityId, refresh) })],
  );
