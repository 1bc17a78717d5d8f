import { queryOf, scim } from './api.js';
import { ask } from './dialog.js';
import { badge, button, byId, code, el, nameOf } from './dom.js';
import { attempt, say } from './feedback.js';
import { PagedList } from './list.js';
import { openPerson } from './person.js';
import { amount, count, fromNow, time } from './words.js';

/** Changes that were taken from the identity provider, but that a part of this product has not carried out. */

let refresh;

export function startUndelivered(refreshPage) {
  refresh = refreshPage;
  const list = new PagedList({
    id: 'undelivered',
    load: async (query) => {
      const { deliveries, nextCursor } = await scim('GET', `/dead-letters${queryOf(query)}`);
      return { items: deliveries, nextCursor };
    },
    cells: (delivery) => cells(delivery, list),
    found: (shown, hasMore) =>
      shown === 0
        ? 'Every change was carried out.'
        : `${count(shown, 'change')} shown${hasMore ? '; there are more.' : '.'}`,
  });
  const all = byId('undelivered-all');
  all.addEventListener('click', () =>
    attempt(
      'undelivered-error',
      async () => {
        const { replayed } = await scim('POST', '/dead-letters/replay', { all: true });
        await Promise.all([refresh(), list.show()]);
        say(`${count(replayed, 'change')} will be tried again now.`);
      },
      all,
    ),
  );
  return list;
}

export function showBacklog({ open, failing, dead, atLeast, oldestOpenAt }) {
  byId('undelivered-all').hidden = dead + failing === 0;
  byId('backlog').textContent =
    open + dead === 0
      ? 'Nothing waits.'
      : `${atLeast ? 'At least ' : ''}${amount(open)} waiting, of which ${amount(failing)} failed at least once; ${amount(dead)} given up.` +
        (oldestOpenAt ? ` The oldest has waited since ${fromNow(oldestOpenAt)}.` : '');
}

const WORDS = {
  provisioned: 'added',
  linked: 'linked',
  updated: 'changed',
  deactivated: 'deactivated',
  reactivated: 'activated again',
  deprovisioned: 'removed',
  unlinked: 'unlinked',
  erased: 'erased',
};

function cells(delivery, list) {
  const { type, occurredAt, subject, consumer, state, takesAway, attempts, nextTryAt, heldBack } = delivery;
  const what = type.split('.').at(-1);
  return [
    [whose(subject), ` ${WORDS[what] ?? what.replaceAll('_', ' ')}`, el('br'), time(occurredAt)],
    code(consumer),
    [
      state === 'dead' ? badge('trouble', 'given up') : badge('refused', 'failing'),
      ` after ${count(attempts, 'try', 'tries')}`,
      nextTryAt && `, next try ${fromNow(nextTryAt)}`,
      heldBack > 0 && `, ${count(heldBack, 'later change')} held back`,
      takesAway && el('p', { class: 'detail' }, 'It takes access away: it is tried until it succeeds.'),
    ],
    el(
      'div',
      { class: 'row' },
      button('Try again', {
        key: `replay ${keyOf(delivery)}`,
        about: subject.name ?? what,
        onclick: ({ currentTarget }) => replay(delivery, list, currentTarget),
      }),
      button('Skip', {
        key: `skip ${keyOf(delivery)}`,
        kind: 'quiet danger',
        about: subject.name ?? what,
        onclick: ({ currentTarget }) => skip(delivery, list, currentTarget),
      }),
    ),
  ];
}

const keyOf = ({ eventId, consumer }) => `${eventId} ${consumer}`;

function whose({ type, id, name }) {
  const called = nameOf(name, `a ${type === 'user' ? 'person' : type}`);
  return type === 'user' ? button(called, { kind: 'link', onclick: () => openPerson(id, refresh) }) : called;
}

const replay = ({ eventId, consumer }, list, control) =>
  attempt(
    'undelivered-error',
    async () => {
      await scim('POST', '/dead-letters/replay', { eventId, consumer });
      await Promise.all([refresh(), list.show()]);
      say('It is tried again now.');
    },
    control,
  );

async function skip({ eventId, consumer, takesAway }, list, control) {
  const answer = await ask({
    title: 'Skip this change?',
    text: [
      el(
        'p',
        {},
        'It will never be carried out by ',
        code(consumer),
        '. What it holds back goes on. That you did this is written down.',
      ),
      takesAway &&
        el('p', {}, el('strong', {}, 'It takes access away: whoever skips it must take the access away by hand.')),
    ],
    confirm: 'Skip it',
    danger: true,
  });
  if (!answer) return;
  await attempt(
    'undelivered-error',
    async () => {
      await scim('POST', '/dead-letters/skip', { eventId, consumer });
      await Promise.all([refresh(), list.show()]);
      say('The change is skipped.');
    },
    control,
  );
}
