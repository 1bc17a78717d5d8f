import { actorName } from './actors.js';
import { scim } from './api.js';
import { ask } from './dialog.js';
import { badge, button, byId, code, el, emptyRow, nameOf, put, redraw, row } from './dom.js';
import { attempt, onSubmit, say } from './feedback.js';
import { rotate, showRotations } from './rotations.js';
import { daysUntil, fromNow, moment, onDay, time } from './words.js';

/** The tokens: made, watched, replaced, ended. */

const MOST_LIVE = 2;
/** Days before the end from which on it is said at the top. */
const WARNED_DAYS = 30;
const URGENT_DAYS = 7;

/** Those that have ended are of interest for a while. */
const ENDED_SHOWN = 3;

let refresh;
let showsAll = false;
let shown = [];

export function startTokens(refreshPage) {
  refresh = refreshPage;
  onSubmit(byId('token-form'), 'token-error', generate);
  byId('tokens-ended').addEventListener('click', () => {
    showsAll = !showsAll;
    draw();
  });
  byId('new-token-done').addEventListener('click', () => {
    hideSecret();
    byId('tokens-section-heading').focus();
  });
}

export function showTokens(tokens, isEntitled) {
  const live = tokens.filter(({ state }) => state === 'live').length;
  byId('generate').disabled = !isEntitled || live >= MOST_LIVE;
  byId('token-hint').textContent =
    live >= MOST_LIVE ? 'Two tokens are live, which is the most there can be. Rotate one, or revoke one first.' : '';
  showRotations(tokens, refresh);
  shown = tokens;
  draw();
  put(
    byId('expiry-warnings'),
    tokens.flatMap((token) => warning(token, tokens)),
  );
}

/** What works stands first; of what has ended, the newest. */
function draw() {
  const isGood = ({ state: word }) => word === 'live' || word === 'retiring';
  const good = shown.filter(isGood);
  const ended = shown.filter((token) => !isGood(token));
  const rows = [...good, ...(showsAll ? ended : ended.slice(0, ENDED_SHOWN))];
  const table = byId('tokens-table');
  const lostFocus = redraw(
    byId('tokens'),
    rows.length > 0 ? rows.map((token) => row(table, cells(token, shown))) : emptyRow(table, 'No tokens yet.'),
  );
  // The button that had it is gone.
  if (lostFocus) byId('tokens-section-heading').focus();
  byId('tokens-ended').hidden = ended.length <= ENDED_SHOWN;
  byId('tokens-ended').textContent = showsAll ? 'Show fewer tokens' : `Show all ${shown.length} tokens`;
}

const cells = (token, tokens) => [
  [nameOf(token.label, 'without a label'), el('br'), el('code', { class: 'one-line' }, token.hint)],
  state(token),
  expiry(token),
  lastUse(token),
  [time(token.createdAt, onDay), token.createdBy && [' by ', actorName(token.createdBy)]],
  actions(token, tokens),
];

const REASONS = {
  admin: 'by an owner',
  rotated: 'when it was replaced',
  'rotation-cancelled': 'when its rotation was cancelled',
  leaked: 'because it leaked',
};

function state({ state: word, revokedAt, revokedBecause, retiresAt }) {
  const more = {
    revoked: () => [' ', time(revokedAt, onDay), ` ${REASONS[revokedBecause] ?? ''}`],
    retiring: () => [' works until ', time(retiresAt)],
  }[word];
  return [badge(word, word), more && el('span', { class: 'muted' }, more())];
}

function expiry({ state: word, expiresAt }) {
  if (expiresAt === null) return 'never';
  if (word === 'revoked') return '–';
  const urgent = word !== 'expired' && daysUntil(expiresAt) < WARNED_DAYS;
  return [time(expiresAt, onDay), urgent && el('strong', { class: 'warning' }, ` expires ${fromNow(expiresAt)}`)];
}

const lastUse = ({ lastUsedAt, lastUsedFrom, lastUsedClient }) => [
  moment(lastUsedAt),
  lastUsedFrom && [' from ', code(lastUsedFrom)],
  lastUsedClient && [' by ', el('bdi', {}, lastUsedClient)],
];

function actions(token, tokens) {
  if (token.state !== 'live' && token.state !== 'retiring') return '–';
  const about = () => nameOf(token.label, token.hint);
  const isNew = tokens.some(({ replacedBy, state: other }) => replacedBy === token.id && other === 'retiring');
  return el(
    'div',
    { class: 'row' },
    token.state === 'live' &&
      !isNew &&
      button('Rotate', {
        key: `rotate ${token.id}`,
        about: about(),
        onclick: ({ currentTarget }) => replace(token, currentTarget),
      }),
    button('Revoke', {
      key: `revoke ${token.id}`,
      kind: 'quiet danger',
      about: about(),
      onclick: ({ currentTarget }) => revoke(token, currentTarget),
    }),
  );
}

async function generate(form) {
  const data = new FormData(form);
  const label = data.get('label').trim();
  const all = form.querySelectorAll('[name=scopes]').length;
  const scopes = data.getAll('scopes');
  if (scopes.length === 0) throw new Error('Choose at least one scope below “Advanced”.');
  // Copied meanwhile, it would be taken for the new one.
  hideSecret();
  const made = await scim('POST', '/tokens', {
    expiresInDays: Number(data.get('expiresInDays')),
    ...(label === '' ? {} : { label }),
    ...(scopes.length === all ? {} : { scopes }),
  });
  form.reset();
  showSecret(made, 'Then press “Test connection” there, or whatever it calls its first call.');
  await refresh();
}

/** @param next what to do with it */
function showSecret({ id, token }, next) {
  byId('token').value = token;
  byId('new-token-next').textContent = next;
  byId('new-token').dataset.id = id;
  byId('new-token').hidden = false;
  byId('new-token').focus();
}

function hideSecret() {
  byId('token').value = '';
  byId('new-token').hidden = true;
}

const replace = (token, control) =>
  attempt(
    'token-error',
    async () => {
      const made = await rotate(token);
      if (!made) return;
      showSecret(made, 'Put it there in place of the old one.');
      await refresh();
    },
    control,
  );

async function revoke({ id, label, hint }, control) {
  const name = () => el('strong', {}, nameOf(label, hint));
  const answer = await ask({
    title: 'Revoke this token?',
    text: el('p', {}, 'Requests with ', name(), ' are refused from now on. This cannot be undone.'),
    confirm: 'Revoke token',
    danger: true,
  });
  if (!answer) return;
  await attempt(
    'token-error',
    async () => {
      await scim('DELETE', `/tokens/${id}`);
      if (byId('new-token').dataset.id === id) hideSecret();
      await refresh();
      say('The token ', nameOf(label, hint), ' was revoked.');
    },
    control,
  );
}

/** Of a token whose end comes near, or came while it was in use, and that nothing replaces. */
function warning(token, tokens) {
  const { state: word, expiresAt, label, hint } = token;
  if (expiresAt === null || (word !== 'live' && word !== 'expired')) return [];
  const days = daysUntil(expiresAt);
  const isReplaced = word === 'expired' && tokens.some(({ state: other }) => other === 'live');
  if (days > WARNED_DAYS || days < -WARNED_DAYS || isReplaced) return [];
  const end = days > 0 ? `expires ${fromNow(expiresAt)}, on ${onDay(expiresAt)}` : `expired ${fromNow(expiresAt)}`;
  return el(
    'p',
    { class: `notice ${days < URGENT_DAYS ? 'bad' : ''}` },
    el('strong', {}, 'The token ', nameOf(label, hint), ` ${end}.`),
    days > 0 ? ' Provisioning stops then. ' : ' Your identity provider can change nothing here. ',
    el('a', { href: '#tokens-section' }, days > 0 ? 'Rotate it in time' : 'Generate a new one'),
  );
}
