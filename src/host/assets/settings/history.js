import { actorName } from './actors.js';
import { queryOf, scim } from './api.js';
import { badge, button, code, el, nameOf, put } from './dom.js';
import { attempt } from './feedback.js';
import { amount, atSecond, time } from './words.js';

/** What happened to a person: what, when, and by which request of which token. */

const WORDS = {
  'scim.user.provisioned': 'Added',
  'scim.user.linked': 'Linked to an account',
  'scim.user.updated': 'Changed',
  'scim.user.deactivated': 'Deactivated',
  'scim.user.reactivated': 'Activated again',
  'scim.user.deprovisioned': 'Removed',
  'scim.user.unlinked': 'Unlinked from the account',
  'scim.user.erased': 'Personal data erased',
};

const REASONS = {
  admin: 'by an owner',
  'account-removed': 'because the account was removed',
  'membership-removed': 'because the account left the organization',
  retention: 'because its time was over',
};

export async function fillHistory(place, id) {
  const list = el('ol', { class: 'history', 'aria-label': 'History' });
  const alert = el('p', { role: 'alert', class: 'error' });
  const more = button('Show older history', { hidden: true });
  put(place, el('h3', {}, 'History'), list, alert, more);
  let cursor;
  const load = async () => {
    const page = await scim('GET', `/identities/${id}/history${queryOf({ cursor })}`);
    cursor = page.nextCursor;
    more.hidden = cursor === undefined;
    const lines = page.entries.map((one) => ({ at: one.sequence, line: entry(one) }));
    const gaps = page.missing.map(({ from, to }) => ({ at: to, line: gap(from, to) }));
    // The newest first, as they come.
    list.append(...[...lines, ...gaps].toSorted((one, other) => other.at - one.at).map(({ line }) => line));
    if (list.children.length === 0) list.append(el('li', { class: 'muted' }, 'Nothing is known.'));
  };
  more.addEventListener('click', () => attempt(alert, load, more));
  await attempt(alert, load);
}

const gap = (from, to) =>
  el(
    'li',
    { class: 'muted' },
    from === to
      ? `Entry ${amount(from)} is no longer kept.`
      : `Entries ${amount(from)} to ${amount(to)} are no longer kept.`,
  );

function entry({ type, occurredAt, state, changed, reason, by, request, requestId }) {
  return el(
    'li',
    {},
    el('p', {}, el('strong', {}, WORDS[type] ?? type), ' ', badge(state, state), ' ', time(occurredAt, atSecond)),
    changed.length > 0 &&
      el(
        'p',
        {},
        'Changed: ',
        changed.map((name, index) => [index > 0 && ', ', code(name)]),
      ),
    el(
      'p',
      { class: 'muted' },
      author(by),
      reason && ` – ${REASONS[reason] ?? reason}`,
      request && [', ', call(request, requestId)],
    ),
  );
}

function author({ type, token, actorId }) {
  if (type === 'token') return ['By the token ', token ? nameOf(token.label, token.hint) : 'that is gone'];
  if (type === 'admin') return ['By ', actorId ? actorName(actorId) : 'an owner'];
  if (type === 'login') return 'By a sign-in';
  return type === 'retention' ? 'By itself' : 'By this product';
}

const call = ({ method, path, status, client }, requestId) => [
  el('a', { href: `#request-${requestId}` }, `${method} ${path} → ${status}`),
  client && [' of ', el('bdi', {}, client)],
];
