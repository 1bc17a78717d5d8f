import { poll } from './api.js';
import { byId, el, put, unseen } from './dom.js';
import { attempt } from './feedback.js';
import { moment } from './words.js';

/** How far the set-up is: ticks itself. */

let before;

export const showChecklist = () =>
  attempt('checklist-error', async () => {
    const { answer, changed } = await poll('/scim/checklist');
    if (!changed) return;
    // Who is done needs the steps no more, unless they look for them.
    if (before === undefined && answer.items.every(({ done, optional }) => done || optional))
      byId('set-up-steps').open = false;
    put(byId('checklist'), answer.items.map(item));
    announce(answer.items);
    before = answer.items;
  });

/** Only what was ticked while one looked on. */
function announce(items) {
  if (before === undefined) return;
  const news = items.filter(({ done }, index) => done && !before[index]?.done).map(({ title }) => `Done: ${title}.`);
  if (news.length > 0) byId('checklist-news').textContent = news.join(' ');
}

const item = ({ title, done, at, optional, advice }) =>
  el(
    'li',
    { class: done ? 'ticked' : 'open' },
    el('span', { class: 'tick', 'aria-hidden': 'true' }, done ? '✓' : ''),
    el(
      'div',
      {},
      el('strong', {}, title),
      optional && el('span', { class: 'muted' }, ' (optional)'),
      unseen(done ? ': done' : ': not yet'),
      el('p', { class: 'muted' }, done ? moment(at) : advice),
    ),
  );
