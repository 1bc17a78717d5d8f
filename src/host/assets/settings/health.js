import { scim } from './api.js';
import { ask } from './dialog.js';
import { button, byId, el, facts, put, redraw } from './dom.js';
import { attempt, say } from './feedback.js';
import { openEntry } from './log-entry.js';
import { judge } from './verdict.js';
import { amount, count, idpName, moment } from './words.js';

/** "Is it working?": the sentence, what it rests on, and the switch. */

/** @param shown what the server said: overview and tokens */
export function showHealth({ overview, tokens }, refresh) {
  const { kind, title, text, advice } = judge({ overview, tokens });
  byId('health').className = `health ${kind}`;
  // Set only where it changed: it is read out each time.
  if (byId('verdict').textContent !== title) byId('verdict').textContent = title;
  put(byId('health-more'), el('p', {}, text), advice && el('p', {}, advice));
  redraw(byId('health-actions'), actions(overview, refresh));
  redraw(byId('health-facts'), numbers(overview));
}

function actions({ health, entitlement }, refresh) {
  const { failing, lastFailure } = health;
  return [
    failing && button('Show why', { key: 'why', kind: 'primary', onclick: () => openEntry(lastFailure.requestId) }),
    health.paused
      ? button('Resume provisioning', { key: 'pause', kind: 'primary', onclick: (event) => resume(event, refresh) })
      : entitlement.allowed &&
        button('Pause provisioning', { key: 'pause', onclick: (event) => pause(event, refresh) }),
  ];
}

async function pause({ currentTarget: control }, refresh) {
  const answer = await ask({
    title: 'Pause provisioning?',
    text: [
      el('p', {}, 'Your identity provider can still look, but nothing it sends changes anybody here until you resume.'),
      el(
        'p',
        {},
        'Nothing is lost: its changes are answered “try again later” (503), and it tries them again by itself.',
      ),
      el('p', {}, 'People who are removed there meanwhile keep their access here.'),
    ],
    confirm: 'Pause',
  });
  if (!answer) return;
  await attempt(
    'health-error',
    async () => {
      await scim('POST', '/pause');
      await refresh();
      say('Provisioning is paused.');
    },
    control,
  );
}

const resume = ({ currentTarget: control }, refresh) =>
  attempt(
    'health-error',
    async () => {
      await scim('POST', '/resume');
      await refresh();
      say('Provisioning goes on.');
    },
    control,
  );

function numbers({ health, counts }) {
  const { lastCallAt, lastSuccessAt, lastFailure, lastHour, lastDay, refused, idp, client } = health;
  return facts([
    ['Last call', moment(lastCallAt)],
    ['Last success', moment(lastSuccessAt)],
    ['Last failure', [moment(lastFailure?.at ?? null), lastFailure && [' ', entryLink(lastFailure)]]],
    ['Last hour', rate(lastHour)],
    ['Last 24 hours', rate(lastDay)],
    ['Invalid tokens', refused.lastAt === null ? undefined : refusals(refused)],
    ['Identity provider', idp === null ? 'not known before its first call' : provider(idp, client)],
    ['Next sync expected', nextSync(health)],
    [
      'People',
      `${amount(counts.provisioned)} provisioned, ${amount(counts.active)} active, ${amount(counts.suspended)} suspended`,
    ],
    ['Log', health.log.lost > 0 ? `${count(health.log.lost, 'request')} could not be written down` : undefined],
  ]);
}

const entryLink = ({ requestId, status }) =>
  el(
    'a',
    { href: `#request-${requestId}`, 'data-key': 'last-failure' },
    `Show the last failure (${status}) in the log`,
  );

const rate = ({ total, failed }) =>
  total === 0
    ? 'no requests'
    : `${count(total, 'request')}, ${failed === 0 ? 'none' : amount(failed)} refused or failed`;

/** They tell nothing of the identity provider: anybody can send them. */
const refusals = ({ lastAt, lastDay }) => [
  `${count(lastDay, 'request')} in the last 24 hours, the last one `,
  moment(lastAt),
  el('span', { class: 'muted' }, ', with the id of a token and a wrong secret'),
];

const provider = (idp, client) => [
  idp === 'generic'
    ? 'not recognised'
    : [idpName(idp), el('span', { class: 'muted' }, ' (recognised from its requests)')],
  client && el('span', { class: 'muted' }, ', its client is ', el('bdi', {}, client)),
];

function nextSync({ paused, cadence, nextSyncExpectedAt }) {
  if (paused) return 'paused';
  if (cadence?.type === 'interval') return [moment(nextSyncExpectedAt), `, about every ${cadence.minutes} minutes`];
  if (cadence?.type === 'on-change') return 'as soon as something changes there';
  return 'not known';
}
