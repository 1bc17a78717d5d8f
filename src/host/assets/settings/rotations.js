import { scim } from './api.js';
import { ask } from './dialog.js';
import { button, byId, code, el, nameOf, redraw } from './dom.js';
import { attempt, say } from './feedback.js';
import { moment } from './words.js';

/** Replacing a token without an outage: both work for a while. */

const OVERLAPS = [
  [24, '24 hours', 'the usual: time enough to put the new one in place'],
  [1, '1 hour', 'you are about to put the new one in place now'],
  [168, '7 days', 'somebody else has to do it'],
  [0, 'Not at all', 'the token leaked: it stops working at once'],
];

/** Asks how; undefined where the admin thinks better of it, else the new token with its secret. */
export async function rotate({ id, label, hint }) {
  const answer = await ask({
    title: 'Rotate this token?',
    text: [
      el('p', {}, 'You get a new token in place of ', el('strong', {}, nameOf(label, hint)), '.'),
      el(
        'p',
        {},
        'Both work until you have put the new one into your identity provider: nothing is interrupted. The old one ends when the new one is in use and the old one has been silent for an hour, at the latest after the time you choose.',
      ),
    ],
    fields: el(
      'fieldset',
      {},
      el('legend', {}, 'How long the old token goes on working'),
      OVERLAPS.map(([hours, name, why], index) =>
        el(
          'label',
          { class: 'choice' },
          el('input', { type: 'radio', name: 'overlapHours', value: hours, checked: index === 0 }),
          ` ${name}`,
          el('span', { class: 'muted' }, ` – ${why}`),
        ),
      ),
    ),
    confirm: 'Rotate token',
  });
  if (!answer) return undefined;
  return scim('POST', `/tokens/${id}/rotate`, { overlapHours: Number(answer.get('overlapHours')) });
}

/** Those that are under way, each with what to do next. */
export function showRotations(tokens, refresh) {
  const old = tokens.filter(({ state }) => state === 'retiring');
  redraw(
    byId('rotations'),
    old.map((token) =>
      rotation(
        token,
        tokens.find(({ id }) => id === token.replacedBy),
        refresh,
      ),
    ),
  );
}

function rotation(old, young, refresh) {
  return el(
    'div',
    { class: 'notice', role: 'group', 'aria-labelledby': `rotation-${old.id}` },
    el('h3', { id: `rotation-${old.id}` }, 'Rotation of ', nameOf(old.label, old.hint)),
    el('p', {}, advice(old, young)),
    el(
      'ul',
      {},
      el(
        'li',
        {},
        'Old token ',
        code(old.hint),
        ': last used ',
        moment(old.lastUsedAt),
        ', ends ',
        moment(old.retiresAt),
      ),
      young && el('li', {}, 'New token ', code(young.hint), ': last used ', moment(young.lastUsedAt)),
    ),
    el(
      'div',
      { class: 'row' },
      WAYS_OUT.map((way) => wayOut(way, old, refresh)),
    ),
  );
}

const WAYS_OUT = [
  ['complete', 'Complete rotation', 'The rotation is complete: the old token has ended.'],
  ['cancel', 'Cancel rotation', 'The rotation is cancelled: the old token lives on, the new one has ended.'],
];

function wayOut([what, name, said], { id }, refresh) {
  const work = async () => {
    await scim('POST', `/tokens/${id}/rotation/${what}`);
    await refresh();
    byId('tokens-section-heading').focus();
    say(said);
  };
  return button(name, {
    key: `${what} ${id}`,
    onclick: ({ currentTarget }) => attempt('token-error', work, currentTarget),
  });
}

function advice(old, young) {
  if (!young?.lastUsedAt)
    return 'Both tokens work. Put the new one into your identity provider: it has not been used yet.';
  if (old.lastUsedAt > young.lastUsedAt) {
    return 'Both tokens work. The old one is still in use: some place has not been given the new one yet.';
  }
  return 'Both tokens work. The new one is in use. You can complete the rotation, or leave it: it completes itself.';
}
