import { actorName } from './actors.js';
import { scim } from './api.js';
import { copyable } from './copy.js';
import { drawer } from './dialog.js';
import { badge, button, code, el, facts, nameOf } from './dom.js';
import { attempt, say } from './feedback.js';
import { explain, requestInWords, resultInWords } from './log-words.js';
import { amount, atSecond, bytes, idpName, time } from './words.js';

/** One request of the log, with its body. */

const LINK = /^#request-([0-9a-f-]+)$/i;

/** Links elsewhere on the page, and from outside, lead to a request by its id. */
export function startEntries() {
  const follow = () => {
    const [, id] = LINK.exec(location.hash) ?? [];
    if (id) openEntry(id);
  };
  addEventListener('hashchange', follow);
  follow();
}

export function openEntry(id) {
  const shown = drawer('Request');
  // Going back closes what going on opened.
  const leave = () => shown.close();
  addEventListener('hashchange', leave, { once: true });
  shown.onclose(() => {
    removeEventListener('hashchange', leave);
    // The same link leads here again.
    if (LINK.test(location.hash)) history.replaceState(null, '', location.pathname + location.search);
  });
  const draw = (request) => {
    shown.rename(requestInWords(request.method, request.path));
    shown.fill(
      about(request),
      body(request, () => reveal(id, shown, draw)),
    );
  };
  void attempt(shown.alert, async () => draw(await scim('GET', `/log/${id}`)));
}

const reveal = (id, shown, draw) =>
  attempt(shown.alert, async () => {
    draw(await scim('POST', `/log/${id}/reveal`));
    shown.focus();
    say('Revealed. That you did is written down.');
  });

function about(request) {
  const { id, receivedAt, method, path, query, status, scimType, detail } = request;
  const { durationMs, client, address, token, idp, bodyBytes } = request;
  const why = explain(status, scimType);
  return [
    el(
      'div',
      { class: `notice ${status < 400 ? 'good' : ''}` },
      el('p', {}, el('strong', {}, `${status} ${resultInWords(status)}`), why && ` – ${why}`),
      detail && el('p', {}, 'The answer said: ', el('q', { dir: 'auto' }, detail), scimType && [' ', code(scimType)]),
    ),
    facts([
      ['When', [time(receivedAt, atSecond), `, took ${amount(durationMs)} ms`]],
      ['Request', code(`${method} ${path}${query ? `?${query}` : ''}`)],
      ['Token', token ? [nameOf(token.label, 'without a label'), ' ', token.hint && code(token.hint)] : 'none'],
      ['Caller', client ? el('bdi', {}, client) : 'did not say'],
      ['Looks like', idp ? idpName(idp) : undefined],
      ['Address', address ? code(address) : undefined],
      ['Size of the body', bodyBytes === null ? undefined : bytes(bodyBytes)],
      ['Request id', copyable(id, 'request id')],
    ]),
  ];
}

function body({ body: json, isRevealed, reveals, bodyBytes }, onReveal) {
  return [
    el('h3', {}, 'What was sent'),
    json === null || json === undefined
      ? el('p', { class: 'muted' }, bodyBytes ? 'The body is not kept.' : 'There was no body.')
      : el('pre', { tabindex: 0, role: 'region', 'aria-label': 'Body', dir: 'ltr' }, JSON.stringify(json, null, 2)),
    isRevealed
      ? el(
          'p',
          {},
          badge('revealed', 'revealed'),
          ' You see what it says of people. Passwords and tokens are never kept.',
        )
      : [
          el(
            'p',
            { class: 'muted' },
            'What it says of people is hidden (•••). If you reveal it, it is written down that you did, and when.',
          ),
          button('Reveal', { onclick: ({ currentTarget }) => currentTarget.isConnected && onReveal() }),
        ],
    reveals.length > 0 && [
      el('h3', {}, 'Who revealed it'),
      el(
        'ul',
        { class: 'plain' },
        reveals.map(({ revealedAt, actorId }) =>
          el('li', {}, actorId ? actorName(actorId) : 'somebody', ', ', time(revealedAt, atSecond)),
        ),
      ),
    ],
  ];
}
