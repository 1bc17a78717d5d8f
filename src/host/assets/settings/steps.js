import { copyable } from './copy.js';
import { badge, code, el } from './dom.js';

/** Steps to take at an identity provider, with the values to enter. */

/** @param from number of the first one */
export const steps = (all, from = 1) =>
  el(
    'ol',
    { class: 'steps', start: from },
    all.map(({ text, fields }) =>
      el('li', {}, el('p', {}, text), fields.length > 0 && el('ul', { class: 'fields' }, fields.map(field))),
    ),
  );

const KINDS = {
  copy: ({ label, value }) => [el('strong', {}, label), ' ', copyable(value, label)],
  token: ({ label }) => [
    el('strong', {}, label),
    ' ',
    el('a', { href: '#tokens-section' }, 'a SCIM token'),
    ', which is shown once when you generate it',
  ],
  choose: ({ label, value }) => [el('strong', {}, label), ': choose ', code(value)],
  tick: ({ label }) => ['Switch on ', el('strong', {}, label)],
  untick: ({ label }) => ['Switch off ', el('strong', {}, label)],
  map: ({ label, value }) => ['Map ', code(label), ' to ', code(value)],
};

const field = (one) =>
  el('li', {}, (KINDS[one.kind] ?? KINDS.copy)(one), one.note && el('span', { class: 'muted' }, ` – ${one.note}`));

/** Ways of which one is taken; the recommended one is open. */
export const choices = (all, from = 1) =>
  all.map(({ title, why, recommended, steps: list }) =>
    el(
      'details',
      { class: 'choice-of-steps', open: recommended },
      el('summary', {}, el('strong', {}, title), ' ', recommended && badge('active', 'recommended')),
      el('p', {}, why),
      steps(list, from),
    ),
  );
