import { queryOf, scim } from './api.js';
import { badge, button, byId, code, el, nameOf } from './dom.js';
import { PagedList } from './list.js';
import { openEntry } from './log-entry.js';
import { requestInWords, resultInWords } from './log-words.js';
import { amount, atSecond, count, time } from './words.js';

/** What the identity provider sent, and how it was answered. */

let list;

export function startLog() {
  list = new PagedList({
    id: 'log',
    load: async ({ from, to, ...rest }) => {
      const query = queryOf({ ...rest, from: instant(from), to: instant(to) });
      const { requests, nextCursor } = await scim('GET', `/log${query}`);
      return { items: requests, nextCursor };
    },
    cells,
    found: told,
  });
  return list;
}

/** All requests about a person. */
export async function searchLog(person) {
  const form = byId('log-form');
  for (const field of form.elements) if (field.name) field.value = '';
  form.elements.person.value = person;
  await list.search();
  byId('log-section-heading').scrollIntoView();
  byId('log-section-heading').focus();
}

/** A field of the form holds a time of this browser's zone. */
function instant(local) {
  if (!local) return undefined;
  const moment = new Date(local);
  // Browsers let years of five digits be typed.
  if (!(moment.getFullYear() <= 9999)) throw new Error('“From” and “Until” need a year of four digits.');
  return moment.toISOString();
}

function cells({ id, receivedAt, method, path, query, status, detail, token, durationMs }) {
  const open = button(time(receivedAt, atSecond), {
    kind: 'link',
    key: `request ${id}`,
    about: requestInWords(method, path),
    onclick: () => openEntry(id),
  });
  return [
    open,
    [requestInWords(method, path), el('br'), code(`${method} ${path}${query ? `?${query}` : ''}`)],
    [result(status), detail && el('p', { class: 'detail', dir: 'auto' }, detail)],
    token ? nameOf(token.label, token.hint ?? '–') : '–',
    `${amount(durationMs)} ms`,
  ];
}

export const result = (status) =>
  badge(status < 400 ? 'done' : status < 500 ? 'refused' : 'trouble', `${status} ${resultInWords(status)}`);

function told(shown, hasMore, isFiltered) {
  if (shown === 0)
    return isFiltered ? 'No request is found by this search.' : 'Your identity provider has not called yet.';
  const requests = count(shown, 'request');
  return hasMore
    ? `${requests} shown, the newest first; there are older ones.`
    : `${requests} shown, the newest first; these are all.`;
}
