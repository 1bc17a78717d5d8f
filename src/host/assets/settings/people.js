import { queryOf, scim } from './api.js';
import { badge, button, byId, identifier, nameOf } from './dom.js';
import { PagedList } from './list.js';
import { openPerson } from './person.js';
import { amount, count, time } from './words.js';

/** The people whom the identity provider has added. */

export function startPeople(refreshPage) {
  const list = new PagedList({
    id: 'people',
    load: async (query) => {
      const { identities, nextCursor } = await scim('GET', `/identities${queryOf(query)}`);
      return { items: identities, nextCursor };
    },
    cells: (person) => cells(person, () => Promise.all([refreshPage(), list.show()])),
    found: told,
  });
  return list;
}

export const showCounts = ({ provisioned, active, suspended }) => {
  byId('counts').textContent =
    `${amount(provisioned)} provisioned, ${amount(active)} active, ${amount(suspended)} suspended`;
};

function cells(person, changed) {
  const { id, userName, externalId, displayName, state, groupCount, lastChangeAt, erasedAt } = person;
  const name = erasedAt ? 'erased' : nameOf(displayName || userName);
  return [
    button(name, { kind: 'link', key: `person ${id}`, onclick: () => openPerson(id, changed) }),
    identifier(userName),
    identifier(externalId),
    badge(state, state),
    amount(groupCount),
    time(lastChangeAt),
  ];
}

function told(shown, hasMore, isFiltered) {
  if (shown === 0) {
    if (hasMore) return 'Nobody found yet; there are more people to look through.';
    return isFiltered ? 'Nobody is found by this search.' : 'Your identity provider has not added anybody yet.';
  }
  const people = count(shown, 'person', 'people');
  return hasMore ? `${people} shown; there are more.` : `${people} shown; these are all.`;
}
