/** Builds what the settings page shows. Texts of others go in as text nodes: nothing here reads HTML. */

export const byId = (id) => document.getElementById(id);

/**
 * An element with attributes and children (elements, texts, lists of them; null and false are nothing).
 * `class`, `onclick` and the like are what they are in HTML; true is an attribute without a value.
 */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...contents(children));
  return element;
}

/** What `append` and `replaceChildren` take. */
export const contents = (children) =>
  [children].flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false);

/** Instead of what an element held. */
export const put = (element, ...children) => element.replaceChildren(...contents(children));

/** Characters that show nothing, and those that turn the direction of others. */
const INVISIBLE = /([\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u{115f}\u{1160}\u{2800}\u{3164}\u{ffa0}\p{Variation_Selector}])/u;
const SHOWS_SOMETHING = /[^\p{C}\p{Z}\p{M}\u{115f}\u{1160}\u{2800}\u{3164}\u{ffa0}]/u;

/** What people are called, apart from the direction of the text around it. */
export function nameOf(text, otherwise = '–') {
  if (text === null || text === undefined || text === '') return otherwise;
  if (!SHOWS_SOMETHING.test(text)) return el('em', { class: 'muted' }, '(a name that shows nothing)');
  return el('bdi', { class: 'name' }, text);
}

/** A user name, an id: as `nameOf`, and what shows nothing is named by its code, because it may be why two differ. */
export function identifier(text, otherwise = '–') {
  if (text === null || text === undefined || text === '') return otherwise;
  const parts = text.split(INVISIBLE).map((part, index) => (index % 2 === 0 ? part : codePoint(part)));
  return el('bdi', { class: 'identifier' }, parts);
}

function codePoint(character) {
  const code = `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  // The character itself stays the text, so that what is copied is what it was.
  return el('span', { class: 'invisible', 'data-code': code, title: `Invisible character ${code}` }, character);
}

export const code = (text) => el('code', { dir: 'auto' }, text);

/** Heard, not seen. */
export const unseen = (...children) => el('span', { class: 'unseen' }, children);

export const badge = (kind, text) => el('span', { class: `badge ${kind}` }, text);

/** `key` finds the button again when what holds it is drawn anew. */
export function button(text, { kind = 'quiet', key, onclick, about, ...attributes } = {}) {
  const more = about === undefined ? [] : unseen(' ', about);
  return el('button', { type: 'button', class: kind, 'data-key': key, onclick, ...attributes }, text, more);
}

/** Draws again; the focus stays on what has the same `data-key` afterwards. True if it got lost. */
export function redraw(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement : undefined;
  put(element, ...children);
  if (focused === undefined || element.contains(focused)) return false;
  const { key } = focused.dataset;
  const again = key && [...element.querySelectorAll('[data-key]')].find((one) => one.dataset.key === key);
  if (again) again.focus();
  return !again;
}

/** A row of a table; the first cell names it. Cells know their column, for narrow screens. */
export function row(table, cells) {
  const columns = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const [first, ...rest] = cells;
  return el(
    'tr',
    { role: 'row' },
    el('th', { role: 'rowheader', scope: 'row', 'data-column': columns[0] }, first),
    rest.map((cell, index) => el('td', { role: 'cell', 'data-column': columns[index + 1] }, cell)),
  );
}

/** What a table says that has no rows. */
export const emptyRow = (table, text) =>
  el(
    'tr',
    { role: 'row' },
    el('td', { role: 'cell', class: 'muted empty', colspan: table.tHead.rows[0].cells.length }, text),
  );

/** A list of terms and what they are; pairs whose second is undefined are left out. */
export const facts = (pairs) =>
  el(
    'dl',
    { class: 'facts' },
    pairs.filter(([, value]) => value !== undefined).map(([term, value]) => [el('dt', {}, term), el('dd', {}, value)]),
  );
