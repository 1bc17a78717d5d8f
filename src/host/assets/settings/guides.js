import { scim } from './api.js';
import { byId, el, put } from './dom.js';
import { attempt } from './feedback.js';
import { choices, steps } from './steps.js';

/** The guide for an identity provider: the one that is recognised, or the one that is chosen. */

let wanted;

export const startGuides = () =>
  attempt('guide-error', async () => {
    const { guides, recommended } = await scim('GET', '/guides');
    const choice = byId('guide-choice');
    put(
      choice,
      recommended === null && el('option', { value: '' }, 'Choose yours'),
      guides.map(({ id, name }) => el('option', { value: id, selected: id === recommended }, name)),
    );
    choice.addEventListener('change', () => show(choice.value));
    await show(choice.value);
  });

/** The first request tells which one it is: shown, if nobody has chosen one. */
export function recognised(idp) {
  const choice = byId('guide-choice');
  if (idp === null || choice.value !== '') return;
  if (![...choice.options].some(({ value }) => value === idp)) return;
  choice.value = idp;
  void show(idp);
}

function show(id) {
  wanted = id;
  if (id === '') {
    put(
      byId('guide'),
      el(
        'p',
        { class: 'muted' },
        'Choose your identity provider to see the steps. Is it not in the list? Take the general guide.',
      ),
    );
    return undefined;
  }
  return attempt('guide-error', async () => {
    const guide = await scim('GET', `/guides/${id}`);
    if (wanted === id) put(byId('guide'), guideOf(guide));
  });
}

function guideOf({ summary, limits, sections, cadence, sources }) {
  let next = 1;
  const parts = sections.map((part) => {
    const from = next;
    next += part.steps.length + Math.max(0, ...part.choices.map((choice) => choice.steps.length));
    return [
      el('h4', {}, part.title),
      part.steps.length > 0 && steps(part.steps, from),
      choices(part.choices, from + part.steps.length),
    ];
  });
  return [
    el('p', {}, summary),
    parts,
    cadence?.text && [el('h4', {}, 'When it calls'), el('p', {}, cadence.text)],
    limits.length > 0 && [
      el('h4', {}, 'What it cannot do'),
      el(
        'ul',
        {},
        limits.map((limit) => el('li', {}, limit)),
      ),
    ],
    sources.length > 0 && [
      el('h4', {}, 'Where this comes from'),
      el(
        'ul',
        {},
        sources.map(({ title, url }) => el('li', {}, source(title, url))),
      ),
    ],
  ];
}

const source = (title, url) => (url.startsWith('https://') ? el('a', { href: url, rel: 'noreferrer' }, title) : title);
