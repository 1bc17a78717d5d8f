import { find } from './actors.js';
import { scim } from './api.js';
import { copyable } from './copy.js';
import { ask, drawer } from './dialog.js';
import { badge, button, code, el, facts, identifier, nameOf } from './dom.js';
import { attempt, say } from './feedback.js';
import { fillHistory } from './history.js';
import { searchLog } from './log.js';
import { moment, PERSON_STATES, time } from './words.js';

/** One person: what is known, what happened, and what can be done. */

/** @param changed called after something was done to the person */
export function openPerson(id, changed) {
  const shown = drawer('Person');
  const draw = async (person) => {
    const account = person.accountId ? await find(person.accountId) : undefined;
    const history = el('div', {});
    shown.rename(person.erasedAt ? 'An erased person' : nameOf(person.displayName || person.userName));
    shown.fill(about(person, account), actions(person, account, { shown, draw, changed }), history);
    await fillHistory(history, id);
  };
  void attempt(shown.alert, async () => draw(await scim('GET', `/identities/${id}`)));
}

function about(person, account) {
  const { id, state, userName, externalId, link, groups, createdAt, lastChangeAt, lastRequest, erasedAt } = person;
  return [
    el('p', {}, badge(state, state), ` ${PERSON_STATES[state]}`),
    facts([
      ['User name', identifier(userName)],
      ['External ID', identifier(externalId)],
      ['SCIM id', copyable(id, 'SCIM id')],
      ['Account', accountOf(person, account)],
      ['Signs in as', link ? [identifier(link.nameId), linkedBy(link)] : undefined],
      ['Last sign-in', link ? moment(link.lastLoginAt) : undefined],
      ['Groups', groupsOf(groups)],
      ['Added', moment(createdAt)],
      ['Last change', moment(lastChangeAt)],
      ['Last request', lastRequest ? requestLink(lastRequest) : undefined],
      ['Erased', erasedAt ? moment(erasedAt) : undefined],
    ]),
    attributes(person),
  ];
}

function accountOf({ accountId }, account) {
  if (!accountId) return 'none yet: it is linked at the first sign-in';
  if (!account) return ['no member any more ', code(accountId)];
  return [
    nameOf(account.displayName),
    account.email && [', ', el('bdi', {}, account.email)],
    `, ${account.role}, ${account.status}`,
  ];
}

const linkedBy = ({ linkedBy: by, linkedAt }) =>
  el('span', { class: 'muted' }, by ? ` (found by ${by}, ` : ' (', time(linkedAt), ')');

const groupsOf = (groups) =>
  groups.length === 0
    ? 'none'
    : el(
        'ul',
        { class: 'plain' },
        groups.map(({ displayName, type }) =>
          el(
            'li',
            {},
            nameOf(displayName),
            type === 'indirect' && el('span', { class: 'muted' }, ' (through another group)'),
          ),
        ),
      );

const requestLink = ({ id, method, path, status, receivedAt }) => [
  el('a', { href: `#request-${id}` }, `${method} ${path} → ${status}`),
  ' ',
  time(receivedAt),
];

const attributes = ({ attributes: all }) =>
  Object.keys(all).length > 0 &&
  el(
    'details',
    {},
    el('summary', {}, 'All attributes, as the identity provider sent them'),
    el('pre', { tabindex: 0, dir: 'ltr' }, JSON.stringify(all, null, 2)),
  );

function actions(person, account, ways) {
  const { id, state, erasedAt } = person;
  const canErase = state === 'deprovisioned' || state === 'suspended';
  const { shown } = ways;
  return el(
    'div',
    { class: 'row actions' },
    button('Show requests in the log', {
      onclick: () => {
        shown.close();
        void searchLog(id);
      },
    }),
    person.accountId &&
      state !== 'deprovisioned' &&
      button('Unlink account', {
        onclick: ({ currentTarget }) => unlink(person, account, { ...ways, control: currentTarget }),
      }),
    canErase &&
      !erasedAt &&
      button('Erase personal data', {
        kind: 'quiet danger',
        onclick: ({ currentTarget }) => erase(person, { ...ways, control: currentTarget }),
      }),
    !canErase && el('p', { class: 'muted' }, 'To erase this person, remove them in your identity provider first.'),
  );
}

async function unlink(person, account, ways) {
  const answer = await ask({
    title: 'Unlink this account?',
    text: el(
      'p',
      {},
      el('strong', {}, nameOf(account?.displayName, 'The account')),
      ' is signed out and loses access to the organization. The next sign-in of this person links again.',
    ),
    confirm: 'Unlink account',
    danger: true,
  });
  if (answer) await act('unlink', 'The account is unlinked.', person, ways);
}

async function erase(person, ways) {
  const answer = await ask({
    title: 'Erase this person’s data?',
    text: [
      el(
        'p',
        {},
        'Name, user name, addresses and everything else that says who ',
        el('strong', {}, nameOf(person.displayName || person.userName)),
        ' is are taken out: here, in the log and in the history.',
      ),
      el('p', {}, 'It cannot be undone. The person stays locked out.'),
    ],
    confirm: 'Erase personal data',
    danger: true,
  });
  if (answer) await act('erase', 'The personal data is gone.', person, ways);
}

const act = (what, said, { id }, { shown, draw, changed, control }) =>
  attempt(
    shown.alert,
    async () => {
      await draw(await scim('POST', `/identities/${id}/${what}`));
      // The button that had it is drawn anew.
      shown.focus();
      say(said);
      await changed();
    },
    control,
  );
